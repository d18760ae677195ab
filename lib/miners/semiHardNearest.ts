import { checkMiningBatch, type MiningBatch } from "./batch";
import { forEachAnchor, nearestFirst } from "./candidates";
import { TripletList, type Triplets } from "./triplets";

/**
 * The paper's rule, literally: all anchor–positive pairs, and for each the nearest negative beyond the positive.
 *
 *   n = argmin { D(a, n) : D(a, p) < D(a, n) },  kept when D(a, n) < D(a, p) + margin
 *
 * Ties: the negative with the smaller index. A pair without such a negative gives no triplet.
 * Cost O(N²): the sorted positives of an anchor cut the line of distances into pieces, and one pass over the negatives keeps the nearest of
 * each piece.
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2, Eq. 4. D is squared L2.
 * Differs from the paper: nothing; the margin condition is its "lie inside the margin α".
 */
export function semiHardNearest(batch: MiningBatch, margin: number): Triplets {
  checkMiningBatch(batch, margin);
  const list = new TripletList();
  const pairs = forEachAnchor(batch, margin, (a, { row, positives, negatives }) => {
    const ordered = nearestFirst(row, positives);
    const cuts = Float32Array.from(ordered, (p) => row[p]);
    const nearest = nearestByPiece(row, negatives, cuts);
    let beyond = -1;
    for (let k = cuts.length - 1; k >= 0; k--) {
      // Every negative of a lower piece is nearer than those of all higher ones.
      if (nearest[k + 1] >= 0) beyond = nearest[k + 1];
      if (beyond >= 0 && row[beyond] < cuts[k] + margin) list.add(a, ordered[k], beyond);
    }
  });
  return list.toTriplets(pairs);
}

/** For each k in [1, K] the nearest negative with exactly k of the K ascending cuts below its distance; −1 where there is none. */
function nearestByPiece(row: Float32Array, negatives: Int32Array, cuts: Float32Array): Int32Array {
  const nearest: Int32Array = new Int32Array(cuts.length + 1).fill(-1);
  const { first, scale, below } = cellsOf(cuts);
  for (let i = 0; i < negatives.length; i++) {
    const n = negatives[i];
    const d = row[n];
    if (!(d > first)) continue;
    let k = below[Math.min(below.length - 1, (d - first) * scale) | 0];
    while (k < cuts.length && cuts[k] < d) k++;
    if (nearest[k] < 0 || d < row[nearest[k]]) nearest[k] = n;
  }
  return nearest;
}

/**
 * Four cells a cut between the first and the last cut, each with the number of cuts in lower cells. The cell of a distance never falls while the
 * distance grows, so all those cuts are below it: a lookup and a step or two replace a bisection, whose branches cannot be predicted.
 */
function cellsOf(cuts: Float32Array): { first: number; scale: number; below: Int32Array } {
  const first = cuts[0];
  const range = cuts[cuts.length - 1] - first;
  const below: Int32Array = new Int32Array(4 * cuts.length + 1);
  const scale = range > 0 ? (4 * cuts.length) / range : 0;
  for (let cell = 0, k = 0; cell < below.length; cell++) {
    while (k < cuts.length && (((cuts[k] - first) * scale) | 0) < cell) k++;
    below[cell] = k;
  }
  return { first, scale, below };
}
