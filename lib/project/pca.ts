import { symmetricEigen } from "../core/eigen";
import { type Matrix, matrix } from "../core/matrix";
import { centred, columnMeans, scatter } from "../core/scatter";

export interface Pca {
  /** N×dimensions coordinates. */
  readonly projection: Matrix;
  /** Share of the total variance on each axis, descending. */
  readonly explained: readonly number[];
}

/**
 * Principal component analysis: eigenvectors of the D×D covariance in float64.
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
  const mean = columnMeans(x);
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
  const { values } = symmetricEigen(covarianceOf(x, columnMeans(x)), x.columns);
  const positive = values.filter((value) => value > 0);
  const total = positive.reduce((a, b) => a + b, 0);
  if (!(total > 1e-12)) return 1;
  return Math.exp(-positive.reduce((sum, value) => sum + (value / total) * Math.log(value / total), 0));
}

function covarianceOf(x: Matrix, mean: Float64Array): Float64Array {
  return scatter(centred(x, mean), x.rows, x.columns).map((sum) => sum / (x.rows - 1));
}
