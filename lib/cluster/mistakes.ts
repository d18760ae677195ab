import { contingency } from "./contingency";

/** An identity whose rows lie in more than one cluster. */
export interface OverSplit {
  readonly identity: number;
  readonly size: number;
  /** Its parts, largest first. */
  readonly parts: readonly { readonly cluster: number; readonly count: number }[];
}

/** A cluster that holds more than one identity. */
export interface OverMerge {
  readonly cluster: number;
  readonly size: number;
  /** Its identities, largest share first. */
  readonly identities: readonly { readonly identity: number; readonly count: number }[];
}

export interface ClusterMistakes {
  /** Worst first: most pairs of rows torn apart; then the smaller label. */
  readonly overSplit: readonly OverSplit[];
  /** Worst first: most pairs of rows wrongly joined; then the smaller cluster. */
  readonly overMerged: readonly OverMerge[];
}

/** Which identities are torn apart and which clusters mix identities. A noise row is a part of its own, its cluster −1. */
export function clusterMistakes(labels: ArrayLike<number>, clusters: ArrayLike<number>): ClusterMistakes {
  const table = contingency(labels, clusters);
  const parts = table.identitySizes.map((): { cluster: number; count: number }[] => []);
  const mixed = table.clusterSizes.map((): { identity: number; count: number }[] => []);
  for (const { identity, cluster, count } of table.cells) {
    parts[identity].push({ cluster: table.clusters[cluster], count });
    mixed[cluster].push({ identity: table.identities[identity], count });
  }
  return {
    overSplit: parts
      .map((list, i) => ({
        identity: table.identities[i],
        size: table.identitySizes[i],
        parts: list.sort((a, b) => b.count - a.count || a.cluster - b.cluster),
      }))
      .filter((split) => split.parts.length > 1)
      .sort((a, b) => apart(b.parts) - apart(a.parts) || a.identity - b.identity),
    overMerged: mixed
      .map((list, c) => ({
        cluster: table.clusters[c],
        size: table.clusterSizes[c],
        identities: list.sort((a, b) => b.count - a.count || a.identity - b.identity),
      }))
      .filter((merge) => merge.identities.length > 1)
      .sort((a, b) => apart(b.identities) - apart(a.identities) || a.cluster - b.cluster),
  };
}

/** Unordered pairs across groups: (n² − Σ nᵢ²) / 2. */
function apart(groups: readonly { readonly count: number }[]): number {
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  return groups.reduce((left, { count }) => left - count * count, total * total) / 2;
}
