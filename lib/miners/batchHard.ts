import { checkMiningBatch, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/**
 * For every anchor its farthest positive and its nearest negative.
 *
 *   p = argmax D(a, p),  n = argmin D(a, n)
 *
 * Ties: the smaller index. An anchor without a positive or a negative gives no triplet. Cost O(N²).
 * Source: Hermans, Beyer, Leibe (2017), "In Defense of the Triplet Loss", Eq. 5; the "hardest" choice that the FaceNet paper
 * warns of early in training (section 3.2).
 * Differs from the paper: squared L2, which orders like the paper's L2.
 */
export function batchHard(batch: MiningBatch): Triplets {
  checkMiningBatch(batch);
  const { size, distances, labels } = batch;
  const list = new TripletList();
  for (let a = 0; a < size; a++) {
    const row = distances.subarray(a * labels.length, (a + 1) * labels.length);
    const { positive, negative } = hardestOfAnchor(row, labels, a);
    if (positive >= 0 && negative >= 0) list.add(a, positive, negative);
  }
  return list.toTriplets(size);
}

/** Farthest positive and nearest negative of the row `anchor`, given its distances to all rows; −1 for one that does not exist. */
export function hardestOfAnchor(
  row: Float32Array,
  labels: Int32Array,
  anchor: number,
): { positive: number; negative: number } {
  let positive = -1;
  let negative = -1;
  for (let j = 0; j < row.length; j++) {
    if (labels[j] !== labels[anchor]) {
      if (negative < 0 || row[j] < row[negative]) negative = j;
    } else if (j !== anchor && (positive < 0 || row[j] > row[positive])) positive = j;
  }
  return { positive, negative };
}
