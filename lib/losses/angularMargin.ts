import { type Matrix, matrix } from "../core/matrix";
import { checkHead } from "./checks";
import { crossEntropyInPlace, shareRight } from "./crossEntropy";
import { divisorOf, type HeadLossResult, type Reduction } from "./loss";
import { float32, type Numbers, type Products } from "./products";
import { throughUnitRows, type UnitRows, unitRows } from "./unitRows";

/** What a margin makes of the cosine between an embedding and its own identity's weights, and the derivative by that cosine. */
export interface TargetCosine {
  readonly value: number;
  readonly slope: number;
}

/** A member of the family. */
export interface AngularMargin {
  /** Name in error messages. */
  readonly loss: string;
  /** f in the logit s·f(cos θ) of the own identity. */
  readonly target: (cosine: number) => TargetCosine;
  /** s, or `norm`: the embedding's own L2 norm. */
  readonly scale: number | "norm";
  readonly reduction: Reduction;
}

/**
 * Softmax cross-entropy on angles: normalised softmax, SphereFace, CosFace and ArcFace differ only in `target` and `scale`.
 *
 *   logit_j = s·cos θ_j for other identities, s·f(cos θ_y) for the own one;  cos θ_j = x·W_j / (‖x‖‖W_j‖)
 *
 * The gradient flows through both normalisations. `accuracy` is that of the cosines, before the margin. The N own angles are computed in
 * float64 and apart from the products: near θ = 0 the slope of a margin (1 / sin θ) magnifies rounding.
 */
export function angularMarginSoftmax(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  margin: AngularMargin,
  products: Products,
): HeadLossResult {
  checkHead(margin.loss, embeddings, labels, weights);
  const [n, c, d] = [embeddings.rows, weights.rows, embeddings.columns];
  const x = unitRows(embeddings);
  const w = unitRows(weights);
  const scales = margin.scale === "norm" ? x.norms : new Float64Array(n).fill(margin.scale);
  const cosines = products.timesTransposed(x.data, w.data, n, c, d);
  const accuracy = shareRight(cosines, labels, c);
  const own = Array.from(labels, (y, i) => margin.target(ownCosine(x, i, w, y)));
  labels.forEach((y, i) => {
    cosines[i * c + y] = own[i].value;
  });
  const { slopes, loss, active } = crossEntropyInPlace(scaledRows(cosines, scales, c), labels, c);
  const normSlopes = margin.scale === "norm" ? rowProducts(slopes, cosines, n, c) : new Float64Array(n);
  const { byX, byW } = throughCosines(scaledRows(slopes, scales, c), labels, own, x, w, products);
  const gradient = throughUnitRows(byX, x);
  for (let i = 0; i < n; i++) addRow(gradient, i, normSlopes[i], x, i);
  const divisor = divisorOf(margin.reduction, n, active);
  const reduced = (rows: number, sums: Float64Array): Matrix =>
    matrix(rows, d, float32(sums.map((g) => g / divisor)));
  const weightGradient = reduced(c, throughUnitRows(byW, w));
  return { loss: loss / divisor, active, terms: n, accuracy, gradient: reduced(n, gradient), weightGradient };
}

/** From dL/df (N×C, f the modified cosines; overwritten) to dL/dx̂ and dL/dŴ. */
function throughCosines(
  slopes: Numbers,
  labels: Int32Array,
  own: readonly TargetCosine[],
  x: UnitRows,
  w: UnitRows,
  products: Products,
): { byX: Float64Array; byW: Float64Array } {
  const [n, c, d] = [x.rows, w.rows, x.columns];
  const ownSlopes = Float64Array.from(labels, (y, i) => own[i].slope * slopes[i * c + y]);
  labels.forEach((y, i) => {
    slopes[i * c + y] = 0;
  });
  const byX = new Float64Array(products.times(slopes, w.data, n, c, d));
  const byW = new Float64Array(products.transposedTimes(slopes, x.data, n, c, d));
  labels.forEach((y, i) => {
    addRow(byX, i, ownSlopes[i], w, y);
    addRow(byW, y, ownSlopes[i], x, i);
  });
  return { byX, byW };
}

/** cos θ between row i of x and row y of w; rounding may carry it beyond 1. */
function ownCosine(x: UnitRows, i: number, w: UnitRows, y: number): number {
  let cosine = 0;
  for (let k = 0; k < x.columns; k++) cosine += x.data[i * x.columns + k] * w.data[y * x.columns + k];
  return Math.max(-1, Math.min(1, cosine));
}

/** Row `to` of `sums` + factor · row `from` of `rows`. */
function addRow(
  sums: Float64Array,
  to: number,
  factor: number,
  { data, columns }: UnitRows,
  from: number,
): void {
  for (let k = 0; k < columns; k++) sums[to * columns + k] += factor * data[from * columns + k];
}

/** Row i times factor i, as a copy. */
function scaledRows(values: Numbers, factors: Float64Array, columns: number): Numbers {
  const scaled = values.slice();
  factors.forEach((factor, i) => {
    for (let at = i * columns; at < (i + 1) * columns; at++) scaled[at] *= factor;
  });
  return scaled;
}

/** Σⱼ a_ij b_ij per row: with b the modified cosines, dL/d‖x‖. */
function rowProducts(a: Numbers, b: Numbers, n: number, c: number): Float64Array {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < c; j++) sums[i] += a[i * c + j] * b[i * c + j];
  return sums;
}
