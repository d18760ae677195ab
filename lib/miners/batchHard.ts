import { checkMiningBatch, type MiningBatch, TripletList, type Triplets } from "./triplets";

/**
 * For every anchor its farthest positive and its nearest negative.
 *
 *   p = argmax D(a, p),  n = argmin D(a, n)
 *
 * Source: Hermans, Beyer, Leibe (2017), "In Defense of the Triplet Loss", Eq. 5; the "hardest" choice that the FaceNet paper
 * warns of early in training (section 3.2). Ties: the smaller index. Anchors without a positive or a negative give no triplet. Cost O(N²).
 */
export function batchHard(batch: MiningBatch): Triplets {
  checkMiningBatch(batch);
  const { size, distances, labels } = batch;
  const list = new TripletList();
  for (let a = 0; a < size; a++) {
    let positive = -1;
    let negative = -1;
    for (let j = 0; j < size; j++) {
      if (j === a) continue;
      const d = distances[a * size + j];
      if (labels[j] === labels[a]) {
        if (positive < 0 || d > distances[a * size + positive]) positive = j;
      } else if (negative < 0 || d < distances[a * size + negative]) negative = j;
    }
    if (positive >= 0 && negative >= 0) list.add(a, positive, negative);
  }
  return list.toTriplets();
}
