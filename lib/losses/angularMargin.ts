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
 * The gradient flows through both normalisations. `accuracy` is that of the cosines, before the margin.
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
  const own = Array.from(labels, (y, i) => margin.target(clamp(cosines[i * c + y])));
  own.forEach(({ value }, i) => {
    cosines[i * c + labels[i]] = value;
  });
  const slopes = scaledRows(cosines, scales, c);
  const { loss, active } = crossEntropyInPlace(slopes, labels, c);
  const divisor = divisorOf(margin.reduction, n, active);
  const normSlopes = margin.scale === "norm" ? rowProducts(slopes, cosines, n, c) : new Float64Array(n);
  // From dL/dlogit to dL/dcos θ.
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < c; j++) slopes[i * c + j] *= scales[i] / divisor;
    slopes[i * c + labels[i]] *= own[i].slope;
  }
  const gradient = throughUnitRows(products.times(slopes, w.data, n, c, d), x);
  addAlong(gradient, x, normSlopes, 1 / divisor);
  const weightGradient = throughUnitRows(products.transposedTimes(slopes, x.data, n, c, d), w);
  return {
    loss: loss / divisor,
    active,
    terms: n,
    accuracy,
    gradient: matrix(n, d, float32(gradient)),
    weightGradient: matrix(c, d, float32(weightGradient)),
  };
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

/** Adds each row's dL/d‖x‖ along its unit vector. */
function addAlong(
  gradient: Float32Array,
  { rows, columns, data }: UnitRows,
  slopes: Float64Array,
  factor: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let k = i * columns; k < (i + 1) * columns; k++) gradient[k] += factor * slopes[i] * data[k];
  }
}

/** Rounding may carry a cosine beyond 1. */
function clamp(cosine: number): number {
  return Math.max(-1, Math.min(1, cosine));
}
