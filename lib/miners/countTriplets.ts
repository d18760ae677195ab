import { checkMiningBatch, type MiningBatch } from "./batch";

/** How many valid triplets of a batch are of which kind. */
export interface TripletCounts {
  /** All valid triplets; the sum of the three kinds. */
  readonly total: number;
  /** D(a, p) + margin ≤ D(a, n): their loss is 0. */
  readonly easy: number;
  /** D(a, p) < D(a, n) < D(a, p) + margin. */
  readonly semiHard: number;
  /** D(a, n) ≤ D(a, p). */
  readonly hard: number;
  /** (semi-hard + hard) / total, in [0, 1]; 0 when there is no triplet. */
  readonly activeFraction: number;
}

/**
 * Counts all valid triplets by kind, exactly and without a list: per anchor the negatives are sorted, and each positive finds by bisection how
 * many are nearer than itself and how many than itself plus the margin.
 *
 * Ties: as in Eq. 4, a negative as far as the positive is hard, one exactly at the margin is easy. Cost O(N² log N), memory O(N).
 * Source: the three kinds of Schroff, Kalenichenko, Philbin (2015), section 3.2. D is squared L2.
 * Differs from the paper: it names the kinds but does not count them.
 */
export function countTriplets(batch: MiningBatch, margin: number): TripletCounts {
  checkMiningBatch(batch, margin);
  const { size, distances, labels } = batch;
  const negatives: Float32Array = new Float32Array(labels.length);
  let total = 0;
  let hard = 0;
  let active = 0;
  for (let a = 0; a < size; a++) {
    const row = distances.subarray(a * labels.length, (a + 1) * labels.length);
    let count = 0;
    for (let n = 0; n < row.length; n++) if (labels[n] !== labels[a]) negatives[count++] = row[n];
    const sorted = negatives.subarray(0, count).sort();
    for (let p = 0; p < row.length; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      total += count;
      hard += howMany(sorted, (d) => d <= row[p]);
      active += howMany(sorted, (d) => d < row[p] + margin);
    }
  }
  return {
    total,
    easy: total - active,
    semiHard: active - hard,
    hard,
    activeFraction: total > 0 ? active / total : 0,
  };
}

/** Values of an ascending array for which `below` holds; it must hold for a first part of them. */
function howMany(sorted: Float32Array, below: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (below(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
