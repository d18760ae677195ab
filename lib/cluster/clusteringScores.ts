import { contingency } from "./contingency";
import { adjustedRandOf, bcubedOf, type PrecisionRecall, pairwiseOf } from "./countingScores";
import { adjustedInformationOf, normalizedInformationOf } from "./mutualInformation";

/** Every score of one clustering against the true identities. */
export interface ClusteringScores {
  readonly clusters: number;
  readonly bcubed: PrecisionRecall;
  readonly pairwise: PrecisionRecall;
  /** Adjusted mutual information. */
  readonly ami: number;
  /** Normalised mutual information. */
  readonly nmi: number;
  /** Adjusted Rand index. */
  readonly ari: number;
}

/** Scores of clusters against identities; each noise row (−1) counts as a cluster of its own. */
export function clusteringScores(labels: ArrayLike<number>, clusters: ArrayLike<number>): ClusteringScores {
  const table = contingency(labels, clusters);
  return {
    clusters: table.clusterSizes.length,
    bcubed: bcubedOf(table),
    pairwise: pairwiseOf(table),
    ami: adjustedInformationOf(table),
    nmi: normalizedInformationOf(table),
    ari: adjustedRandOf(table),
  };
}
