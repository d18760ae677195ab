import type { Matrix } from "../core/matrix";
import { createRandom } from "../core/random";
import type { PairList } from "../data/dataset";
import { engineProducts } from "../engine/products";
import { pairDistances } from "../evaluate/distances";
import { canSplit, holdOut } from "../evaluate/holdOut";
import { verification } from "../evaluate/verification";

/** The precision at which the paper's sweeps are read. */
export const SWEEP_FAR = 1e-3;
/** Identity-disjoint sets over which its VAL is averaged. */
const SETS = 5;

/** Mean and standard error. */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** What is measured at each point of a sweep. Plain JSON. */
export interface SweepScore {
  /** Accuracy over the protocol's folds. */
  readonly accuracy: Estimate;
  readonly auc: number;
  readonly pairs: number;
  /** VAL at FAR 1e-3 over all pairs of each of five identity-disjoint sets; null where one set has fewer than 1,000 different pairs or no same pair. */
  readonly val: Estimate | null;
}

/** Scores embeddings (row = test image). */
export function scoreOf(x: Matrix, labels: Int32Array, pairs: PairList): SweepScore {
  const distances = pairDistances(x, pairs.first, pairs.second);
  const { accuracy, standardError, auc } = verification({ ...pairs, distances });
  return {
    accuracy: { mean: accuracy, standardError },
    auc,
    pairs: pairs.same.length,
    val: valOverSets(x, labels, SWEEP_FAR),
  };
}

/**
 * VAL at one FAR on five disjoint sets of identities (`holdOut`); the dealing is fixed, so that all points of a sweep see the same sets. Null where the
 * identities do not suffice or a set cannot measure this FAR.
 */
export function valOverSets(x: Matrix, labels: Int32Array, far: number): Estimate | null {
  if (!canSplit(labels, SETS)) return null;
  const { points } = holdOut(x, labels, createRandom(1), {
    splits: SETS,
    fars: [far],
    products: engineProducts,
  });
  return points.length > 0 ? { mean: points[0].val, standardError: points[0].standardError } : null;
}
