import type { Matrix } from "../core/matrix";
import { type AnchorTerms, lossOfAllCosines } from "./allCosines";
import { checkInterval } from "./checks";
import type { LossResult, Reduction } from "./loss";
import { onEngine, onHost, type Products } from "./products";
import { sigmoid, softplus, softSum } from "./softSum";

/** Options of {@link ntXentLoss}. */
export interface NtXentLossOptions {
  /** Temperature τ that divides the cosines, in (0, ∞); default 0.1, of the paper's choices. */
  readonly temperature?: number;
  /** Over the ordered positive pairs; default `mean`, the paper's. */
  readonly reduction?: Reduction;
}

/**
 * NT-Xent, the normalised temperature-scaled cross-entropy, on cosines S: each positive of an anchor against the anchor's negatives.
 *
 *   L = Σ_{(i,p)} −ln ( e^{S_ip/τ} / (e^{S_ip/τ} + Σ_{n∈N(i)} e^{S_in/τ}) ) = Σ_{(i,p)} ln(1 + e^{A_i − S_ip/τ}),  A_i = ln Σ_n e^{S_in/τ}
 *
 * Source: Chen et al.: SimCLR (2020), section 2.1, Eq. 1.
 * Differs from the paper: an anchor may have more than one positive (there exactly one, the other view of its image); each then is its own
 * term, and the other positives are not in its denominator. No positive pair gives loss 0 and gradient 0; without negatives a term is 0.
 */
export function ntXentLoss(embeddings: Matrix, labels: Int32Array, options?: NtXentLossOptions): LossResult {
  return ntXent(embeddings, labels, options, onHost);
}

/** {@link ntXentLoss} with the products on the engine. */
export function ntXentLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  options?: NtXentLossOptions,
): LossResult {
  return ntXent(embeddings, labels, options, onEngine);
}

function ntXent(
  embeddings: Matrix,
  labels: Int32Array,
  { temperature = 0.1, reduction = "mean" }: NtXentLossOptions = {},
  products: Products,
): LossResult {
  const loss = "NT-Xent loss";
  checkInterval(loss, "temperature", temperature, "(0, ∞)");
  const termsOf: AnchorTerms = ({ positives, negatives, cosines, slopes }) => {
    const { log, share } = softSum(negatives, (n) => cosines[n] / temperature);
    const terms: number[] = [];
    let push = 0;
    for (const p of positives) {
      const z = log - cosines[p] / temperature;
      const slope = sigmoid(z) / temperature;
      terms.push(softplus(z));
      slopes[p] -= slope;
      push += slope;
    }
    negatives.forEach((n, k) => {
      slopes[n] += push * share[k];
    });
    return terms;
  };
  return lossOfAllCosines(loss, embeddings, labels, termsOf, reduction, products);
}
