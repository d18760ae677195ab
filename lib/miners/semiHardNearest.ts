import { checkMiningBatch, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/**
 * The paper's rule, literally: all anchor–positive pairs, and for each the nearest negative beyond the positive.
 *
 *   n = argmin { D(a, n) : D(a, p) < D(a, n) },  kept when D(a, n) < D(a, p) + margin
 *
 * Ties: the negative with the smaller index. A pair without such a negative gives no triplet.
 * Cost O(N² log K) for K positives of an anchor: its sorted positives cut the line of distances into K + 1 pieces, and one pass over the
 * negatives keeps the nearest of each piece.
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2, Eq. 4. D is squared L2.
 * Differs from the paper: nothing; the margin condition is its "lie inside the margin α".
 */
export function semiHardNearest(batch: MiningBatch, margin: number): Triplets {
  checkMiningBatch(batch, margin);
  const { size, distances, labels } = batch;
  const columns = labels.length;
  const list = new TripletList();
  let pairs = 0;
  for (let a = 0; a < size; a++) {
    const row = distances.subarray(a * columns, (a + 1) * columns);
    const positives: number[] = [];
    for (let p = 0; p < columns; p++) if (p !== a && labels[p] === labels[a]) positives.push(p);
    if (positives.length === 0) continue;
    pairs += positives.length;
    positives.sort((p, q) => row[p] - row[q]);
    const cuts = Float32Array.from(positives, (p) => row[p]);
    const nearest = nearestByPiece(row, labels, labels[a], cuts, margin);
    let beyond = -1;
    for (let k = positives.length - 1; k >= 0; k--) {
      // Every negative of a lower piece is nearer than those of all higher ones.
      if (nearest[k + 1] >= 0) beyond = nearest[k + 1];
      if (beyond >= 0 && row[beyond] < cuts[k] + margin) list.add(a, positives[k], beyond);
    }
  }
  return list.toTriplets(pairs);
}

/** For each k in [0, K] the nearest negative with exactly k cuts below its distance (−1 when there is none within the margin of any). */
function nearestByPiece(
  row: Float32Array,
  labels: Int32Array,
  label: number,
  cuts: Float32Array,
  margin: number,
): Int32Array {
  const nearest: Int32Array = new Int32Array(cuts.length + 1).fill(-1);
  const lowest = cuts[0];
  const highest = cuts[cuts.length - 1] + margin;
  for (let n = 0; n < row.length; n++) {
    const d = row[n];
    if (!(d > lowest && d < highest) || labels[n] === label) continue;
    let low = 1;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cuts[middle] < d) low = middle + 1;
      else high = middle;
    }
    if (nearest[low] < 0 || d < row[nearest[low]]) nearest[low] = n;
  }
  return nearest;
}
