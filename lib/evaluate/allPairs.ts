import type { Matrix } from "../core/matrix";
import type { BlockOptions } from "./distances";
import { bitsAtLeast, countPairs, floatOf, type PairCounts } from "./pairCounts";

/** VAL at one FAR: pairs with D < `threshold` are accepted. */
export interface ValPoint {
  /** The FAR that was asked for. */
  readonly far: number;
  readonly val: number;
  /** Squared L2: the largest threshold whose FAR does not exceed `far`. */
  readonly threshold: number;
  /** Different pairs that pass, of `differentPairs`. */
  readonly falseAccepts: number;
}

export interface AllPairsResult {
  readonly samePairs: number;
  readonly differentPairs: number;
  /** 1 / differentPairs: a smaller FAR cannot be measured on these embeddings. */
  readonly smallestFar: number;
  /** Area under the ROC = P(same pair nearer than different pair) + ½ P(equal). */
  readonly auc: number;
  /** Equal error rate: where FAR = 1 − VAL, on the straight line between the two points of the staircase around it. */
  readonly eer: number;
  readonly points: readonly ValPoint[];
  /** The ROC for a logarithmic axis: exact points at `smallestFar` and then ten per decade, FAR ascending. */
  readonly roc: readonly ValPoint[];
  /** VAL and FAR at the `thresholds` that were asked for. */
  readonly atThresholds: readonly RatesAt[];
}

/** What a given threshold does. */
export interface RatesAt {
  /** Squared L2; pairs below it are accepted. */
  readonly threshold: number;
  readonly far: number;
  readonly val: number;
  readonly accepts: number;
  readonly falseAccepts: number;
}

/** Options of {@link allPairsVal}. */
export interface AllPairsOptions extends BlockOptions {
  /** FARs to report, each in [smallestFar, 1); default 1e-1, 1e-2, … 1e-6 as far as they can be measured. */
  readonly fars?: readonly number[];
  /** Thresholds (squared L2) whose VAL and FAR are wanted; default none. */
  readonly thresholds?: readonly number[];
}

/** A threshold on the staircase and what lies below it. */
interface Place {
  readonly bits: number;
  readonly accepts: number;
  readonly falseAccepts: number;
}

const STANDARD_FARS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6] as const;
const ROC_POINTS_PER_DECADE = 10;

/**
 * Verification over all pairs of N embeddings, D = squared L2, by exact order statistics without interpolation.
 *
 *   VAL(d) = |{same: D < d}| / P_same,  FAR(d) = |{different: D < d}| / P_diff
 *   k = ⌊FAR · P_diff⌋ different pairs may pass; threshold = the (k+1)-th smallest different distance
 *
 * Source: Schroff et al. (2015), section 4. Differs from the paper: D < d instead of D ≤ d, so that a threshold that is itself a different
 * pair's distance refuses that pair. One pass over the pairs; memory of one block and of the counts (see `DistanceHistogram`), whatever N.
 * Throws a RangeError for a FAR that these embeddings cannot measure and unless there are pairs of both kinds, a LabError for a row that is not finite.
 */
export function allPairsVal(
  x: Matrix,
  labels: ArrayLike<number>,
  options: AllPairsOptions = {},
): AllPairsResult {
  return ratesOfPairs(countPairs(x, labels, options), options);
}

/** {@link allPairsVal} of pairs that were counted before. Throws the same RangeErrors. */
export function ratesOfPairs(
  counts: PairCounts,
  options: Pick<AllPairsOptions, "fars" | "thresholds"> = {},
): AllPairsResult {
  const { samePairs, differentPairs } = counts;
  if (samePairs === 0 || differentPairs === 0) {
    throw new RangeError(
      `Cannot evaluate all pairs: same and different pairs are needed, current values are ${samePairs} and ${differentPairs}`,
    );
  }
  const smallestFar = 1 / differentPairs;
  const fars = options.fars ?? STANDARD_FARS.filter((far) => far >= smallestFar);
  for (const far of fars) checkFar(far, smallestFar);
  const { thresholds = [] } = options;
  const rocFars = logFars(differentPairs);
  const ranks = [...fars, ...rocFars].map((far) => rankAt(far, differentPairs));
  const { places, below, auc, eer } = climb(counts, ranks, thresholds);
  const pointAt = (far: number, i: number): ValPoint => {
    const { bits, accepts, falseAccepts } = places.get(ranks[i]) as Place;
    return { far, val: accepts / samePairs, threshold: floatOf(bits), falseAccepts };
  };
  return {
    samePairs,
    differentPairs,
    smallestFar,
    auc,
    eer,
    points: fars.map(pointAt),
    roc: rocFars.map((far, i) => pointAt(far, fars.length + i)),
    atThresholds: thresholds.map((threshold, i) => ({
      threshold,
      far: below[i].falseAccepts / differentPairs,
      val: below[i].accepts / samePairs,
      ...below[i],
    })),
  };
}

/** The 0-based rank of the threshold at a FAR among the different distances. The tiny factor undoes rounding such as 0.7 · 10 = 6.999…. */
function rankAt(far: number, differentPairs: number): number {
  return Math.min(differentPairs - 1, Math.floor(far * differentPairs * (1 + 1e-12)));
}

/** 1/N and every tenth of a decade above it, below 1. */
function logFars(differentPairs: number): number[] {
  const count = Math.ceil(Math.log10(differentPairs) * ROC_POINTS_PER_DECADE);
  const fars = Array.from({ length: count }, (_, i) => 10 ** (-i / ROC_POINTS_PER_DECADE)).slice(1);
  return [...fars.filter((far) => far > 1 / differentPairs), 1 / differentPairs].reverse();
}

/** Area and equal error rate of the staircase, the place of each wanted rank among the different distances, and what lies below each threshold. */
interface Climbed {
  readonly places: ReadonlyMap<number, Place>;
  readonly below: readonly { readonly accepts: number; readonly falseAccepts: number }[];
  readonly auc: number;
  readonly eer: number;
}

/** Climbs the staircase of distinct distances once. */
function climb(counts: PairCounts, ranks: readonly number[], thresholds: readonly number[]): Climbed {
  const { samePairs, differentPairs } = counts;
  const wanted = [...new Set(ranks)].sort((a, b) => a - b);
  const places = new Map<number, Place>();
  let [accepts, falseAccepts, area, next, eer] = [0, 0, 0, 0, 1];
  const below = thresholds.map(() => ({ accepts: 0, falseAccepts: 0 }));
  const limits = thresholds.map(bitsAtLeast);
  let gapBefore = -1;
  counts.forEach((bits, same, different) => {
    for (; wanted[next] < falseAccepts + different; next++) {
      places.set(wanted[next], { bits, accepts, falseAccepts });
    }
    for (let t = 0; t < below.length; t++) {
      if (bits >= limits[t]) continue;
      below[t].accepts += same;
      below[t].falseAccepts += different;
    }
    area += different * (accepts + same / 2);
    const farBefore = falseAccepts / differentPairs;
    accepts += same;
    falseAccepts += different;
    const gap = falseAccepts / differentPairs - (1 - accepts / samePairs);
    if (gapBefore < 0 && gap >= 0) {
      eer = farBefore + ((different / differentPairs) * gapBefore) / (gapBefore - gap);
    }
    gapBefore = gap;
  });
  return { places, below, auc: area / (samePairs * differentPairs), eer };
}

function checkFar(far: number, smallest: number): void {
  if (far >= smallest && far < 1) return;
  throw new RangeError(
    `Cannot measure VAL at this FAR: it must lie in [${smallest.toExponential(2)}, 1) for these pairs, current value is ${far}`,
  );
}
