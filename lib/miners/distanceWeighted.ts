import type { Random } from "../core/random";
import { checkMiningBatch, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/** Options of {@link distanceWeighted}. Both are L2, not squared, and 0 < cutoff < maximum < 2. */
export interface DistanceWeightedOptions {
  /** Nearer negatives get the weight of this distance; default 0.5, the source's. */
  readonly cutoff?: number;
  /** Negatives at this distance and beyond are never drawn; default 1.4, that of the source's code. */
  readonly maximum?: number;
}

/**
 * All anchor–positive pairs, and for each one a negative drawn against the density of distances on the unit sphere, so that all distances are
 * about equally likely.
 *
 *   P(n | a) ∝ 1 / q(max(d, cutoff)),  q(d) = d^(D−2) · (1 − d²/4)^((D−3)/2),  d = √D(a, n) < maximum
 *
 * Embeddings must be unit vectors of dimension D ≥ 2. Negatives at equal distance are equally likely. An anchor whose negatives all lie beyond
 * the maximum gives no triplet. Cost O(N² + pairs · log N).
 * Source: Wu, Manmatha, Smola, Krähenbühl (2017), "Sampling Matters in Deep Embedding Learning", section 4; the maximum is in its code only.
 * Differs from the paper: its bound λ on the weight is the cutoff on d; its code draws from all negatives when all lie beyond the maximum.
 */
export function distanceWeighted(
  batch: MiningBatch,
  random: Random,
  options: DistanceWeightedOptions = {},
): Triplets {
  const { cutoff = 0.5, maximum = 1.4 } = options;
  checkMiningBatch(batch);
  checkOptions(cutoff, maximum, batch.dimension);
  const { size, labels } = batch;
  const list = new TripletList();
  let pairs = 0;
  for (let a = 0; a < size; a++) {
    const sums = cumulativeWeights(batch, a, cutoff, maximum);
    const total = sums[sums.length - 1];
    for (let p = 0; p < labels.length; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      pairs++;
      if (total > 0) list.add(a, p, firstAbove(sums, random.next() * total));
    }
  }
  return list.toTriplets(pairs);
}

/** Running sums of the candidates' weights, C values. Weights are relative to the anchor's largest: in high dimensions they span e^±100. */
function cumulativeWeights(batch: MiningBatch, a: number, cutoff: number, maximum: number): Float64Array {
  const { distances, labels, dimension } = batch;
  const sums: Float64Array = new Float64Array(labels.length).fill(Number.NEGATIVE_INFINITY);
  let largest = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < labels.length; n++) {
    const squared = distances[a * labels.length + n];
    if (labels[n] === labels[a] || !(squared < maximum ** 2)) continue;
    sums[n] = -logDensity(Math.max(squared, cutoff ** 2), dimension);
    largest = Math.max(largest, sums[n]);
  }
  let sum = 0;
  for (let n = 0; n < sums.length; n++) {
    if (sums[n] > Number.NEGATIVE_INFINITY) sum += Math.exp(sums[n] - largest);
    sums[n] = sum;
  }
  return sums;
}

/** log q of a squared distance, without the constant: log q(d) = (D−2)·log d + (D−3)/2 · log(1 − d²/4). */
function logDensity(squared: number, dimension: number): number {
  return ((dimension - 2) * Math.log(squared) + (dimension - 3) * Math.log(1 - squared / 4)) / 2;
}

/** The smallest index whose sum is above `value`. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function checkOptions(cutoff: number, maximum: number, dimension: number): void {
  if (!(cutoff > 0 && cutoff < maximum && maximum < 2)) {
    throw new RangeError(
      `Cannot draw by distance: 0 < cutoff < maximum < 2 must hold, current values are ${cutoff} and ${maximum}`,
    );
  }
  if (!Number.isInteger(dimension) || dimension < 2) {
    throw new RangeError(
      `Cannot draw by distance: the dimension must be an integer of at least 2, current value is ${dimension}`,
    );
  }
}
