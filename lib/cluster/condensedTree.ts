import type { Dendrogram } from "./dendrogram";

/** The clusters of a tree that have at least a smallest size. Cluster 0 is the root; a cluster's number is larger than its parent's. */
export interface CondensedTree {
  /** Parent of each cluster; −1 for the root. */
  readonly parent: readonly number[];
  /** Excess of mass: the sum over a cluster's rows of λ at which the row leaves, less λ at which the cluster begins. */
  readonly stability: readonly number[];
  /** The last cluster that each row is in. */
  readonly clusterOf: Int32Array;
}

/** λ of a height of 0 must be finite, so that two of them differ by 0. */
const LEAST_HEIGHT = 1e-100;

/**
 * Walks a tree from its root: a split of which both sides have at least `smallest` rows makes two clusters; else rows merely leave the cluster. λ is 1 / height.
 *
 * Source: Campello, Moulavi, Sander (2013), section 4, Eq. 3 for the stability.
 */
export function condense(
  { rows, first, second, heights, sizes }: Dendrogram,
  smallest: number,
): CondensedTree {
  const parent = [-1];
  const stability = [0];
  const birth = [0];
  const clusterOf: Int32Array = new Int32Array(rows);
  const sizeOf = (node: number): number => (node < rows ? 1 : sizes[node - rows]);
  const leave = (node: number, cluster: number, lambda: number): void => {
    stability[cluster] += sizeOf(node) * (lambda - birth[cluster]);
  };
  const begin = (node: number, from: number, lambda: number): [number, number] => {
    leave(node, from, lambda);
    parent.push(from);
    stability.push(0);
    birth.push(lambda);
    return [node, parent.length - 1];
  };
  /** Nodes with the cluster that they belong to; `left` ones have left it and only name their rows. */
  const open: [node: number, cluster: number, left?: boolean][] = [[2 * rows - 2, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, cluster, left = false] = next;
    if (node < rows) {
      clusterOf[node] = cluster;
      continue;
    }
    const sides = [first[node - rows], second[node - rows]];
    if (left) {
      open.push(...sides.map((side): [number, number, boolean] => [side, cluster, true]));
      continue;
    }
    const lambda = 1 / Math.max(LEAST_HEIGHT, heights[node - rows]);
    const large = sides.filter((side) => sizeOf(side) >= smallest);
    if (large.length === 2) {
      open.push(...large.map((side) => begin(side, cluster, lambda)));
      continue;
    }
    for (const side of sides) {
      const stays = large.includes(side);
      if (!stays) leave(side, cluster, lambda);
      open.push([side, cluster, !stays]);
    }
  }
  return { parent, stability, clusterOf };
}

/**
 * The disjoint clusters with the largest total stability, the root never among them; a parent wins a tie against its children.
 * Source: Campello, Moulavi, Sander (2013), section 4, algorithm 3. Returns for each cluster whether it is chosen.
 */
export function mostStable({ parent, stability }: CondensedTree): boolean[] {
  const best = parent.map(() => 0);
  const chosen = parent.map(() => false);
  for (let c = parent.length - 1; c > 0; c--) {
    chosen[c] = stability[c] >= best[c];
    best[parent[c]] += Math.max(stability[c], best[c]);
  }
  // What lies below a chosen cluster is part of it.
  const covered = parent.map(() => false);
  for (let c = 1; c < parent.length; c++) {
    covered[c] = covered[parent[c]] || chosen[parent[c]];
    if (covered[c]) chosen[c] = false;
  }
  return chosen;
}
