/** How many rows of each identity lie in each cluster: what every score of a clustering is made of. */
export interface Contingency {
  /** Rows that are counted. */
  readonly rows: number;
  /** Rows of each identity; identities without a row are left out. */
  readonly identitySizes: readonly number[];
  readonly clusterSizes: readonly number[];
  /** The label that stands for `identitySizes[i]`. */
  readonly identities: readonly number[];
  /** The cluster number that stands for `clusterSizes[c]`; −1 for each row that was noise. */
  readonly clusters: readonly number[];
  /** The cells that are not 0, row by row of first appearance. */
  readonly cells: readonly Cell[];
}

/** `count` rows of identity `identity` (a position in `identitySizes`) lie in cluster `cluster` (a position in `clusterSizes`). */
export interface Cell {
  readonly identity: number;
  readonly cluster: number;
  readonly count: number;
}

/** Cluster number of a row that belongs to no cluster. */
export const NOISE = -1;

/**
 * Counts identities against clusters. A row of cluster −1 (noise) is a cluster of its own: it was joined with nobody.
 * Throws a RangeError when there is no row, or the lengths differ.
 */
export function contingency(labels: ArrayLike<number>, clusters: ArrayLike<number>): Contingency {
  const rows = labels.length;
  if (rows === 0 || clusters.length !== rows) {
    throw new RangeError(
      `Cannot score a clustering: one label and one cluster per row are needed, current values are ${rows} and ${clusters.length}`,
    );
  }
  const identityOf = new Numbered();
  const clusterOf = new Numbered();
  const cells = new Map<number, { identity: number; cluster: number; count: number }>();
  for (let i = 0; i < rows; i++) {
    const identity = identityOf.count(labels[i]);
    const cluster = clusters[i] === NOISE ? clusterOf.alone(NOISE) : clusterOf.count(clusters[i]);
    const key = identity * rows + cluster;
    const cell = cells.get(key);
    if (cell) cell.count++;
    else cells.set(key, { identity, cluster, count: 1 });
  }
  return {
    rows,
    identitySizes: identityOf.sizes,
    clusterSizes: clusterOf.sizes,
    identities: identityOf.keys,
    clusters: clusterOf.keys,
    cells: [...cells.values()],
  };
}

/** Numbers keys in order of first appearance and counts them. */
class Numbered {
  readonly keys: number[] = [];
  readonly sizes: number[] = [];
  private readonly positions = new Map<number, number>();

  count(key: number): number {
    const known = this.positions.get(key);
    if (known !== undefined) {
      this.sizes[known]++;
      return known;
    }
    this.positions.set(key, this.keys.length);
    return this.alone(key);
  }

  /** A position that no other row will share. */
  alone(key: number): number {
    this.sizes.push(1);
    return this.keys.push(key) - 1;
  }
}
