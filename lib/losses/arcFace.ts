import type { Matrix } from "../core/matrix";
import { angularMarginSoftmax, type TargetCosine } from "./angularMargin";
import { checkInterval } from "./checks";
import type { HeadLossResult, Reduction } from "./loss";
import { onEngine, onHost, type Products } from "./products";

/** Options of {@link arcFaceLoss}. */
export interface ArcFaceLossOptions {
  /** Margin m on the angle, in radians, in [0, 1.5]; default 0.5, the paper's. */
  readonly margin?: number;
  /** Scale s of the cosines, in (0, ∞); default 64, the paper's. */
  readonly scale?: number;
  /** Over the examples; default `mean`, the paper's. */
  readonly reduction?: Reduction;
}

/**
 * ArcFace, the additive angular margin loss.
 *
 *   L = 1/N Σᵢ − ln ( e^{s cos(θ_y + m)} / (e^{s cos(θ_y + m)} + Σ_{j≠y} e^{s cos θⱼ}) ),  cos θⱼ = xᵢ·Wⱼ / (‖xᵢ‖‖Wⱼ‖)
 *
 * `labels` are classes in [0, C); `weights` C×D, of any length: they are normalised inside, and so are the embeddings.
 * Source: Deng et al. (2019), section 2.1, Eq. 3.
 * Differs from the paper: where θ + m > π, cos(θ + m) would rise again, so the target becomes cos θ − m sin m, which still falls with θ (as
 * in the authors' published code; the two pieces do not meet). sin θ is taken as at least 1e-3 in the slope sin(θ + m) / sin θ: within 0.06°
 * of the weights the pull fades to 0 instead of dividing by 0. A row of zeros has cosine 0 with everything and gradient 0.
 */
export function arcFaceLoss(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  options?: ArcFaceLossOptions,
): HeadLossResult {
  return arcFace(embeddings, labels, weights, options, onHost);
}

/** {@link arcFaceLoss} with the products on the engine. */
export function arcFaceLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  options?: ArcFaceLossOptions,
): HeadLossResult {
  return arcFace(embeddings, labels, weights, options, onEngine);
}

function arcFace(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  { margin = 0.5, scale = 64, reduction = "mean" }: ArcFaceLossOptions = {},
  products: Products,
): HeadLossResult {
  const loss = "ArcFace loss";
  checkInterval(loss, "margin", margin, "[0, 1.5]");
  checkInterval(loss, "scale", scale, "(0, ∞)");
  const target = arcFaceTarget(margin);
  return angularMarginSoftmax(embeddings, labels, weights, { loss, target, scale, reduction }, products);
}

/** cos(θ + m), and where that would rise again cos θ − m sin m: what ArcFace makes of the cosine of the own identity; m in radians. */
export function arcFaceTarget(margin: number): (cosine: number) => TargetCosine {
  return (cosine) => widened(cosine, margin);
}

/** cos(θ + m) and d cos(θ + m) / d cos θ = sin(θ + m) / sin θ. */
function widened(cosine: number, margin: number): TargetCosine {
  const theta = Math.acos(cosine);
  if (theta + margin > Math.PI) return { value: cosine - margin * Math.sin(margin), slope: 1 };
  return {
    value: Math.cos(theta + margin),
    slope: margin === 0 ? 1 : Math.sin(theta + margin) / Math.max(Math.sin(theta), 1e-3),
  };
}
