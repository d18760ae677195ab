import {
  checkMiningBatch,
  forEachPositivePair,
  type MiningBatch,
  TripletList,
  type Triplets,
} from "./triplets";

/**
 * The paper's rule, literally: all anchor–positive pairs, and for each the nearest negative beyond the positive.
 *
 *   n = argmin { D(a, n) : D(a, p) < D(a, n) },  kept when D(a, n) < D(a, p) + margin
 *
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2, Eq. 4. D is squared L2.
 * Differs from the paper: nothing; the margin condition is its "lie inside the margin α".
 * Ties: the negative with the smaller index. A pair without such a negative gives no triplet. Cost O(pairs × N).
 */
export function semiHardNearest(batch: MiningBatch, margin: number): Triplets {
  checkMiningBatch(batch);
  const { size, distances, labels } = batch;
  const list = new TripletList();
  forEachPositivePair(batch, (a, p) => {
    const row = a * size;
    const positive = distances[row + p];
    let best = -1;
    let nearest = positive + margin;
    for (let n = 0; n < size; n++) {
      const d = distances[row + n];
      if (d > positive && d < nearest && labels[n] !== labels[a]) {
        nearest = d;
        best = n;
      }
    }
    if (best >= 0) list.add(a, p, best);
  });
  return list.toTriplets();
}
