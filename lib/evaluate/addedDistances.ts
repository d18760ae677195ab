/**
 * What several judges say of the same pairs, added up: each judge's distances in units of their standard deviation over the pairs of the other folds, so that no pair has a say in its own scale.
 * Smaller = more alike; the judges need no common scale or zero.
 * Source: the sum rule with z-normalised scores (Jain, Nandakumar, Ross, Pattern Recognition 2005), without the shift, which is the same for all pairs.
 * Throws a RangeError for judges of different numbers of pairs, fewer than two folds, or a judge who says the same of all pairs.
 */
export function addedDistances(
  judges: readonly ArrayLike<number>[],
  { fold, folds }: { readonly fold: ArrayLike<number>; readonly folds: number },
): Float64Array {
  if (folds < 2)
    throw new RangeError(`Cannot add distances: at least 2 folds are needed, current value is ${folds}`);
  const sum = new Float64Array(fold.length);
  for (const distances of judges) {
    if (distances.length !== fold.length) {
      throw new RangeError(
        `Cannot add distances: ${fold.length} pairs are wanted, current value is ${distances.length}`,
      );
    }
    const scales = Array.from({ length: folds }, (_, k) => deviationOfOthers(distances, fold, k));
    for (let p = 0; p < sum.length; p++) sum[p] += distances[p] / scales[fold[p]];
  }
  return sum;
}

function deviationOfOthers(distances: ArrayLike<number>, fold: ArrayLike<number>, k: number): number {
  const others = Array.from(distances).filter((_, p) => fold[p] !== k);
  const mean = others.reduce((a, b) => a + b, 0) / others.length;
  const deviation = Math.sqrt(others.reduce((sum, value) => sum + (value - mean) ** 2, 0) / others.length);
  if (deviation > 0) return deviation;
  throw new RangeError(`Cannot add distances: they must differ, current deviation is ${deviation}`);
}
