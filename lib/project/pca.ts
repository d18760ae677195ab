import { type Matrix, matrix } from "../core/matrix";

export interface Pca {
  /** N×dimensions coordinates. */
  readonly projection: Matrix;
  /** Share of the total variance on each axis, descending. */
  readonly explained: readonly number[];
}

/**
 * Principal component analysis: eigenvectors of the D×D covariance (cyclic Jacobi rotations, float64).
 * Sign: the largest coordinate of each axis is positive, so that the picture does not flip between runs.
 */
export function pca(x: Matrix, dimensions: number = 2): Pca {
  const { rows: n, columns: d, data } = x;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > d) {
    throw new RangeError(
      `Cannot project: dimensions must be an integer in [1, ${d}], current value is ${dimensions}`,
    );
  }
  if (n < 2) throw new RangeError(`Cannot project: at least two rows are needed, current value is ${n}`);
  const mean = new Float64Array(d);
  for (let i = 0; i < n * d; i++) mean[i % d] += data[i] / n;
  const covariance = covarianceOf(x, mean);
  const { values, vectors } = symmetricEigen(covariance, d);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const projection = matrix(n, dimensions);
  for (let c = 0; c < dimensions; c++) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += (data[i * d + k] - mean[k]) * vectors[c][k];
      projection.data[i * dimensions + c] = sum;
    }
  }
  const explained = values.slice(0, dimensions).map((value) => (total > 0 ? Math.max(0, value) / total : 0));
  return { projection, explained };
}

/**
 * Effective rank: e^H of the normalised covariance eigenvalues. About D for a healthy embedding, near 1 for a collapsed one.
 * Source: Roy and Vetterli (2007), "The effective rank".
 */
export function effectiveRank(x: Matrix): number {
  const mean = new Float64Array(x.columns);
  for (let i = 0; i < x.data.length; i++) mean[i % x.columns] += x.data[i] / x.rows;
  const { values } = symmetricEigen(covarianceOf(x, mean), x.columns);
  const positive = values.filter((value) => value > 0);
  const total = positive.reduce((a, b) => a + b, 0);
  if (!(total > 1e-12)) return 1;
  return Math.exp(-positive.reduce((sum, value) => sum + (value / total) * Math.log(value / total), 0));
}

function covarianceOf({ rows: n, columns: d, data }: Matrix, mean: Float64Array): Float64Array {
  const c = new Float64Array(d * d);
  const row = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < d; k++) row[k] = data[i * d + k] - mean[k];
    for (let a = 0; a < d; a++) for (let b = a; b < d; b++) c[a * d + b] += (row[a] * row[b]) / (n - 1);
  }
  for (let a = 0; a < d; a++) for (let b = 0; b < a; b++) c[a * d + b] = c[b * d + a];
  return c;
}

/** Eigenvalues (descending) and unit eigenvectors of a symmetric d×d matrix, by cyclic Jacobi. */
export function symmetricEigen(
  input: Float64Array,
  d: number,
): { values: number[]; vectors: Float64Array[] } {
  const a = input.slice();
  const v = new Float64Array(d * d);
  for (let i = 0; i < d; i++) v[i * d + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let scale = 0;
    for (let i = 0; i < d; i++) {
      scale += a[i * d + i] ** 2;
      for (let j = i + 1; j < d; j++) off += a[i * d + j] ** 2;
    }
    if (off <= 1e-22 * (scale + off)) break;
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) rotate(a, v, d, p, q);
  }
  const order = Array.from({ length: d }, (_, i) => i).sort((i, j) => a[j * d + j] - a[i * d + i]);
  const vectors = order.map((column) => {
    const vector = Float64Array.from({ length: d }, (_, k) => v[k * d + column]);
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    return largest < 0 ? vector.map((value) => -value) : vector;
  });
  return { values: order.map((i) => a[i * d + i]), vectors };
}

/** One Jacobi rotation that makes a[p][q] zero. */
function rotate(a: Float64Array, v: Float64Array, d: number, p: number, q: number): void {
  const apq = a[p * d + q];
  if (apq === 0) return;
  const theta = (a[q * d + q] - a[p * d + p]) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < d; k++) {
    const kp = a[k * d + p];
    const kq = a[k * d + q];
    a[k * d + p] = c * kp - s * kq;
    a[k * d + q] = s * kp + c * kq;
  }
  for (let k = 0; k < d; k++) {
    const pk = a[p * d + k];
    const qk = a[q * d + k];
    a[p * d + k] = c * pk - s * qk;
    a[q * d + k] = s * pk + c * qk;
    const vp = v[k * d + p];
    const vq = v[k * d + q];
    v[k * d + p] = c * vp - s * vq;
    v[k * d + q] = s * vp + c * vq;
  }
}
