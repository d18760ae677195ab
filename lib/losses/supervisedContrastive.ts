import type { Matrix } from "../core/matrix";
import { type AnchorTerms, lossOfAllCosines } from "./allCosines";
import { checkInterval } from "./checks";
import type { LossResult, Reduction } from "./loss";
import { onEngine, onHost, type Products } from "./products";
import { softSum } from "./softSum";

/** Options of {@link supervisedContrastiveLoss}. */
export interface SupervisedContrastiveLossOptions {
  /** Temperature τ that divides the cosines, in (0, ∞); default 0.1, the paper's. */
  readonly temperature?: number;
  /** Over the anchors that have a positive; default `mean`. */
  readonly reduction?: Reduction;
}

/**
 * Supervised contrastive loss ("SupCon", the paper's L_out) on cosines S: each positive of an anchor against all others of the batch.
 *
 *   L = Σᵢ −1/|P(i)| Σ_{p∈P(i)} ln ( e^{S_ip/τ} / Σ_{j≠i} e^{S_ij/τ} )
 *   dL/dS_ij = ( e^{S_ij/τ} / Σ … − [j∈P(i)] / |P(i)| ) / τ
 *
 * With exactly one positive per anchor it is NT-Xent (see `ntXentLoss`): with more, positives here also stand in the denominator.
 * Source: Khosla et al. (2020), section 3.2.2, Eq. 2.
 * Differs from the paper: the mean by default. Anchors without a positive are no terms; a batch without any gives loss 0 and gradient 0.
 */
export function supervisedContrastiveLoss(
  embeddings: Matrix,
  labels: Int32Array,
  options?: SupervisedContrastiveLossOptions,
): LossResult {
  return supervisedContrastive(embeddings, labels, options, onHost);
}

/** {@link supervisedContrastiveLoss} with the products on the engine. */
export function supervisedContrastiveLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  options?: SupervisedContrastiveLossOptions,
): LossResult {
  return supervisedContrastive(embeddings, labels, options, onEngine);
}

function supervisedContrastive(
  embeddings: Matrix,
  labels: Int32Array,
  { temperature = 0.1, reduction = "mean" }: SupervisedContrastiveLossOptions = {},
  products: Products,
): LossResult {
  const loss = "supervised contrastive loss";
  checkInterval(loss, "temperature", temperature, "(0, ∞)");
  const termsOf: AnchorTerms = ({ positives, negatives, cosines, slopes }) => {
    if (positives.length === 0) return [];
    const others = Int32Array.of(...positives, ...negatives);
    const { log, share } = softSum(others, (j) => cosines[j] / temperature);
    others.forEach((j, k) => {
      slopes[j] += share[k] / temperature;
    });
    let term = log;
    for (const p of positives) {
      term -= cosines[p] / temperature / positives.length;
      slopes[p] -= 1 / temperature / positives.length;
    }
    return [term];
  };
  return lossOfAllCosines(loss, embeddings, labels, termsOf, reduction, products);
}
