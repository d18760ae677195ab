import { type Matrix, takeRows } from "../core/matrix";
import { createRandom } from "../core/random";
import type { PairList } from "../data/dataset";
import { engineProducts } from "../engine/products";
import { allPairsVal } from "../evaluate/allPairs";
import { pairDistances } from "../evaluate/distances";
import { meanAndStandardError } from "../evaluate/statistics";
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
 * VAL at one FAR as the paper reports its hold-out set: mean and standard error over five identity-disjoint sets. The dealing is fixed, so that all points of a
 * sweep see the same sets. Null where a set cannot measure this FAR.
 *
 * Source: Schroff et al. (2015), section 4.1. Differs from the paper: the sets are dealt here, not given.
 */
export function valOverSets(x: Matrix, labels: Int32Array, far: number): Estimate | null {
  const identities = createRandom(1).shuffle([...new Set(labels)].sort((a, b) => a - b));
  const set = new Map(identities.map((label, i) => [label, i % SETS]));
  const values: number[] = [];
  for (let k = 0; k < SETS; k++) {
    const rows = Array.from(labels.keys()).filter((row) => set.get(labels[row]) === k);
    const own = rows.map((row) => labels[row]);
    const sizes = new Map<number, number>();
    for (const label of own) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    const same = [...sizes.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
    const different = (own.length * (own.length - 1)) / 2 - same;
    if (same === 0 || different * far < 1) return null;
    const { points } = allPairsVal(takeRows(x, rows), own, { fars: [far], products: engineProducts });
    values.push(points[0].val);
  }
  return meanAndStandardError(values);
}
