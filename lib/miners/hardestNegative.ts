import { checkMiningBatch, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/**
 * All anchor–positive pairs, and for each the anchor's nearest negative, whatever its distance.
 *
 *   n = argmin D(a, n)
 *
 * Ties: the smaller index. Anchors without a positive or a negative give no triplet. Cost O(N²).
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2, which warns of it: "selecting the hardest negatives can in practice lead to
 * bad local minima early on in training, specifically it can result in a collapsed model".
 * Differs from the paper: nothing.
 */
export function hardestNegative(batch: MiningBatch): Triplets {
  checkMiningBatch(batch);
  const { size, distances, labels } = batch;
  const list = new TripletList();
  let pairs = 0;
  for (let a = 0; a < size; a++) {
    const row = a * labels.length;
    let negative = -1;
    for (let n = 0; n < labels.length; n++) {
      if (labels[n] === labels[a]) continue;
      if (negative < 0 || distances[row + n] < distances[row + negative]) negative = n;
    }
    for (let p = 0; p < labels.length; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      pairs++;
      if (negative >= 0) list.add(a, p, negative);
    }
  }
  return list.toTriplets(pairs);
}
