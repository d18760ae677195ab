import type { Random } from "../core/random";
import { checkMiningBatch, type MiningBatch } from "./batch";
import { forEachAnchor, howManyNearer, nearestFirst } from "./candidates";
import { TripletList, type Triplets } from "./triplets";

/**
 * All anchor–positive pairs, and for each one a uniformly drawn semi-hard negative.
 *
 *   n ~ U { n : D(a, p) < D(a, n) < D(a, p) + margin }
 *
 * Negatives at equal distance are equally likely. A pair without such a negative gives no triplet. Cost O(N² log N): an anchor's
 * negatives are sorted once, and those allowed for a pair are a stretch of them.
 * Source: the set is Eq. 4 of Schroff, Kalenichenko, Philbin (2015), section 3.2.
 * Differs from the paper: drawn at random, as most public code does, where the paper asks for the hardest of the set.
 */
export function semiHardRandom(batch: MiningBatch, margin: number, random: Random): Triplets {
  checkMiningBatch(batch, margin);
  const list = new TripletList();
  const pairs = forEachAnchor(batch, margin, (a, { row, positives, negatives }) => {
    const sorted = nearestFirst(row, negatives);
    for (const p of positives) {
      const nearer = howManyNearer(row, sorted, row[p], true);
      const semiHard = howManyNearer(row, sorted, row[p] + margin) - nearer;
      if (semiHard > 0) list.add(a, p, sorted[nearer + random.integer(semiHard)]);
    }
  });
  return list.toTriplets(pairs);
}
