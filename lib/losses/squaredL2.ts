import { type Matrix, matrix, squaredL2 } from "../core/matrix";
import { float32, type Numbers, onEngine } from "./products";

/**
 * For losses that are functions of squared L2 distances D: those of A anchors, the first rows of x, to all N rows; and the way from dL/dD to dL/dx of the
 * anchors. With A = N (the usual case) D is the whole matrix; the other rows are constants.
 *
 *   D_ij = ‖xᵢ‖² + ‖xⱼ‖² − 2 xᵢ·xⱼ,    dL/dxᵢ = 2 Σⱼ M_ij (xᵢ − xⱼ) = 2 (Σⱼ M_ij) xᵢ − 2 Σⱼ M_ij xⱼ,    M = dL/dD + (dL/dD)ᵀ among the anchors, dL/dD elsewhere
 *
 * On the engine each is one product. In float32 the right-hand forms lose the digits of pairs that lie close together, which is where an
 * unsquared distance (with its 1/d) needs them most: pairs with D below `NEAR` of ‖xᵢ‖² + ‖xⱼ‖² are computed by differences instead.
 * Cost: two products of A·N·D; a collapsed batch, all of it near, takes A·N·D/2 on the host.
 */
export interface SquaredL2 {
  /** Squared L2 distances A×N, symmetric among the anchors, 0 from a row to itself. */
  distances(embeddings: Matrix, anchors?: number): Numbers;
  /** dL/dx (A×D) / divisor from `slopes` = dL/dD (A×N), which is overwritten. */
  gradient(embeddings: Matrix, slopes: Numbers, distances: Numbers, divisor: number): Matrix;
}

const NEAR = 0.01;

/** By differences, in float64. */
export const squaredL2OnHost: SquaredL2 = {
  distances: (x, anchors = x.rows) => {
    const n = x.rows;
    const distances = new Float64Array(anchors * n);
    for (let i = 0; i < anchors; i++) {
      for (let j = 0; j < n; j++) distances[i * n + j] = squaredL2(x, i, x, j);
    }
    return distances;
  },
  gradient: (x, slopes, _, divisor) => {
    const n = x.rows;
    const anchors = slopes.length / n;
    const gradient = new Float64Array(anchors * x.columns);
    for (let i = 0; i < anchors; i++) {
      for (let j = 0; j < n; j++) {
        addDifference(gradient, x, i, j, slopes[i * n + j] + (j < anchors ? slopes[j * n + i] : 0));
      }
    }
    return reduced(gradient, x.columns, divisor);
  },
};

/** By products on the engine, near pairs by differences. */
export const squaredL2OnEngine: SquaredL2 = {
  distances: (x, anchors = x.rows) => {
    const { rows: n, columns: d, data } = x;
    const distances = onEngine.timesTransposed(data.subarray(0, anchors * d), data, anchors, n, d);
    const squares = anchors < n ? squaredNorms(x) : new Float64Array(n);
    for (let i = 0; i < anchors; i++) squares[i] = distances[i * n + i];
    const measured = (i: number, j: number): number => {
      const sum = squares[i] + squares[j];
      const squared = sum - 2 * distances[i * n + j];
      return squared < NEAR * sum ? squaredL2(x, i, x, j) : squared;
    };
    for (let i = 0; i < anchors; i++) {
      distances[i * n + i] = 0;
      for (let j = 0; j < i; j++) {
        distances[i * n + j] = measured(i, j);
        distances[j * n + i] = distances[i * n + j];
      }
      for (let j = anchors; j < n; j++) distances[i * n + j] = measured(i, j);
    }
    return distances;
  },
  gradient: (x, slopes, distances, divisor) => {
    const { rows: n, columns: d, data } = x;
    const anchors = slopes.length / n;
    const gradient = new Float64Array(anchors * d);
    const squares = squaredNorms(x);
    const sums = new Float64Array(anchors);
    const near = (i: number, j: number): boolean => distances[i * n + j] < NEAR * (squares[i] + squares[j]);
    for (let i = 0; i < anchors; i++) {
      slopes[i * n + i] = 0;
      for (let j = 0; j < i; j++) {
        let both = slopes[i * n + j] + slopes[j * n + i];
        if (both !== 0 && near(i, j)) {
          addDifference(gradient, x, i, j, both);
          addDifference(gradient, x, j, i, both);
          both = 0;
        }
        slopes[i * n + j] = both;
        slopes[j * n + i] = both;
        sums[i] += both;
        sums[j] += both;
      }
      for (let j = anchors; j < n; j++) {
        const slope = slopes[i * n + j];
        if (slope !== 0 && near(i, j)) {
          addDifference(gradient, x, i, j, slope);
          slopes[i * n + j] = 0;
        }
        sums[i] += slopes[i * n + j];
      }
    }
    const weighted = onEngine.times(slopes, data, anchors, n, d);
    for (let i = 0; i < anchors; i++) {
      for (let at = i * d; at < (i + 1) * d; at++) gradient[at] += 2 * (sums[i] * data[at] - weighted[at]);
    }
    return reduced(gradient, d, divisor);
  },
};

/** Adds 2·m·(xᵢ − xⱼ) to row i. */
function addDifference(gradient: Float64Array, x: Matrix, i: number, j: number, m: number): void {
  const [a, b] = [i * x.columns, j * x.columns];
  for (let k = 0; k < x.columns; k++) gradient[a + k] += 2 * m * (x.data[a + k] - x.data[b + k]);
}

function reduced(gradient: Float64Array, columns: number, divisor: number): Matrix {
  return matrix(gradient.length / columns, columns, float32(gradient.map((g) => g / divisor)));
}

function squaredNorms({ rows, columns, data }: Matrix): Float64Array {
  const squares = new Float64Array(rows);
  for (let at = 0; at < data.length; at++) squares[Math.floor(at / columns)] += data[at] ** 2;
  return squares;
}
