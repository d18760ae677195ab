import type { Dendrogram } from "./dendrogram";

/** A tree of clusters of at least so many rows, from the root (0, all rows) down; parents come before their children. */
export interface CondensedTree {
  /** Cluster that each cluster split off from; −1 of the root. */
  readonly parents: readonly number[];
  /** Σ over the rows of a cluster of how long they stay: λ at which they leave it minus λ at which it appears. */
  readonly stability: readonly number[];
  /** The last cluster that each row was in. */
  readonly cluster: Int32Array;
}

/** Equal rows are never parted; a finite λ for them keeps differences of stabilities numbers. */
const MOST_LAMBDA = 1e12;

/**
 * Follows a tree from the top, λ = 1 / √height ascending. Where it splits into several parts of at least `smallest` rows, the cluster ends and they begin; a
 * smaller part only falls out of the cluster, which goes on. Joins of one height are undone together.
 * Source: Campello, Moulavi, Sander (2013), Algorithm 1, step 4 (ties "must be removed simultaneously").
 */
export function condensed(tree: Dendrogram, smallest: number): CondensedTree {
  const { rows, heights, sizes } = tree;
  const sizeOf = (node: number): number => (node < rows ? 1 : sizes[node - rows]);
  const [parents, births, stability] = [[-1], [0], [0]];
  const cluster: Int32Array = new Int32Array(rows);
  const stack = rows > 1 ? [{ node: 2 * rows - 2, inside: 0 }] : [];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, inside } = next;
    const lambda = Math.min(MOST_LAMBDA, 1 / Math.sqrt(heights[node - rows]));
    const parts = partsOf(tree, node);
    const large = parts.filter((part) => sizeOf(part) >= smallest);
    for (const part of parts.filter((other) => large.length > 1 || sizeOf(other) < smallest)) {
      stability[inside] += (lambda - births[inside]) * sizeOf(part);
      for (const row of sizeOf(part) < smallest ? rowsUnder(tree, part) : []) cluster[row] = inside;
    }
    for (const part of large) {
      if (large.length === 1) stack.push({ node: part, inside });
      else {
        stack.push({ node: part, inside: parents.length });
        parents.push(inside);
        births.push(lambda);
        stability.push(0);
      }
    }
  }
  return { parents, stability, cluster };
}

/** What a node falls apart into when all joins of its height are undone. */
function partsOf({ rows, first, second, heights }: Dendrogram, node: number): number[] {
  const parts: number[] = [];
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at >= rows && heights[at - rows] === heights[node - rows])
      open.push(second[at - rows], first[at - rows]);
    else parts.push(at);
  }
  return parts;
}

function rowsUnder({ rows, first, second }: Dendrogram, node: number): number[] {
  const found: number[] = [];
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at < rows) found.push(at);
    else open.push(first[at - rows], second[at - rows]);
  }
  return found;
}
