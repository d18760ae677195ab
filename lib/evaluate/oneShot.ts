import { type Matrix, squaredL2 } from "../core/matrix";
import { meanAndStandardError } from "./statistics";

/** One run of one-shot classification: rows of the single training image per class, test rows, and the right class of each test. */
export interface OneShotRun {
  readonly training: ArrayLike<number>;
  readonly test: ArrayLike<number>;
  /** `answer[t]` is an index into `training`. */
  readonly answer: ArrayLike<number>;
}

export interface OneShotResult {
  /** Mean error rate over runs, in [0, 1]. Chance is 1 − 1/ways. */
  readonly errorRate: number;
  readonly standardError: number;
  readonly runs: number;
  readonly trials: number;
  readonly ways: number;
}

/**
 * One-shot classification: each test image takes the class of the nearest training image (squared L2; ties: the first).
 * Source: Lake, Salakhutdinov, Tenenbaum (2015); the official 20 runs of 20 ways are in the data set.
 */
export function oneShot(x: Matrix, runs: readonly OneShotRun[]): OneShotResult {
  if (runs.length === 0)
    throw new RangeError("Cannot score one-shot runs: at least one run is needed, current value is 0");
  let trials = 0;
  const errors = runs.map((run) => {
    let wrong = 0;
    for (let t = 0; t < run.test.length; t++) {
      let best = 0;
      let nearest = Number.POSITIVE_INFINITY;
      for (let c = 0; c < run.training.length; c++) {
        const d = squaredL2(x, run.test[t], x, run.training[c]);
        if (d < nearest) {
          nearest = d;
          best = c;
        }
      }
      if (best !== run.answer[t]) wrong++;
    }
    trials += run.test.length;
    return wrong / run.test.length;
  });
  const { mean, standardError } = meanAndStandardError(errors);
  return { errorRate: mean, standardError, runs: runs.length, trials, ways: runs[0].training.length };
}
