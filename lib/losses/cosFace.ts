import type { Matrix } from "../core/matrix";
import { angularMarginSoftmax, type TargetCosine } from "./angularMargin";
import { checkInterval } from "./checks";
import type { HeadLossResult, Reduction } from "./loss";
import { onEngine, onHost, type Products } from "./products";

/** Options of {@link cosFaceLoss}. */
export interface CosFaceLossOptions {
  /** Margin m on the cosine, in [0, 1]; default 0.35, the paper's. */
  readonly margin?: number;
  /** Scale s of the cosines, in (0, ∞); default 64, the paper's. */
  readonly scale?: number;
  /** Over the examples; default `mean`, the paper's. */
  readonly reduction?: Reduction;
}

/**
 * CosFace, the large margin cosine loss: an additive margin on the cosine.
 *
 *   L = 1/N Σᵢ − ln ( e^{s(cos θ_y − m)} / (e^{s(cos θ_y − m)} + Σ_{j≠y} e^{s cos θⱼ}) ),  cos θⱼ = xᵢ·Wⱼ / (‖xᵢ‖‖Wⱼ‖)
 *
 * `labels` are classes in [0, C); `weights` C×D, of any length: they are normalised inside, and so are the embeddings.
 * Source: Wang et al. (2018), section 3.1, Eq. 4.
 * Differs from the paper: nothing. A row of zeros has cosine 0 with everything and gradient 0.
 */
export function cosFaceLoss(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  options?: CosFaceLossOptions,
): HeadLossResult {
  return cosFace(embeddings, labels, weights, options, onHost);
}

/** {@link cosFaceLoss} with the products on the engine. */
export function cosFaceLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  options?: CosFaceLossOptions,
): HeadLossResult {
  return cosFace(embeddings, labels, weights, options, onEngine);
}

function cosFace(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  { margin = 0.35, scale = 64, reduction = "mean" }: CosFaceLossOptions = {},
  products: Products,
): HeadLossResult {
  const loss = "CosFace loss";
  checkInterval(loss, "margin", margin, "[0, 1]");
  checkInterval(loss, "scale", scale, "(0, ∞)");
  const target = cosFaceTarget(margin);
  return angularMarginSoftmax(embeddings, labels, weights, { loss, target, scale, reduction }, products);
}

/** cos θ − m: what CosFace makes of the cosine of the own identity. */
export function cosFaceTarget(margin: number): (cosine: number) => TargetCosine {
  return (cosine) => ({ value: cosine - margin, slope: 1 });
}
