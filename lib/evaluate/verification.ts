import { rocCurve } from "./roc";
import { meanAndStandardError } from "./statistics";

/** Scored pairs: squared L2, 1 for one identity, and the fold of each pair. */
export interface ScoredPairs {
  readonly distances: ArrayLike<number>;
  readonly same: ArrayLike<number>;
  readonly fold: ArrayLike<number>;
  readonly folds: number;
}

export interface VerificationResult {
  /** Mean accuracy over the folds. */
  readonly accuracy: number;
  /** Standard error of that mean (sample deviation over folds / √folds). */
  readonly standardError: number;
  readonly auc: number;
  readonly eer: number;
  readonly pairs: number;
  /** Accuracy and threshold of each fold. */
  readonly perFold: readonly { readonly accuracy: number; readonly threshold: number }[];
  /** The best threshold over all pairs: for use, never for the accuracy above. */
  readonly threshold: number;
}

/**
 * Verification accuracy as on LFW: for each fold the threshold that is best on all other folds, tested on that fold.
 * Source: Huang et al. (2007), View 2; Schroff et al. (2015), section 5.6.
 * Differs from the paper: nothing.
 */
export function verification(pairs: ScoredPairs): VerificationResult {
  const { distances, same, fold, folds } = pairs;
  if (!Number.isInteger(folds) || folds < 2) {
    throw new RangeError(`Cannot verify: at least 2 folds are needed, current value is ${folds}`);
  }
  const all = Array.from({ length: distances.length }, (_, i) => i);
  const perFold = Array.from({ length: folds }, (_, k) => {
    const test = all.filter((i) => fold[i] === k);
    if (test.length === 0) throw new RangeError(`Cannot verify: fold ${k} of ${folds} has no pairs`);
    const threshold = bestThreshold(
      distances,
      same,
      all.filter((i) => fold[i] !== k),
    );
    const right = test.filter((i) => distances[i] < threshold === (same[i] === 1)).length;
    return { accuracy: right / test.length, threshold };
  });
  const { mean, standardError } = meanAndStandardError(perFold.map((result) => result.accuracy));
  const { auc, eer } = rocCurve(distances, same);
  const threshold = bestThreshold(distances, same, all);
  return { accuracy: mean, standardError, auc, eer, pairs: all.length, perFold, threshold };
}

/**
 * The threshold t with the most pairs on the right side (same: D < t, different: D ≥ t) among `rows`.
 * Ties: the smallest. It lies half-way between two neighbouring distances.
 */
export function bestThreshold(
  distances: ArrayLike<number>,
  same: ArrayLike<number>,
  rows: readonly number[],
): number {
  if (rows.length === 0) throw new RangeError("Cannot choose a threshold: at least one pair is needed");
  const order = [...rows].sort((i, j) => distances[i] - distances[j]);
  let score = 0;
  let best = 0;
  let threshold = distances[order[0]];
  for (let i = 0; i < order.length; ) {
    const value = distances[order[i]];
    for (; i < order.length && distances[order[i]] === value; i++) score += same[order[i]] ? 1 : -1;
    if (score > best) {
      best = score;
      threshold = i < order.length ? (value + distances[order[i]]) / 2 : value + 1e-6;
    }
  }
  return threshold;
}
