import { type Matrix, matrix, squaredL2 } from "../core/matrix";
import { float32, type Numbers, onEngine } from "./products";

/**
 * For losses that are functions of the N×N matrix of squared L2 distances D: the matrix, and the way from dL/dD to dL/dx.
 *
 *   D_ij = ‖xᵢ‖² + ‖xⱼ‖² − 2 xᵢ·xⱼ,    dL/dxᵢ = 2 Σⱼ M_ij (xᵢ − xⱼ) = 2 (Σⱼ M_ij) xᵢ − 2 Σⱼ M_ij xⱼ,    M = dL/dD + (dL/dD)ᵀ
 *
 * On the engine each is one product. In float32 the right-hand forms lose the digits of pairs that lie close together, which is where an
 * unsquared distance (with its 1/d) needs them most: pairs with D below `NEAR` of ‖xᵢ‖² + ‖xⱼ‖² are computed by differences instead.
 * Cost: two products of N²D; a collapsed batch, all of it near, takes N²D/2 on the host.
 */
export interface SquaredL2 {
  /** All squared L2 distances, N×N, symmetric, 0 on the diagonal. */
  distances(embeddings: Matrix): Numbers;
  /** dL/dx (N×D) / divisor from `slopes` = dL/dD (N×N), which is overwritten. */
  gradient(embeddings: Matrix, slopes: Numbers, distances: Numbers, divisor: number): Matrix;
}

const NEAR = 0.01;

/** By differences, in float64. */
export const squaredL2OnHost: SquaredL2 = {
  distances: (x) => {
    const n = x.rows;
    const distances = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) distances[i * n + j] = squaredL2(x, i, x, j);
    return distances;
  },
  gradient: (x, slopes, _, divisor) => {
    const gradient = new Float64Array(x.data.length);
    for (let i = 0; i < x.rows; i++) {
      for (let j = 0; j < x.rows; j++) {
        addDifference(gradient, x, i, j, slopes[i * x.rows + j] + slopes[j * x.rows + i]);
      }
    }
    return reduced(gradient, x, divisor);
  },
};

/** By products on the engine, near pairs by differences. */
export const squaredL2OnEngine: SquaredL2 = {
  distances: (x) => {
    const n = x.rows;
    const distances = onEngine.timesTransposed(x.data, x.data, n, n, x.columns);
    const squares = Float64Array.from({ length: n }, (_, i) => distances[i * n + i]);
    for (let i = 0; i < n; i++) {
      distances[i * n + i] = 0;
      for (let j = 0; j < i; j++) {
        let d = squares[i] + squares[j] - 2 * distances[i * n + j];
        if (d < NEAR * (squares[i] + squares[j])) d = squaredL2(x, i, x, j);
        distances[i * n + j] = d;
        distances[j * n + i] = d;
      }
    }
    return distances;
  },
  gradient: (x, slopes, distances, divisor) => {
    const { rows: n, columns: d, data } = x;
    const gradient = new Float64Array(data.length);
    const squares = squaredNorms(x);
    const sums = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      slopes[i * n + i] = 0;
      for (let j = 0; j < i; j++) {
        let both = slopes[i * n + j] + slopes[j * n + i];
        if (both !== 0 && distances[i * n + j] < NEAR * (squares[i] + squares[j])) {
          addDifference(gradient, x, i, j, both);
          addDifference(gradient, x, j, i, both);
          both = 0;
        }
        slopes[i * n + j] = both;
        slopes[j * n + i] = both;
        sums[i] += both;
        sums[j] += both;
      }
    }
    const weighted = onEngine.times(slopes, data, n, n, d);
    for (let i = 0; i < n; i++) {
      for (let at = i * d; at < (i + 1) * d; at++) gradient[at] += 2 * (sums[i] * data[at] - weighted[at]);
    }
    return reduced(gradient, x, divisor);
  },
};

/** Adds 2·m·(xᵢ − xⱼ) to row i. */
function addDifference(gradient: Float64Array, x: Matrix, i: number, j: number, m: number): void {
  const [a, b] = [i * x.columns, j * x.columns];
  for (let k = 0; k < x.columns; k++) gradient[a + k] += 2 * m * (x.data[a + k] - x.data[b + k]);
}

function reduced(gradient: Float64Array, { rows, columns }: Matrix, divisor: number): Matrix {
  return matrix(rows, columns, float32(gradient.map((g) => g / divisor)));
}

function squaredNorms({ rows, columns, data }: Matrix): Float64Array {
  const squares = new Float64Array(rows);
  for (let at = 0; at < data.length; at++) squares[Math.floor(at / columns)] += data[at] ** 2;
  return squares;
}
