import { type Contingency, contingency } from "./contingency";

/** Shares in [0, 1], 1 is best; NaN where nothing was counted. */
export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly f: number;
}

/**
 * BCubed: for each row, which share of its cluster shows its identity (precision) and which share of its identity lies in its cluster
 * (recall), the row itself counted; then the mean over rows. Every row weighs the same, so large clusters do not drown small ones as in pairs.
 *
 * Source: Bagga and Baldwin (1998); Amigó, Gonzalo, Artiles, Verdejo (2009), section 3.
 */
export function bcubed(labels: ArrayLike<number>, clusters: ArrayLike<number>): PrecisionRecall {
  return bcubedOf(contingency(labels, clusters));
}

/** {@link bcubed} of a table that is already counted. */
export function bcubedOf({ rows, cells, identitySizes, clusterSizes }: Contingency): PrecisionRecall {
  let precision = 0;
  let recall = 0;
  for (const { identity, cluster, count } of cells) {
    precision += (count * count) / clusterSizes[cluster] / rows;
    recall += (count * count) / identitySizes[identity] / rows;
  }
  return { precision, recall, f: (2 * precision * recall) / (precision + recall) };
}

/**
 * Over all unordered pairs of rows: which share of the pairs in one cluster show one identity (precision), which share of the pairs of one
 * identity lie in one cluster (recall). Precision is NaN when every cluster has one row, recall when every identity has one, f when both.
 */
export function pairwise(labels: ArrayLike<number>, clusters: ArrayLike<number>): PrecisionRecall {
  return pairwiseOf(contingency(labels, clusters));
}

/** {@link pairwise} of a table that is already counted. */
export function pairwiseOf(table: Contingency): PrecisionRecall {
  const { both, identity, cluster } = pairCounts(table);
  return { precision: both / cluster, recall: both / identity, f: (2 * both) / (identity + cluster) };
}

/**
 * Adjusted Rand index: pairs that identity and cluster join alike, minus what chance gives, scaled to 1 at best; 0 is chance, below is worse.
 * Two partitions that are both one group, or both all singles, agree: 1.
 *
 * Source: Hubert and Arabie (1985), Eq. 5.
 */
export function adjustedRandIndex(labels: ArrayLike<number>, clusters: ArrayLike<number>): number {
  return adjustedRandOf(contingency(labels, clusters));
}

/** {@link adjustedRandIndex} of a table that is already counted. */
export function adjustedRandOf(table: Contingency): number {
  const { both, identity, cluster } = pairCounts(table);
  const all = pairs(table.rows);
  if ((identity === 0 && cluster === 0) || (identity === all && cluster === all)) return 1;
  const chance = (identity * cluster) / all;
  return (both - chance) / ((identity + cluster) / 2 - chance);
}

/** Unordered pairs of rows in one identity, in one cluster, and in both. */
function pairCounts({ cells, identitySizes, clusterSizes }: Contingency): {
  both: number;
  identity: number;
  cluster: number;
} {
  const sum = (counts: readonly number[]): number => counts.reduce((total, n) => total + pairs(n), 0);
  return {
    both: sum(cells.map(({ count }) => count)),
    identity: sum(identitySizes),
    cluster: sum(clusterSizes),
  };
}

function pairs(n: number): number {
  return (n * (n - 1)) / 2;
}
