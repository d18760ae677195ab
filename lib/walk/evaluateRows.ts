import { type ClusterScores, clusterScores } from "../cluster/clusterScores";
import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom, type Random } from "../core/random";
import type { PairList } from "../data/dataset";
import { samplePairs as samplePairList } from "../data/split";
import { engineProducts } from "../engine/products";
import { type AllPairsResult, allPairsVal, type RatesAt } from "../evaluate/allPairs";
import {
  type BootstrapResult,
  bootstrapIdentities,
  type Interval,
  LEAST_IDENTITIES,
  shareInterval,
} from "../evaluate/bootstrap";
import type { Reliability } from "../evaluate/calibration";
import { pairDistances } from "../evaluate/distances";
import { foldReliability } from "../evaluate/foldReliability";
import { canSplit, type HoldOutResult, holdOut } from "../evaluate/holdOut";
import { type IdentificationResult, identify } from "../evaluate/identification";
import { type ClosedAndOpen, closedAndOpen } from "../evaluate/openSet";
import { canDrawOpenSet, drawOpenSet } from "../evaluate/openSetSplit";
import { samplePairs } from "../evaluate/pairSample";
import { type RateIntervals, ratesAtThreshold } from "../evaluate/ratesAtThreshold";
import { type SlicedColumn, slicesOf } from "../evaluate/slices";
import { type VerificationResult, verification } from "../evaluate/verification";
import { effectiveRank } from "../project/pca";

/** Listed pairs in folds: accuracy with its standard error over folds and its interval over identities. */
export interface ListedEvaluation extends VerificationResult {
  readonly name: string;
  /** 95 % of resampled identities; null with fewer than ten. */
  readonly accuracyInterval: Interval | null;
  /** Of probabilities that each fold gets from a fit on the others; null where the folds do not allow it. */
  readonly reliability: Reliability | null;
}

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
  /** At the threshold of a saved calibration; null where none is given. */
  readonly calibrated: CalibratedRates | null;
  /** k-means and agglomerative clustering; null where there are more rows than `mostClustered`. */
  readonly clustering: ClusterScores | null;
  readonly slices: readonly SlicedColumn[];
  /** Near 1 means collapse. */
  readonly effectiveRank: number;
}

/** Options of {@link evaluateRows}. */
export interface EvaluateRowsOptions extends LongWork {
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
 * Evaluates N×D embeddings with labels 0, 1, …: all pairs with intervals, hold-out splits, listed pairs, identification and slices.
 * Throws as `allPairsVal` does, and a LabError for a column that cannot be sliced.
 */
export function evaluateRows(
  x: Matrix,
  labels: Int32Array,
  options: EvaluateRowsOptions = {},
): RowsEvaluation {
  const { fars, pairs, columns = new Map<string, string[]>(), splits = 5, seed = 1, progress } = options;
  const { mostClustered = 5000, threshold } = options;
  const parts = [
    "all pairs",
    "intervals",
    "hold-out",
    "listed pairs",
    "identification",
    "open set",
    "clusters",
    "slices",
  ];
  const step = <T>(part: number, work: () => T): T => {
    progress?.({ stage: "evaluate", done: part, total: parts.length, detail: parts[part] });
    return work();
  };
  const random = createRandom(seed);
  const products = engineProducts;
  const thresholds = threshold && [threshold.value];
  const { atThresholds, ...rest } = step(0, () => allPairsVal(x, labels, { products, fars, thresholds }));
  const allPairs = { ...rest, atThresholds: [] };
  const { intervals, atThreshold } = step(1, () =>
    intervalsOf(x, labels, allPairs, random.fork("bootstrap"), threshold?.value),
  );
  const result = {
    allPairs,
    intervals,
    calibrated: threshold ? { ...atThresholds[0], askedFar: threshold.far, intervals: atThreshold } : null,
    holdOut: step(2, () =>
      canSplit(labels, splits)
        ? holdOut(x, labels, random.fork("hold-out"), { splits, fars, products })
        : null,
    ),
    listed: step(3, () => (pairs ? listedOf(x, labels, pairs, random.fork("listed")) : null)),
    identification: step(4, () => identify(x, labels, { products, random: random.fork("probes") })),
    openSet: step(5, () => openSetOf(x, labels, random.fork("open set"))),
    clustering: step(6, () =>
      x.rows > mostClustered ? null : clusterScores(x, labels, random.fork("clusters"), { products }),
    ),
    slices: step(7, () =>
      [...columns].flatMap(([column, values]) =>
        slicesOf(x, labels, column, values, allPairs.points, { products }),
      ),
    ),
    effectiveRank: effectiveRank(x),
  };
  progress?.({ stage: "evaluate", done: parts.length, total: parts.length });
  return result;
}

function intervalsOf(
  x: Matrix,
  labels: Int32Array,
  { points }: AllPairsResult,
  random: Random,
  threshold: number | undefined,
): { intervals: BootstrapResult | null; atThreshold: RateIntervals | null } {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  // Same pairs of a single person are lost in a third of the resamples.
  const several = [...sizes.values()].filter((size) => size > 1).length;
  if (sizes.size < LEAST_IDENTITIES || several < 2) return { intervals: null, atThreshold: null };
  const sample = samplePairs(x, labels, random, { products: engineProducts });
  const fars = points.map((point) => point.far);
  return {
    intervals: bootstrapIdentities(sample, fars, random),
    atThreshold: threshold === undefined ? null : ratesAtThreshold(sample, threshold, random),
  };
}

/** One image of half of the identities enrolled; null with fewer than two identities of two images. */
export function openSetOf(x: Matrix, labels: Int32Array, random: Random): OpenSetEvaluation | null {
  if (!canDrawOpenSet(labels)) return null;
  const split = drawOpenSet(labels, random);
  const sides = closedAndOpen(x, labels, split, { products: engineProducts, random });
  return { galleryImages: split.gallery.length, ...sides };
}

function listedOf(x: Matrix, labels: Int32Array, pairs: PairList, random: Random): ListedEvaluation {
  const distances = pairDistances(x, pairs.first, pairs.second);
  const result = verification({ ...pairs, distances });
  const right = distances.map((d, p) =>
    d < result.perFold[pairs.fold[p]].threshold === (pairs.same[p] === 1) ? 1 : 0,
  );
  const identities = [pairs.first, pairs.second].map((rows) => Int32Array.from(rows, (row) => labels[row]));
  const tested = new Set([...identities[0], ...identities[1]]).size;
  const accuracyInterval =
    tested < LEAST_IDENTITIES ? null : shareInterval(right, identities[0], identities[1], random);
  const reliability = foldReliability({ ...pairs, distances });
  return { ...result, name: pairs.name, accuracyInterval, reliability };
}

/** Pairs of the rows for the accuracy in ten folds, where no list is given; undefined where there are fewer than ten of a kind. */
export function sampledPairs(labels: Int32Array, seed: number): PairList | undefined {
  const items = Array.from(labels, (label) => ({ label }));
  const random = createRandom(seed).fork("evaluate");
  const pairs = samplePairList({ items }, Int32Array.from(labels.keys()), random, 3000);
  const same = pairs.same.reduce((sum, value) => sum + value, 0);
  return same >= 10 && pairs.same.length - same >= 10 ? pairs : undefined;
}
