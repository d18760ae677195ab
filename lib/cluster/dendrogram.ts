/**
 * A tree of joins, lowest first. Rows are the nodes 0 … N − 1, join m makes node N + m (the form of scipy's linkage matrix).
 */
export interface Dendrogram {
  readonly rows: number;
  /** The two nodes of each join; `first` is the smaller number. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Squared L2, ascending. */
  readonly heights: Float64Array;
  /** Rows under each join. */
  readonly sizes: Int32Array;
}

/** A tree from joins in any order, each given by one row of either side. Equal heights keep their order. */
export function dendrogramOf(
  pairs: readonly { readonly first: number; readonly second: number; readonly height: number }[],
  rows: number,
): Dendrogram {
  const sorted = [...pairs].sort((a, b) => a.height - b.height);
  const sets = new Sets(rows);
  const node = Int32Array.from({ length: rows }, (_, i) => i);
  const count = new Int32Array(rows).fill(1);
  const first: Int32Array = new Int32Array(sorted.length);
  const second: Int32Array = new Int32Array(sorted.length);
  const sizes: Int32Array = new Int32Array(sorted.length);
  sorted.forEach((pair, m) => {
    const [a, b] = [sets.find(pair.first), sets.find(pair.second)];
    first[m] = Math.min(node[a], node[b]);
    second[m] = Math.max(node[a], node[b]);
    sizes[m] = count[a] + count[b];
    const root = sets.join(a, b);
    node[root] = rows + m;
    count[root] = sizes[m];
  });
  return { rows, first, second, sizes, heights: Float64Array.from(sorted, ({ height }) => height) };
}

/** Clusters of all joins lower than `threshold` (squared L2; a join at the threshold is not made), numbered by their first row. */
export function cutAt(tree: Dendrogram, threshold: number): Int32Array {
  if (Number.isNaN(threshold)) {
    throw new RangeError(
      `Cannot cut the tree: the threshold must be a number, current value is ${threshold}`,
    );
  }
  const joins = tree.heights.findIndex((height) => height >= threshold);
  return afterJoins(tree, joins < 0 ? tree.heights.length : joins);
}

/** The `count` clusters that are left after the N − count lowest joins. Throws a RangeError unless 1 ≤ count ≤ N. */
export function cutInto(tree: Dendrogram, count: number): Int32Array {
  if (!Number.isInteger(count) || count < 1 || count > tree.rows) {
    throw new RangeError(
      `Cannot cut the tree: clusters must be an integer in [1, ${tree.rows}], current value is ${count}`,
    );
  }
  return afterJoins(tree, tree.rows - count);
}

function afterJoins({ rows, first, second }: Dendrogram, joins: number): Int32Array {
  // A node stands for the first row under it.
  const row = Int32Array.from({ length: rows + joins }, (_, i) => i);
  const sets = new Sets(rows);
  for (let m = 0; m < joins; m++) row[rows + m] = sets.join(row[first[m]], row[second[m]]);
  return numbered(Int32Array.from({ length: rows }, (_, i) => sets.find(i)));
}

/** Group names as 0, 1, 2, … in order of first appearance. */
export function numbered(groups: ArrayLike<number>): Int32Array {
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: groups.length }, (_, i) => {
    const number = numbers.get(groups[i]) ?? numbers.size;
    numbers.set(groups[i], number);
    return number;
  });
}

/** Disjoint sets of 0 … n − 1; each is named by its smallest member. */
export class Sets {
  private readonly parent: Int32Array;

  constructor(n: number) {
    this.parent = Int32Array.from({ length: n }, (_, i) => i);
  }

  find(i: number): number {
    const { parent } = this;
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }

  /** Joins the sets of `i` and `j` and gives the name of the union. */
  join(i: number, j: number): number {
    const [a, b] = [this.find(i), this.find(j)];
    const [low, high] = a < b ? [a, b] : [b, a];
    this.parent[high] = low;
    return low;
  }
}
