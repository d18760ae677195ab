import type { Matrix } from "../core/matrix";
import { type AnchorTerms, lossOfAllCosines } from "./allCosines";
import { checkInterval } from "./checks";
import type { LossResult, Reduction } from "./loss";
import { onEngine, onHost, type Products } from "./products";
import { sigmoid, softplus, softSum } from "./softSum";

/** Options of {@link circleLoss}. */
export interface CircleLossOptions {
  /** Relaxation m, in [0, 1): the decision boundary is a circle of radius m√2 around S_p = 1, S_n = 0; default 0.25, the paper's for faces. */
  readonly margin?: number;
  /** Scale γ, in (0, ∞); default 256, the paper's for faces. */
  readonly gamma?: number;
  /** Over the anchors that have a positive and a negative; default `mean`. */
  readonly reduction?: Reduction;
}

/**
 * Circle loss on cosines S: each similarity is weighted by how far it is from its optimum.
 *
 *   L = Σᵢ ln( 1 + Σ_{n∈N(i)} e^{γ αₙ (S_in − m)} · Σ_{p∈P(i)} e^{−γ αₚ (S_ip − (1 − m))} ),  αₙ = [S_in + m]₊,  αₚ = [1 + m − S_ip]₊
 *   dL/dS_in = Z γ αₙ shareₙ,   dL/dS_ip = −Z γ αₚ shareₚ,   Z = 1 − e^{−Lᵢ}
 *
 * The weights α are constants in the gradient, as in the paper's derivation, so it is not the derivative of L as a function of S.
 * Source: Sun et al. (2020), section 3.2 and 3.3, with O_p = 1 + m, O_n = −m, Δ_p = 1 − m, Δ_n = m.
 * Differs from the paper: the mean by default. Anchors without a positive or without a negative are no terms.
 */
export function circleLoss(embeddings: Matrix, labels: Int32Array, options?: CircleLossOptions): LossResult {
  return circle(embeddings, labels, options, onHost);
}

/** {@link circleLoss} with the products on the engine. */
export function circleLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  options?: CircleLossOptions,
): LossResult {
  return circle(embeddings, labels, options, onEngine);
}

function circle(
  embeddings: Matrix,
  labels: Int32Array,
  { margin: m = 0.25, gamma = 256, reduction = "mean" }: CircleLossOptions = {},
  products: Products,
): LossResult {
  const loss = "circle loss";
  checkInterval(loss, "margin", m, "[0, 1)");
  checkInterval(loss, "gamma", gamma, "(0, ∞)");
  const pullOf = (cosine: number): number => gamma * Math.max(0, 1 + m - cosine);
  const pushOf = (cosine: number): number => gamma * Math.max(0, cosine + m);
  const termsOf: AnchorTerms = ({ positives, negatives, cosines, slopes }) => {
    if (positives.length === 0 || negatives.length === 0) return [];
    const pull = softSum(positives, (p) => -pullOf(cosines[p]) * (cosines[p] - (1 - m)));
    const push = softSum(negatives, (n) => pushOf(cosines[n]) * (cosines[n] - m));
    const z = sigmoid(pull.log + push.log);
    positives.forEach((p, k) => {
      slopes[p] -= z * pull.share[k] * pullOf(cosines[p]);
    });
    negatives.forEach((n, k) => {
      slopes[n] += z * push.share[k] * pushOf(cosines[n]);
    });
    return [softplus(pull.log + push.log)];
  };
  return lossOfAllCosines(loss, embeddings, labels, termsOf, reduction, products);
}
