import type { Random } from "../core/random";
import { checkMiningBatch, forEachPositivePair, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/**
 * All anchor–positive pairs, and for each one a uniformly drawn negative that violates the margin, nearer than the positive or not.
 *
 *   n ~ U { n : D(a, n) < D(a, p) + margin }
 *
 * Negatives at equal distance are equally likely. A pair without a violator gives no triplet. Cost O(pairs × N).
 * Source: Parkhi, Vedaldi, Zisserman (2015), "Deep Face Recognition" (VGG Face), section 4.4: each anchor–positive pair is extended by a negative
 * that is drawn at random among those that violate the margin.
 * Differs from the paper: violators are sought within the batch.
 */
export function randomViolator(batch: MiningBatch, margin: number, random: Random): Triplets {
  checkMiningBatch(batch, margin);
  const { distances, labels } = batch;
  const list = new TripletList();
  const candidates = new Int32Array(labels.length);
  const pairs = forEachPositivePair(batch, (a, p) => {
    const row = a * labels.length;
    const reach = distances[row + p] + margin;
    let count = 0;
    for (let n = 0; n < labels.length; n++) {
      if (distances[row + n] < reach && labels[n] !== labels[a]) candidates[count++] = n;
    }
    if (count > 0) list.add(a, p, candidates[random.integer(count)]);
  });
  return list.toTriplets(pairs);
}
