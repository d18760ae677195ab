import { type Matrix, matrix, rowOf, squaredL2 } from "../core/matrix";
import type { Random } from "../core/random";
import { samplePairs } from "../data/split";
import { type Backend, type BackendName, backendOf, rowsByIdentity } from "./backend";
import { type ChiSquared, chiSquaredScore, fitChiSquared } from "./chiSquared";
import { chiSquaredFeatures } from "./chiSquaredFeatures";
import { fitJointBayesian } from "./jointBayesian";
import { jointBayesianScore } from "./jointBayesianScore";
import { fitLda } from "./lda";
import { composed, type LinearMap, transform } from "./linearMap";
import { fitWhitening } from "./whitening";

/** A kind of back-end: how it is fitted to labelled features, and how it is built again from what it learned. */
export interface BackendKind {
  readonly summary: string;
  /** Names of its parameters. */
  readonly parameters: readonly string[];
  /** Fits N×D features with one label per row. `random` draws training pairs where a kind learns from pairs; the others do not use it. */
  readonly fit: (x: Matrix, labels: ArrayLike<number>, random: Random) => Backend;
  readonly restore: (columns: number, parameters: Backend["parameters"]) => Backend;
}

/** Training pairs of each kind that χ² learns from, at most. */
const CHI_SQUARED_PAIRS = 5000;

/** All kinds of back-ends, with the usual settings. Whoever wants others calls the `fit…` functions. */
export const backendKinds: Readonly<Record<BackendName, BackendKind>> = {
  "squared-l2": {
    summary: "minus squared L2, nothing learned",
    parameters: [],
    fit: (x, labels) => {
      rowsByIdentity(x, labels, "Cannot fit squared L2");
      return squaredL2Backend(x.columns);
    },
    restore: (columns) => squaredL2Backend(columns),
  },
  lda: {
    summary: "PCA whitening to 256 and Fisher LDA to 128 dimensions at most, unit length, minus squared L2",
    parameters: ["weights", "bias"],
    fit: (x, labels) => ldaBackend(whitenedLda(x, labels)),
    restore: (columns, { weights, bias }) => ldaBackend(checkedMap(columns, weights, bias)),
  },
  "joint-bayesian": {
    summary: "PCA whitening to 256 dimensions at most, then Joint Bayesian's log-likelihood ratio",
    parameters: ["weights", "bias", "ratios"],
    fit: (x, labels) => {
      rowsByIdentity(x, labels, "Cannot fit Joint Bayesian");
      const whitening = fitWhitening(x).map;
      const { map, ratios } = fitJointBayesian(transform(whitening, x), labels);
      return jointBayesianBackend(
        composed(map, whitening),
        matrix(1, ratios.length, Float32Array.from(ratios)),
      );
    },
    restore: (columns, { weights, bias, ratios }) => {
      const least = checkedShape("ratios", ratios, 1, weights.rows).data.reduce((a, b) => Math.min(a, b), 0);
      if (least < 0) {
        throw new RangeError(
          `Cannot restore a back-end: ratios must be at least 0, current value is ${least}`,
        );
      }
      return jointBayesianBackend(checkedMap(columns, weights, bias), ratios);
    },
  },
  "chi-squared": {
    summary: "DeepFace's weighted χ², weights by logistic regression on training pairs",
    parameters: ["scale", "weights", "bias"],
    fit: (x, labels, random) => {
      rowsByIdentity(x, labels, "Cannot fit χ²");
      const items = Array.from(labels, (label) => ({ label }));
      const pairs = samplePairs({ items }, Int32Array.from(items.keys()), random, CHI_SQUARED_PAIRS);
      return chiSquaredBackend(x.columns, fitChiSquared(x, pairs));
    },
    restore: (columns, { scale, weights, bias }) => {
      const width = scale.columns === 2 * columns ? 2 * columns : columns;
      return chiSquaredBackend(columns, {
        scale: checkedShape("scale", scale, 1, width),
        weights: checkedShape("weights", weights, 1, width),
        bias: checkedShape("bias", bias, 1, 1),
      });
    },
  },
};

/** PCA whitening, then LDA in the whitened space, as one map: the linear baseline. */
export function whitenedLda(x: Matrix, labels: ArrayLike<number>): LinearMap {
  rowsByIdentity(x, labels, "Cannot fit LDA");
  const whitening = fitWhitening(x).map;
  return composed(fitLda(transform(whitening, x), labels).map, whitening);
}

const minusSquaredL2 = (x: Matrix, i: number, j: number): number => -squaredL2(x, i, x, j);

function squaredL2Backend(columns: number): Backend {
  return backendOf("squared-l2", columns, {}, (x) => x, minusSquaredL2);
}

function ldaBackend(map: LinearMap): Backend {
  const prepare = (x: Matrix): Matrix => withUnitRows(transform(map, x));
  return backendOf("lda", map.weights.columns, { ...map }, prepare, minusSquaredL2);
}

function jointBayesianBackend(map: LinearMap, ratios: Matrix): Backend {
  const score = (y: Matrix, i: number, j: number): number =>
    jointBayesianScore(ratios.data, rowOf(y, i), rowOf(y, j));
  const prepare = (x: Matrix): Matrix => transform(map, x);
  return backendOf("joint-bayesian", map.weights.columns, { ...map, ratios }, prepare, score);
}

function chiSquaredBackend(columns: number, { scale, weights, bias }: ChiSquared): Backend {
  const learned = { scale, weights, bias };
  return backendOf(
    "chi-squared",
    columns,
    learned,
    (x) => chiSquaredFeatures(x, scale),
    (f, i, j) => chiSquaredScore(learned, f, i, j),
  );
}

function checkedMap(columns: number, weights: Matrix, bias: Matrix): LinearMap {
  return {
    weights: checkedShape("weights", weights, weights.rows, columns),
    bias: checkedShape("bias", bias, 1, weights.rows),
  };
}

function checkedShape(name: string, m: Matrix, rows: number, columns: number): Matrix {
  if (m.rows === rows && m.columns === columns) return m;
  throw new RangeError(
    `Cannot restore a back-end: ${name} must be ${rows}×${columns}, current value is ${m.rows}×${m.columns}`,
  );
}

/** Rows of length 1; a row of zeros stays. */
function withUnitRows(x: Matrix): Matrix {
  const result = matrix(x.rows, x.columns, x.data.slice());
  for (let i = 0; i < x.rows; i++) {
    const row = rowOf(result, i);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0) for (let k = 0; k < row.length; k++) row[k] /= norm;
  }
  return result;
}
