import { symmetricEigen } from "../core/eigen";
import { type Matrix, matrix } from "../core/matrix";
import { centred, columnMeans, scatter } from "../core/scatter";

export interface Pca {
  /** N×dimensions coordinates. */
  readonly projection: Matrix;
  /** Share of the total variance on each axis, descending. */
  readonly explained: readonly number[];
  /** Where the axes cross: the mean of the rows, D values. */
  readonly mean: Float64Array;
  /** Unit vectors of D values, as many as dimensions. */
  readonly axes: readonly ArrayLike<number>[];
}

/**
 * Principal component analysis: eigenvectors of the D×D covariance in float64.
 * Sign: the largest coordinate of each axis is positive, so that the picture does not flip between runs.
 */
export function pca(x: Matrix, dimensions: number = 2): Pca {
  const { rows: n, columns: d } = x;
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
  const axes = vectors.slice(0, dimensions);
  const explained = values.slice(0, dimensions).map((value) => (total > 0 ? Math.max(0, value) / total : 0));
  return { projection: ontoAxes(x, { mean, axes }), explained, mean, axes };
}

/** Rows of any matrix with the same columns (M×D) on the axes of a PCA: M×dimensions. Throws a RangeError when the columns differ. */
export function ontoAxes(x: Matrix, { mean, axes }: Pick<Pca, "mean" | "axes">): Matrix {
  const { rows, columns: d, data } = x;
  if (d !== mean.length) {
    throw new RangeError(`Cannot project: ${mean.length} columns are needed, current value is ${d}`);
  }
  const projection = matrix(rows, axes.length);
  axes.forEach((axis, c) => {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += (data[i * d + k] - mean[k]) * axis[k];
      projection.data[i * axes.length + c] = sum;
    }
  });
  return projection;
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
