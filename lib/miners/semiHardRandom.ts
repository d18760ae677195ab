import type { Random } from "../core/random";
import { checkMiningBatch, forEachPositivePair, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/**
 * All anchor–positive pairs, and for each one a uniformly drawn semi-hard negative.
 *
 *   n ~ U { n : D(a, p) < D(a, n) < D(a, p) + margin }
 *
 * Negatives at equal distance are equally likely. A pair without such a negative gives no triplet. Cost O(pairs × N).
 * Source: the set is Eq. 4 of Schroff, Kalenichenko, Philbin (2015), section 3.2.
 * Differs from the paper: drawn at random, as most public code does, where the paper asks for the hardest of the set.
 */
export function semiHardRandom(batch: MiningBatch, margin: number, random: Random): Triplets {
  checkMiningBatch(batch, margin);
  const { distances, labels } = batch;
  const list = new TripletList();
  const candidates = new Int32Array(labels.length);
  const pairs = forEachPositivePair(batch, (a, p) => {
    const row = a * labels.length;
    const positive = distances[row + p];
    let count = 0;
    for (let n = 0; n < labels.length; n++) {
      const d = distances[row + n];
      if (d > positive && d < positive + margin && labels[n] !== labels[a]) candidates[count++] = n;
    }
    if (count > 0) list.add(a, p, candidates[random.integer(count)]);
  });
  return list.toTriplets(pairs);
}
