import { type SymmetricEigen, symmetricEigen } from "../core/eigen";
import { LabError } from "../core/errors";
import { checkFinite, type Matrix } from "../core/matrix";
import { centred, columnMeans, scatter, timesTransposed } from "../core/scatter";
import { checkCount } from "./backend";
import { type LinearMap, linearMap } from "./linearMap";

/** Options of {@link fitWhitening}. */
export interface WhiteningOptions {
  /** Most dimensions to keep, at least 1; default 256. Fewer are kept when the data vary in fewer. */
  readonly dimensions?: number;
}

export interface Whitening {
  /** D → K: mean 0, covariance I on the data that it was fitted on. */
  readonly map: LinearMap;
  /** Variance of each kept axis before whitening, descending. */
  readonly variances: readonly number[];
  /** Share of the total variance on the kept axes. */
  readonly explained: number;
}

/** An axis with less of the largest variance than this is rounding of float32 features, not data. */
const LEAST_SHARE = 1e-10;

/**
 * PCA whitening by the exact covariance (divided by N − 1): y = Λ^(−½) Uᵀ (x − mean). With k = min(N, D) it costs N·D·k/2 + O(k³), seconds for k = 1,000.
 * Throws a LabError for fewer than two rows or rows that are all the same.
 */
export function fitWhitening(x: Matrix, options: WhiteningOptions = {}): Whitening {
  const { dimensions = 256 } = options;
  checkCount(dimensions, "dimensions", "Cannot whiten");
  checkFinite(x, "the features");
  if (x.rows < 2) {
    throw new LabError(`Cannot whiten: at least 2 rows are needed, current value is ${x.rows}`);
  }
  const mean = columnMeans(x);
  const { values, vectors } = principalAxes(centred(x, mean), x.rows, x.columns);
  if (!(values[0] > 0)) {
    throw new LabError(`Cannot whiten: the rows must differ, current largest variance is ${values[0]}`);
  }
  const rank = values.filter((value) => value > LEAST_SHARE * values[0]).length;
  const kept = Math.min(dimensions, rank);
  const directions = vectors.slice(0, kept).map((v, k) => v.map((value) => value / Math.sqrt(values[k])));
  const variances = values.slice(0, kept);
  const sum = (list: readonly number[]): number =>
    list.reduce((total, value) => total + Math.max(0, value), 0);
  return { map: linearMap(directions, mean), variances, explained: sum(variances) / sum(values) };
}

/** Variances and unit axes of n centred rows: eigenvectors of the d×d covariance, or by way of the n×n inner products where there are fewer rows than columns. */
function principalAxes(rows: Float64Array, n: number, d: number): SymmetricEigen {
  const variance = (sum: number): number => sum / (n - 1);
  if (n >= d) return symmetricEigen(scatter(rows, n, d).map(variance), d);
  const { values, vectors } = symmetricEigen(timesTransposed(rows, n, rows, n, d).map(variance), n);
  const axes = vectors.map((u, k) => {
    const axis = new Float64Array(d);
    const length = Math.sqrt((n - 1) * Math.max(0, values[k]));
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) axis[j] += (u[i] / length) * rows[i * d + j];
    return axis;
  });
  return { values, vectors: axes };
}
