import type { Random } from "../core/random";
import { checkMiningBatch, type MiningBatch } from "./batch";
import { forEachAnchor, howManyNearer, nearestFirst } from "./candidates";
import { TripletList, type Triplets } from "./triplets";

/**
 * All anchor–positive pairs, and for each one a uniformly drawn negative that violates the margin, nearer than the positive or not.
 *
 *   n ~ U { n : D(a, n) < D(a, p) + margin }
 *
 * Negatives at equal distance are equally likely. A pair without a violator gives no triplet. Cost O(N² log N): an anchor's
 * negatives are sorted once, and those allowed for a pair are a stretch of them.
 * Source: Parkhi, Vedaldi, Zisserman (2015), "Deep Face Recognition" (VGG Face), section 4.4: each anchor–positive pair is extended by a negative
 * that is drawn at random among those that violate the margin.
 * Differs from the paper: violators are sought within the batch.
 */
export function randomViolator(batch: MiningBatch, margin: number, random: Random): Triplets {
  checkMiningBatch(batch, margin);
  const list = new TripletList();
  const pairs = forEachAnchor(batch, margin, (a, { row, positives, negatives }) => {
    const sorted = nearestFirst(row, negatives);
    for (const p of positives) {
      const violators = howManyNearer(row, sorted, row[p] + margin);
      if (violators > 0) list.add(a, p, sorted[random.integer(violators)]);
    }
  });
  return list.toTriplets(pairs);
}
