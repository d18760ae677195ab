import { checkMiningBatch, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/** Options of {@link easyPositive}. */
export interface EasyPositiveOptions {
  /** `semi-hard` (default): the nearest negative beyond the positive (the source's EPSHN); `hardest`: the nearest negative at all (EPHN). */
  readonly negative?: "semi-hard" | "hardest";
}

/**
 * For every anchor its nearest positive, and the nearest negative beyond it (or the nearest at all).
 *
 *   p = argmin D(a, p),  n = argmin { D(a, n) : D(a, p) < D(a, n) }   or   n = argmin D(a, n)
 *
 * Ties: the smaller index. An anchor without a positive or such a negative gives no triplet. No margin takes part: far negatives give triplets
 * whose loss is 0. Cost O(N²).
 * Source: Xuan, Stylianou, Pless (2020), "Improved Embeddings with Easy Positive Triplet Mining", section 3.
 * Differs from the paper: only its choice of triplets; the paper puts them into a softmax over similarities, not into a margin.
 */
export function easyPositive(batch: MiningBatch, options: EasyPositiveOptions = {}): Triplets {
  const { negative: choice = "semi-hard" } = options;
  checkMiningBatch(batch);
  const { size, distances, labels } = batch;
  const list = new TripletList();
  for (let a = 0; a < size; a++) {
    const row = distances.subarray(a * labels.length, (a + 1) * labels.length);
    const positive = nearest(row, -1, (j) => j !== a && labels[j] === labels[a]);
    if (positive < 0) continue;
    const beyond = choice === "semi-hard" ? row[positive] : -1;
    const negative = nearest(row, beyond, (j) => labels[j] !== labels[a]);
    if (negative >= 0) list.add(a, positive, negative);
  }
  return list.toTriplets(size);
}

/** Index of the smallest distance above `beyond` among those allowed; −1 when there is none. */
function nearest(row: Float32Array, beyond: number, allowed: (index: number) => boolean): number {
  let best = -1;
  for (let j = 0; j < row.length; j++) {
    if (row[j] > beyond && (best < 0 || row[j] < row[best]) && allowed(j)) best = j;
  }
  return best;
}
