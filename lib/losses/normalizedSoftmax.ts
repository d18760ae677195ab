import type { Matrix } from "../core/matrix";
import { angularMarginSoftmax } from "./angularMargin";
import { checkInterval } from "./checks";
import type { HeadLossResult, Reduction } from "./loss";
import { onEngine, onHost, type Products } from "./products";

/** Options of {@link normalizedSoftmaxLoss}. */
export interface NormalizedSoftmaxLossOptions {
  /** Scale s of the cosines, in (0, ∞); default 64. Its inverse is known as the temperature. */
  readonly scale?: number;
  /** Over the examples; default `mean`. */
  readonly reduction?: Reduction;
}

/**
 * Softmax cross-entropy on scaled cosines, without any margin: what CosFace and ArcFace are at m = 0.
 *
 *   L = − Σᵢ ln softmax(s cos θᵢ)[yᵢ],  cos θᵢⱼ = xᵢ·Wⱼ / (‖xᵢ‖‖Wⱼ‖)
 *
 * `labels` are classes in [0, C); `weights` C×D, of any length: they are normalised inside, and so are the embeddings.
 * Source: Wang, Xiang, Cheng, Yuille: NormFace (2017).
 * Differs from the paper: s is given, not learned; the mean by default. A row of zeros has cosine 0 with everything and gradient 0.
 */
export function normalizedSoftmaxLoss(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  options?: NormalizedSoftmaxLossOptions,
): HeadLossResult {
  return normalizedSoftmax(embeddings, labels, weights, options, onHost);
}

/** {@link normalizedSoftmaxLoss} with the products on the engine. */
export function normalizedSoftmaxLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  options?: NormalizedSoftmaxLossOptions,
): HeadLossResult {
  return normalizedSoftmax(embeddings, labels, weights, options, onEngine);
}

function normalizedSoftmax(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  { scale = 64, reduction = "mean" }: NormalizedSoftmaxLossOptions = {},
  products: Products,
): HeadLossResult {
  const loss = "normalised softmax loss";
  checkInterval(loss, "scale", scale, "(0, ∞)");
  const target = (cosine: number) => ({ value: cosine, slope: 1 });
  return angularMarginSoftmax(embeddings, labels, weights, { loss, target, scale, reduction }, products);
}
