import { LabError } from "../core/errors";
import { grouped } from "../core/groups";
import { checkFinite, type Matrix } from "../core/matrix";

/**
 * A back-end turns frozen features into a decision "same or different": the second step of the pipelines before FaceNet (DeepFace, DeepID,
 * VGG Face), whose nets were trained to classify. It is fitted on identities that are never tested; the net is not touched.
 */

export const backendNames = ["squared-l2", "lda", "joint-bayesian", "chi-squared"] as const;
export type BackendName = (typeof backendNames)[number];

/** Pairs as rows of a feature matrix: pair p is (first[p], second[p]). */
export interface PairRows {
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
}

/** A fitted back-end. Plain data and one pure function. */
export interface Backend {
  readonly name: BackendName;
  /** D of the features that it was fitted on. */
  readonly columns: number;
  /** All that it learned; enough to build it again. */
  readonly parameters: Readonly<Record<string, Matrix>>;
  /** A score per pair of rows of the N×D features; larger = more alike, the same for (a, b) and (b, a). Throws for features of another width, NaN or a row that is not there. */
  readonly score: (x: Matrix, pairs: PairRows) => Float64Array;
}

/** Scores one pair of rows of prepared features. */
export type PairScore = (features: Matrix, i: number, j: number) => number;

/** A back-end from what it learned: `prepare` is done once per row, `pairScore` once per pair. */
export function backendOf(
  name: BackendName,
  columns: number,
  parameters: Readonly<Record<string, Matrix>>,
  prepare: (x: Matrix) => Matrix,
  pairScore: PairScore,
): Backend {
  const score = (x: Matrix, pairs: PairRows): Float64Array => {
    checkFeatures(x, columns, `Cannot score with ${name}`);
    checkPairs(pairs, x.rows, `Cannot score with ${name}`);
    const features = prepare(x);
    return Float64Array.from({ length: pairs.first.length }, (_, p) =>
      pairScore(features, pairs.first[p], pairs.second[p]),
    );
  };
  return { name, columns, parameters, score };
}

function checkFeatures(x: Matrix, columns: number, action: string): void {
  if (x.columns !== columns) {
    throw new RangeError(
      `${action}: the features must have ${columns} columns as in its fit, current value is ${x.columns}`,
    );
  }
  checkFinite(x, "the features");
}

/** Throws a RangeError unless every pair names two rows of `rows`. */
export function checkPairs({ first, second }: PairRows, rows: number, action: string): void {
  if (first.length !== second.length) {
    throw new RangeError(
      `${action}: as many second as first rows are needed (${first.length}), current value is ${second.length}`,
    );
  }
  for (const side of [first, second]) {
    for (let p = 0; p < side.length; p++) {
      if (Number.isInteger(side[p]) && side[p] >= 0 && side[p] < rows) continue;
      throw new RangeError(`${action}: rows are 0 to ${rows - 1}, current value of pair ${p} is ${side[p]}`);
    }
  }
}

/**
 * The rows of each identity, in order of first appearance. Throws unless there are as many labels as rows, all features are finite, and a back-end can learn
 * from them: two identities, one of them with two images.
 */
export function rowsByIdentity(x: Matrix, labels: ArrayLike<number>, action: string): number[][] {
  if (labels.length !== x.rows) {
    throw new RangeError(`${action}: ${x.rows} labels are needed, current value is ${labels.length}`);
  }
  checkFinite(x, "the features");
  const groups = [...grouped(Array.from(labels).keys(), (row) => labels[row]).values()];
  if (groups.length < 2) {
    throw new LabError(`${action}: at least 2 identities are needed, current value is ${groups.length}`);
  }
  if (!groups.some((rows) => rows.length > 1)) {
    throw new LabError(
      `${action}: an identity with two or more images is needed, current value is ${groups.length} identities with one each`,
    );
  }
  return groups;
}

/** Throws a RangeError unless `value` is finite and not negative. */
export function checkAtLeast0(value: number, what: string, action: string): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new RangeError(`${action}: ${what} must be finite and at least 0, current value is ${value}`);
}

/** Throws a RangeError unless `value` is finite and above 0. */
export function checkAbove0(value: number, what: string, action: string): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new RangeError(`${action}: ${what} must be finite and above 0, current value is ${value}`);
}

/** Throws a RangeError unless `value` is an integer of at least 1. */
export function checkCount(value: number, what: string, action: string): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`${action}: ${what} must be an integer of at least 1, current value is ${value}`);
}
