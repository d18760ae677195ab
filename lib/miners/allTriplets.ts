import {
  checkMiningBatch,
  forEachPositivePair,
  type MiningBatch,
  TripletList,
  type Triplets,
} from "./triplets";

/**
 * Every valid triplet (a, p, n): same identity, another one. The oracle that all other miners are tested against.
 * Empty when the batch has no positive pair or only one identity. Cost O(N³) time and memory: for small batches.
 */
export function allTriplets(batch: MiningBatch): Triplets {
  checkMiningBatch(batch);
  const list = new TripletList();
  forEachPositivePair(batch, (a, p) => {
    for (let n = 0; n < batch.size; n++) if (batch.labels[n] !== batch.labels[a]) list.add(a, p, n);
  });
  return list.toTriplets();
}
