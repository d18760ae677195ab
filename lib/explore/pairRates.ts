import type { Matrix } from "../core/matrix";
import { type BlockOptions, forEachPairDistance } from "../evaluate/distances";
import { bitsAtLeast, countPairs } from "../evaluate/pairCounts";

/** How many same and different pairs a threshold accepts: entry i counts the pairs with squared L2 < i · step. */
export interface PairRates {
  readonly same: Float64Array;
  readonly different: Float64Array;
}

/**
 * Exact counts over all pairs at `count` thresholds 0, step, 2·step, … (squared L2), so that VAL and FAR of the paper's section 4 can be read off
 * without the pairs. Differs from the paper: D < d instead of D ≤ d, as in `allPairsVal`.
 */
export function pairRates(
  x: Matrix,
  labels: ArrayLike<number>,
  step: number,
  count: number,
  options: BlockOptions = {},
): PairRates {
  if (!(step > 0) || !Number.isFinite(step)) {
    throw new RangeError(`Cannot count pairs: the step must be above 0, current value is ${step}`);
  }
  const rates = { same: new Float64Array(count), different: new Float64Array(count) };
  const limits = Array.from({ length: count }, (_, i) => bitsAtLeast(i * step));
  let [accepted, rejected, next] = [0, 0, 0];
  const note = (): void => {
    rates.same[next] = accepted;
    rates.different[next++] = rejected;
  };
  countPairs(x, labels, options).forEach((bits, same, different) => {
    while (next < count && bits >= limits[next]) note();
    accepted += same;
    rejected += different;
  });
  while (next < count) note();
  return rates;
}

/** The two distances of every row that decide whether a threshold makes an error with it, and the largest distance of all. Squared L2. */
export interface PointExtremes {
  /** Infinite for a row without negatives. */
  readonly nearestNegative: Float32Array;
  /** −1 for a row without positives. */
  readonly farthestPositive: Float32Array;
  readonly largest: number;
}

/** One pass over all pairs. */
export function pointExtremes(
  x: Matrix,
  labels: ArrayLike<number>,
  options: BlockOptions = {},
): PointExtremes {
  const nearestNegative: Float32Array = new Float32Array(x.rows).fill(Number.POSITIVE_INFINITY);
  const farthestPositive: Float32Array = new Float32Array(x.rows).fill(-1);
  let largest = 0;
  forEachPairDistance(
    x,
    (i, j, squared) => {
      if (squared > largest) largest = squared;
      if (labels[i] === labels[j]) {
        if (squared > farthestPositive[i]) farthestPositive[i] = squared;
        if (squared > farthestPositive[j]) farthestPositive[j] = squared;
      } else {
        if (squared < nearestNegative[i]) nearestNegative[i] = squared;
        if (squared < nearestNegative[j]) nearestNegative[j] = squared;
      }
    },
    options,
  );
  return { nearestNegative, farthestPositive, largest };
}

/** 1, 2 or 5 times a power of ten: the smallest such step that reaches `largest` in at most `most` steps. */
export function niceStep(largest: number, most: number): number {
  const least = largest / most;
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  // The tiny factor undoes rounding such as 0.002 / 0.001 = 2.0000000000000004.
  return power * ([1, 2, 5].find((digit) => digit * power >= least * (1 - 1e-12)) ?? 10);
}
