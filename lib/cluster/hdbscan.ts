import { checkFinite, type Matrix, squaredL2 } from "../core/matrix";
import { type CondensedTree, condensed } from "./condensedTree";
import { NOISE } from "./contingency";
import { type Dendrogram, dendrogramOf, numbered } from "./dendrogram";

/** Options of {@link hdbscan}. */
export interface HdbscanOptions {
  /** Rows of the smallest cluster, at least 2; default 5. */
  readonly smallest?: number;
  /** A row's core distance reaches its `least` nearest rows, itself counted; 1 to N, default `smallest` or N. */
  readonly least?: number;
}

/**
 * HDBSCAN: the density clusters of every radius at once, of which the most stable that do not overlap are kept. No number of clusters and no threshold is given;
 * rows that no stable cluster holds are noise (−1), and all rows as a single cluster are never an answer. Clusters are numbered by their first row.
 *
 *   d_mreach(a, b) = max(core(a), core(b), ‖a − b‖),  λ = 1 / d_mreach,  stability(C) = Σ_{rows of C} (λ at which the row leaves − λ at which C appears)
 *
 * Source: Campello, Moulavi, Sander (2013), "Density-based clustering based on hierarchical density estimates", sections 3 to 5; the condensed tree of
 * McInnes and Healy (2017). Differs from the papers: nothing. λ is of L2, not squared L2: stability depends on it.
 * Differs from scikit-learn: joins of one height are undone together, as the paper says, so that a row which is tied at the edge of a cluster is in none.
 * All in float64: no finite row is too large.
 * Throws a RangeError for options out of range, a LabError for a row that is not finite. Cost O(N²·(D + least)), memory O(N·least).
 */
export function hdbscan(x: Matrix, options: HdbscanOptions = {}): Int32Array {
  const { smallest = 5, least = Math.min(smallest, x.rows) } = options;
  if (!Number.isInteger(smallest) || smallest < 2) {
    throw new RangeError(
      `Cannot run HDBSCAN: the smallest cluster must have at least 2 rows, current value is ${smallest}`,
    );
  }
  if (!Number.isInteger(least) || least < 1 || least > x.rows) {
    throw new RangeError(
      `Cannot run HDBSCAN: least must be an integer in [1, ${x.rows}], current value is ${least}`,
    );
  }
  checkFinite(x, "rows for HDBSCAN");
  const tree = condensed(reachabilityTree(x, least), smallest);
  const chosen = mostStable(tree);
  const names = Array.from(tree.cluster, (cluster) => {
    let at = cluster;
    while (at > 0 && !chosen[at]) at = tree.parents[at];
    return at > 0 ? at : NOISE;
  });
  const inside = names.filter((name) => name !== NOISE);
  const order = numbered(inside);
  const numbers = new Map(inside.map((name, i) => [name, order[i]]));
  return Int32Array.from(names, (name) => numbers.get(name) ?? NOISE);
}

/**
 * The single-linkage tree of mutual reachability; heights are squared L2, from differences in float64. By Prim's algorithm: no distance but those of the `least`
 * nearest rows of each is held.
 */
export function reachabilityTree(x: Matrix, least: number): Dendrogram {
  const core = coreDistances(x, least);
  const nearest = new Float64Array(x.rows).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(x.rows);
  const left = Array.from({ length: x.rows - 1 }, (_, i) => i + 1);
  const pairs: { first: number; second: number; height: number }[] = [];
  for (let at = 0; left.length > 0; ) {
    let best = 0;
    for (let k = 0; k < left.length; k++) {
      const row = left[k];
      const reach = Math.max(core[at], core[row], squaredL2(x, at, x, row));
      if (reach < nearest[row]) {
        nearest[row] = reach;
        from[row] = at;
      }
      if (nearest[row] < nearest[left[best]]) best = k;
    }
    [at] = left.splice(best, 1);
    pairs.push({ first: from[at], second: at, height: nearest[at] });
  }
  return dendrogramOf(pairs, x.rows);
}

/**
 * Squared L2 of every row from its `least`-th nearest, itself counted. Exact, from differences in float64 like the tree's other heights: a core distance is the
 * distance of a pair, and equal heights must be equal.
 */
function coreDistances(x: Matrix, least: number): Float64Array {
  const nearest = new Float64Array(x.rows * least).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < x.rows; i++) nearest[i * least] = 0;
  for (let i = 0; i < x.rows; i++) {
    for (let j = i + 1; j < x.rows; j++) {
      const squared = squaredL2(x, i, x, j);
      insert(nearest, i * least, least, squared);
      insert(nearest, j * least, least, squared);
    }
  }
  return Float64Array.from({ length: x.rows }, (_, i) => nearest[i * least + least - 1]);
}

/** Offers a value to the `count` smallest, ascending from place `first`; the largest drops out. */
function insert(smallest: Float64Array, first: number, count: number, value: number): void {
  let place = first + count - 1;
  if (value >= smallest[place]) return;
  for (; place > first && smallest[place - 1] > value; place--) smallest[place] = smallest[place - 1];
  smallest[place] = value;
}

/** Excess of mass: from the leaves up, a cluster is kept unless those inside it are together more stable. The root, all rows, is never kept. */
function mostStable({ parents, stability }: CondensedTree): boolean[] {
  const best = Float64Array.from(stability);
  const inside = new Float64Array(parents.length);
  const kept = parents.map(() => false);
  // Parents come before their children.
  for (let c = parents.length - 1; c > 0; c--) {
    kept[c] = inside[c] <= stability[c];
    if (!kept[c]) best[c] = inside[c];
    inside[parents[c]] += best[c];
  }
  const covered = parents.map(() => false);
  for (let c = 1; c < parents.length; c++) {
    covered[c] = covered[parents[c]] || kept[parents[c]];
    if (covered[c]) kept[c] = false;
  }
  return kept;
}
