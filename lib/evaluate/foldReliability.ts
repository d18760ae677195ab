import { calibrate, probabilityOfSame, type Reliability, reliability } from "./calibration";

/** Distances of pairs in folds. */
export interface FoldedPairs {
  /** Squared L2. */
  readonly distances: ArrayLike<number>;
  readonly same: ArrayLike<number>;
  /** 0 … folds − 1 of each pair. */
  readonly fold: ArrayLike<number>;
  readonly folds: number;
}

/**
 * Reliability of probabilities that each fold gets from a fit (`calibrate`) on the other folds: no pair is judged by a fit that saw it.
 * Null with a single fold, or where the pairs outside one lack a kind. Throws a RangeError for a distance that is not finite.
 */
export function foldReliability({ distances, same, fold, folds }: FoldedPairs): Reliability | null {
  const pairs = Array.from({ length: distances.length }, (_, p) => p);
  const probabilities = new Float64Array(pairs.length);
  for (let k = 0; k < folds; k++) {
    const seen = pairs.filter((p) => fold[p] !== k);
    const kinds = new Set(seen.map((p) => same[p] !== 0));
    if (kinds.size < 2) return null;
    const fit = calibrate(
      seen.map((p) => distances[p]),
      seen.map((p) => same[p]),
    );
    for (const p of pairs) if (fold[p] === k) probabilities[p] = probabilityOfSame(fit, distances[p]);
  }
  return reliability(probabilities, same);
}
