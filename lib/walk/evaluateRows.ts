import { type ClusterScores, clusterScores } from "../cluster/clusterScores";
import type { Matrix } from "../core/matrix";
import type { Products } from "../core/products";
import type { LongWork } from "../core/progress";
import { createRandom, type Random } from "../core/random";
import type { PairList } from "../data/dataset";
import { type AllPairsResult, allPairsVal, type RatesAt } from "../evaluate/allPairs";
import { type BootstrapResult, bootstrapIdentities, LEAST_IDENTITIES } from "../evaluate/bootstrap";
import { type HardestResult, hardestPairs } from "../evaluate/hardest";
import { canSplit, type HoldOutResult, holdOut } from "../evaluate/holdOut";
import { type IdentificationResult, identify } from "../evaluate/identification";
import { type ClosedAndOpen, closedAndOpen } from "../evaluate/openSet";
import { canDrawOpenSet, drawOpenSet } from "../evaluate/openSetSplit";
import { samplePairs } from "../evaluate/pairSample";
import { type RateIntervals, ratesAtThreshold } from "../evaluate/ratesAtThreshold";
import { type SlicedColumn, slicesOf } from "../evaluate/slices";
import { effectiveRank } from "../project/pca";
import { type ListedEvaluation, listedOf } from "./listedPairs";
import { watchPairs } from "./watchedPairs";

/** What a threshold that was chosen on other people does here. */
export interface CalibratedRates extends RatesAt {
  /** The FAR that the threshold was chosen for. */
  readonly askedFar: number;
  /** 95 % over identities; null with fewer than ten. */
  readonly intervals: RateIntervals | null;
}

/** Gallery, known probes and strangers: closed beside open set. */
export interface OpenSetEvaluation extends ClosedAndOpen {
  readonly galleryImages: number;
}

/** Every number of one set of embeddings. Distances are squared L2 of the rows as they are. */
export interface RowsEvaluation {
  /** Over all pairs. */
  readonly allPairs: AllPairsResult;
  /** 95 % intervals of AUC, VAL and thresholds over identities; null with fewer than ten. */
  readonly intervals: BootstrapResult | null;
  /** The paper's form on disjoint identities; null where they do not suffice. */
  readonly holdOut: HoldOutResult | null;
  /** Over a list of pairs; null where there is none. */
  readonly listed: ListedEvaluation | null;
  readonly identification: IdentificationResult;
  /** One drawn image of half of the identities enrolled, the other half strangers; null with fewer than two identities of two images. */
  readonly openSet: OpenSetEvaluation | null;
  readonly hardest: HardestResult;
  /** At the threshold of a saved calibration; null where none is given. */
  readonly calibrated: CalibratedRates | null;
  /** k-means and agglomerative clustering; null where there are more rows than `mostClustered`. */
  readonly clustering: ClusterScores | null;
  readonly slices: readonly SlicedColumn[];
  /** Near 1 means collapse. */
  readonly effectiveRank: number;
}

/** Options of {@link evaluateRows}. */
export interface EvaluateRowsOptions extends Pick<LongWork, "progress"> {
  /** FARs of all parts; default 1e-1 to 1e-6 as far as they can be measured. */
  readonly fars?: readonly number[];
  /** Scored pairs in folds; default none. */
  readonly pairs?: PairList;
  /** Columns that cut the rows into slices, by name; default none. */
  readonly columns?: ReadonlyMap<string, readonly string[]>;
  /** Disjoint sets of identities of the hold-out form; default 5. */
  readonly splits?: number;
  /** Most rows that are clustered: time grows with rows × identities, memory with rows²; default 5,000. */
  readonly mostClustered?: number;
  /** A saved calibration's threshold (squared L2) and the FAR that it was chosen for; default none. */
  readonly threshold?: { readonly value: number; readonly far: number };
  /** Any integer; default 1. */
  readonly seed?: number;
}

/**
 * Evaluates N×D embeddings with labels 0, 1, …: all pairs with intervals, hold-out splits, listed pairs, identification, hardest pairs and slices.
 * Throws as `allPairsVal` does, and a LabError for a column that cannot be sliced.
 */
export function evaluateRows(
  x: Matrix,
  labels: Int32Array,
  options: EvaluateRowsOptions = {},
): RowsEvaluation {
  const { fars, pairs, columns = new Map<string, string[]>(), splits = 5, seed = 1, progress } = options;
  const { mostClustered = 5000, threshold } = options;
  // All pairs, the nearest of them for the intervals, identification, hardest pairs; those inside of the splits.
  const { products, step, finish } = watchPairs(x.rows, 4 + 1 / splits, progress);
  const random = createRandom(seed);
  const thresholds = threshold && [threshold.value];
  const { atThresholds, ...rest } = step("all pairs", () =>
    allPairsVal(x, labels, { products, fars, thresholds }),
  );
  const allPairs = { ...rest, atThresholds: [] };
  const { intervals, atThreshold } = step("intervals", () =>
    intervalsOf(x, labels, allPairs, random.fork("bootstrap"), { products, threshold: threshold?.value }),
  );
  const result = {
    allPairs,
    intervals,
    calibrated: threshold ? { ...atThresholds[0], askedFar: threshold.far, intervals: atThreshold } : null,
    holdOut: step("hold-out", () =>
      canSplit(labels, splits)
        ? holdOut(x, labels, random.fork("hold-out"), { splits, fars, products })
        : null,
    ),
    listed: step("listed pairs", () => (pairs ? listedOf(x, labels, pairs, random.fork("listed")) : null)),
    identification: step("identification", () =>
      identify(x, labels, { products, random: random.fork("probes") }),
    ),
    openSet: step("open set", () => openSetOf(x, labels, random.fork("open set"), products)),
    hardest: step("hardest pairs", () => hardestPairs(x, labels, { products })),
    clustering: step("clusters", () =>
      x.rows > mostClustered ? null : clusterScores(x, labels, random.fork("clusters"), { products }),
    ),
    slices: step("slices", () =>
      [...columns].flatMap(([column, values]) =>
        slicesOf(x, labels, column, values, allPairs.points, { products }),
      ),
    ),
    effectiveRank: effectiveRank(x),
  };
  finish();
  return result;
}

function intervalsOf(
  x: Matrix,
  labels: Int32Array,
  { points }: AllPairsResult,
  random: Random,
  { products, threshold }: { products: Products; threshold: number | undefined },
): { intervals: BootstrapResult | null; atThreshold: RateIntervals | null } {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  // Same pairs of a single person are lost in a third of the resamples.
  const several = [...sizes.values()].filter((size) => size > 1).length;
  if (sizes.size < LEAST_IDENTITIES || several < 2) return { intervals: null, atThreshold: null };
  const sample = samplePairs(x, labels, random, { products });
  const fars = points.map((point) => point.far);
  return {
    intervals: bootstrapIdentities(sample, fars, random),
    atThreshold: threshold === undefined ? null : ratesAtThreshold(sample, threshold, random),
  };
}

/** One image of half of the identities enrolled; null with fewer than two identities of two images. */
export function openSetOf(
  x: Matrix,
  labels: Int32Array,
  random: Random,
  products: Products,
): OpenSetEvaluation | null {
  if (!canDrawOpenSet(labels)) return null;
  const split = drawOpenSet(labels, random);
  const sides = closedAndOpen(x, labels, split, { products, random });
  return { galleryImages: split.gallery.length, ...sides };
}
