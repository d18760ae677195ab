import type { Random } from "../core/random";
import {
  checkMiningBatch,
  forEachPositivePair,
  type MiningBatch,
  TripletList,
  type Triplets,
} from "./triplets";

/**
 * All anchor–positive pairs, and for each one a uniformly drawn semi-hard negative.
 *
 *   n ~ U { n : D(a, p) < D(a, n) < D(a, p) + margin }
 *
 * Source: the set is Eq. 4 of Schroff, Kalenichenko, Philbin (2015); drawing from it at random is what most public code does.
 * A pair without such a negative gives no triplet. Cost O(pairs × N).
 */
export function semiHardRandom(batch: MiningBatch, margin: number, random: Random): Triplets {
  checkMiningBatch(batch);
  const { size, distances, labels } = batch;
  const list = new TripletList();
  const candidates = new Int32Array(size);
  forEachPositivePair(batch, (a, p) => {
    const row = a * size;
    const positive = distances[row + p];
    let count = 0;
    for (let n = 0; n < size; n++) {
      const d = distances[row + n];
      if (d > positive && d < positive + margin && labels[n] !== labels[a]) candidates[count++] = n;
    }
    if (count > 0) list.add(a, p, candidates[random.integer(count)]);
  });
  return list.toTriplets();
}
