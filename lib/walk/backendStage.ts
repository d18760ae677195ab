import { type Backend, type BackendName, backendNames } from "../backends/backend";
import { backendKinds } from "../backends/kinds";
import { LabError, throwIfStopped } from "../core/errors";
import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import type { PairList } from "../data/dataset";
import { type VerificationResult, verification } from "../evaluate/verification";

/** Features of the training side and of the test side of one protocol, made by the same frozen model; labels count identities of one data set. */
export interface FrozenFeatures {
  readonly train: { readonly x: Matrix; readonly labels: Int32Array };
  readonly test: { readonly x: Matrix; readonly labels: Int32Array; readonly pairs: PairList };
}

/** Options of {@link backendStage}. */
export interface BackendStageOptions extends LongWork {
  /** Which back-ends; default all. */
  readonly names?: readonly BackendName[];
  /** Seed of training pairs that are drawn; default 1. */
  readonly seed?: number;
}

export interface BackendResult {
  readonly backend: Backend;
  /** A score per test pair; larger = more alike. */
  readonly scores: Float64Array;
  readonly verification: VerificationResult;
  /** The best score threshold over all test pairs: accept above it. For use, never for the accuracy. */
  readonly thresholdScore: number;
}

/**
 * Fits each back-end on the training side and verifies the test side's pairs by its scores, thresholds chosen on the other folds.
 * Throws a LabError when an identity is on both sides.
 */
export async function backendStage(
  { train, test }: FrozenFeatures,
  options: BackendStageOptions = {},
): Promise<BackendResult[]> {
  const { names = backendNames, seed = 1, progress, signal } = options;
  checkDisjoint(train.labels, test.labels);
  const results: BackendResult[] = [];
  for (const name of names) {
    throwIfStopped(signal, "fitting back-ends; nothing was written");
    progress?.({ stage: "back-ends", done: results.length, total: names.length, detail: name });
    // Lets a stop signal and the progress line through between two fits.
    await new Promise((resolve) => setImmediate(resolve));
    const random = createRandom(seed).fork(`back-end ${name}`);
    const backend = backendKinds[name].fit(train.x, train.labels, random);
    const scores = backend.score(test.x, test.pairs);
    const result = verification({ ...test.pairs, distances: scores.map((score) => -score) });
    results.push({ backend, scores, verification: result, thresholdScore: -result.threshold });
  }
  progress?.({ stage: "back-ends", done: names.length, total: names.length });
  return results;
}

function checkDisjoint(train: Int32Array, test: Int32Array): void {
  const trained = new Set(train);
  const shared = new Set(test.filter((label) => trained.has(label)));
  if (shared.size === 0) return;
  throw new LabError(
    `Cannot evaluate back-ends: no identity may be both trained on and tested, current value is ${shared.size} such identities`,
  );
}
