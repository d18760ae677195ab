import type { Matrix } from "../core/matrix";
import { angularMarginSoftmax, type TargetCosine } from "./angularMargin";
import { checkInterval } from "./checks";
import type { HeadLossResult, Reduction } from "./loss";
import { onEngine, onHost, type Products } from "./products";

/** Options of {@link sphereFaceLoss}. */
export interface SphereFaceLossOptions {
  /** Multiplier m of the angle, an integer in [1, 10]; default 4, the paper's. */
  readonly margin?: number;
  /** Annealing weight λ of the plain cosine, in [0, ∞); default 0, the loss itself. See {@link sphereFaceLambda}. */
  readonly lambda?: number;
  /** Over the examples; default `mean`, the paper's. */
  readonly reduction?: Reduction;
}

/**
 * SphereFace, the A-Softmax loss: the angle to the own identity's weights is multiplied by m. Only the weights are normalised; the
 * embedding keeps its length, which is the scale.
 *
 *   L = 1/N Σᵢ − ln ( e^{‖xᵢ‖ f(θ_y)} / (e^{‖xᵢ‖ f(θ_y)} + Σ_{j≠y} e^{‖xᵢ‖ cos θⱼ}) )
 *   f(θ) = (λ cos θ + ψ(θ)) / (1 + λ),   ψ(θ) = (−1)ᵏ cos(mθ) − 2k  for θ in [kπ/m, (k+1)π/m]
 *
 * `labels` are classes in [0, C); `weights` C×D, of any length.
 * Source: Liu et al. (2017), section 3.2, Eq. 7; λ from its appendix and the authors' published code.
 * Differs from the paper: nothing. An embedding of zeros gives logits of 0 and gets a gradient of 0.
 */
export function sphereFaceLoss(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  options?: SphereFaceLossOptions,
): HeadLossResult {
  return sphereFace(embeddings, labels, weights, options, onHost);
}

/** {@link sphereFaceLoss} with the products on the engine. */
export function sphereFaceLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  options?: SphereFaceLossOptions,
): HeadLossResult {
  return sphereFace(embeddings, labels, weights, options, onEngine);
}

function sphereFace(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  { margin = 4, lambda = 0, reduction = "mean" }: SphereFaceLossOptions = {},
  products: Products,
): HeadLossResult {
  const loss = "SphereFace loss";
  checkInterval(loss, "margin", margin, "[1, 10]");
  if (!Number.isInteger(margin)) {
    throw new RangeError(
      `Cannot compute the ${loss}: the margin must be an integer, current value is ${margin}`,
    );
  }
  checkInterval(loss, "lambda", lambda, "[0, ∞)");
  const target = sphereFaceTarget(margin, lambda);
  return angularMarginSoftmax(
    embeddings,
    labels,
    weights,
    { loss, target, scale: "norm", reduction },
    products,
  );
}

/** (λ cos θ + ψ(θ)) / (1 + λ): what SphereFace makes of the cosine of the own identity; m is a whole number. */
export function sphereFaceTarget(margin: number, lambda: number = 0): (cosine: number) => TargetCosine {
  return (cosine) => {
    const { value, slope } = psi(cosine, margin);
    return { value: (lambda * cosine + value) / (1 + lambda), slope: (lambda + slope) / (1 + lambda) };
  };
}

/**
 * ψ and dψ / d cos θ. cos(mθ) is the Chebyshev polynomial T_m of cos θ and its derivative is m U_{m−1}: no division by sin θ.
 */
function psi(cosine: number, m: number): TargetCosine {
  let [t, before] = [cosine, 1];
  let [u, uBefore] = [1, 0];
  for (let k = 1; k < m; k++) {
    [t, before] = [2 * cosine * t - before, t];
    [u, uBefore] = [2 * cosine * u - uBefore, u];
  }
  const k = Math.min(m - 1, Math.floor((m * Math.acos(cosine)) / Math.PI));
  const sign = k % 2 === 0 ? 1 : -1;
  return { value: sign * t - 2 * k, slope: sign * m * u };
}

/** Options of {@link sphereFaceLambda}; the defaults are those of the authors' published code. */
export interface SphereFaceSchedule {
  /** λ at step 0, in [0, ∞); default 1000: almost a plain softmax. */
  readonly base?: number;
  /** How fast it falls, in [0, ∞); default 0.12. */
  readonly gamma?: number;
  /** Power of the fall, in [0, ∞); default 1. */
  readonly power?: number;
  /** Where it stops, in [0, ∞); default 5. */
  readonly minimum?: number;
}

/** Annealing weight at a step ≥ 0: λ = max(minimum, base · (1 + gamma · step)^−power). */
export function sphereFaceLambda(
  step: number,
  { base = 1000, gamma = 0.12, power = 1, minimum = 5 }: SphereFaceSchedule = {},
): number {
  for (const [name, value] of Object.entries({ step, base, gamma, power, minimum })) {
    checkInterval("SphereFace annealing", name, value, "[0, ∞)");
  }
  return Math.max(minimum, base * (1 + gamma * step) ** -power);
}
