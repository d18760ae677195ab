import type { Matrix } from "../core/matrix";
import { createRandom, type Random } from "../core/random";
import type { PairList } from "../data/dataset";
import { samplePairs } from "../data/split";
import { type Interval, LEAST_IDENTITIES, shareInterval } from "../evaluate/bootstrap";
import type { Reliability } from "../evaluate/calibration";
import { pairDistances } from "../evaluate/distances";
import { foldReliability } from "../evaluate/foldReliability";
import { type VerificationResult, verification } from "../evaluate/verification";

/** Listed pairs in folds: accuracy with its standard error over folds and its interval over identities. */
export interface ListedEvaluation extends VerificationResult {
  readonly name: string;
  /** 95 % of resampled identities; null with fewer than ten. */
  readonly accuracyInterval: Interval | null;
  /** Of probabilities that each fold gets from a fit on the others; null where the folds do not allow it. */
  readonly reliability: Reliability | null;
}

/** Evaluates listed pairs of the rows of `x`; `random` draws the resamples. Throws as `verification` does. */
export function listedOf(x: Matrix, labels: Int32Array, pairs: PairList, random: Random): ListedEvaluation {
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
  const pairs = samplePairs({ items }, Int32Array.from(labels.keys()), random, 3000);
  const same = pairs.same.reduce((sum, value) => sum + value, 0);
  return same >= 10 && pairs.same.length - same >= 10 ? pairs : undefined;
}
