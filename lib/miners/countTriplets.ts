import { numberOfTriplets } from "./allTriplets";
import { checkMiningBatch, type MiningBatch } from "./batch";
import { forEachAnchor, howManyNearer, nearestFirst } from "./candidates";

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
 * Counts all valid triplets by kind, exactly and without a list: per anchor the negatives within reach are sorted, and each positive finds by
 * bisection how many are nearer than itself and how many than itself plus the margin.
 *
 * Ties: as in Eq. 4, a negative as far as the positive is hard, one exactly at the margin is easy. Cost O(N² log N), memory O(N).
 * Source: the three kinds of Schroff, Kalenichenko, Philbin (2015), section 3.2. D is squared L2.
 * Differs from the paper: it names the kinds but does not count them.
 */
export function countTriplets(batch: MiningBatch, margin: number): TripletCounts {
  checkMiningBatch(batch, margin);
  const total = numberOfTriplets(batch);
  let hard = 0;
  let active = 0;
  forEachAnchor(batch, margin, (_, { row, positives, negatives }) => {
    const sorted = nearestFirst(row, negatives);
    for (const p of positives) {
      hard += howManyNearer(row, sorted, row[p], true);
      active += howManyNearer(row, sorted, row[p] + margin);
    }
  });
  return {
    total,
    easy: total - active,
    semiHard: active - hard,
    hard,
    activeFraction: total > 0 ? active / total : 0,
  };
}
