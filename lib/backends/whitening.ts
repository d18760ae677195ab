import { symmetricEigen } from "../core/eigen";
import { LabError } from "../core/errors";
import { checkFinite, type Matrix } from "../core/matrix";
import { centred, columnMeans, scatter } from "../core/scatter";
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
 * PCA whitening by the exact D×D covariance (divided by N − 1): y = Λ^(−½) Uᵀ (x − mean). Costs N·D²/2 + O(D³): seconds for D = 1,000.
 * Throws a LabError when the data do not vary.
 */
export function fitWhitening(x: Matrix, options: WhiteningOptions = {}): Whitening {
  const { dimensions = 256 } = options;
  checkCount(dimensions, "dimensions", "Cannot whiten");
  checkFinite(x, "the features");
  const mean = columnMeans(x);
  const covariance = scatter(centred(x, mean), x.rows, x.columns).map((sum) => sum / (x.rows - 1));
  const { values, vectors } = symmetricEigen(covariance, x.columns);
  const rank = values.filter((value) => value > LEAST_SHARE * values[0]).length;
  if (!(values[0] > 0) || rank < 1) {
    throw new LabError(
      `Cannot whiten: the ${x.rows} rows must differ, current largest variance is ${values[0]}`,
    );
  }
  const kept = Math.min(dimensions, rank);
  const directions = vectors.slice(0, kept).map((v, k) => v.map((value) => value / Math.sqrt(values[k])));
  const variances = values.slice(0, kept);
  const sum = (list: readonly number[]): number =>
    list.reduce((total, value) => total + Math.max(0, value), 0);
  return { map: linearMap(directions, mean), variances, explained: sum(variances) / sum(values) };
}
