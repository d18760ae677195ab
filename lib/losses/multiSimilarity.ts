import type { Matrix } from "../core/matrix";
import { type AnchorTerms, lossOfAllCosines } from "./allCosines";
import { checkInterval } from "./checks";
import type { LossResult, Reduction } from "./loss";
import { onEngine, onHost, type Products } from "./products";
import { softSum } from "./softSum";

/** Options of {@link multiSimilarityLoss}. */
export interface MultiSimilarityLossOptions {
  /** Sharpness α for positives, in (0, ∞); default 2, the paper's. */
  readonly alpha?: number;
  /** Sharpness β for negatives, in (0, ∞); default 50, the paper's. */
  readonly beta?: number;
  /** The cosine λ on whose sides positives and negatives should lie, in [−1, 1]; default 1, the paper's. */
  readonly base?: number;
  /** Over the anchors, all N of the batch; default `mean`, the paper's. */
  readonly reduction?: Reduction;
}

/**
 * Multi-similarity loss on cosines S: each pair counts by itself and by how it compares with the anchor's other pairs.
 *
 *   L = 1/N Σᵢ [ 1/α ln(1 + Σ_{p∈P(i)} e^{−α(S_ip − λ)}) + 1/β ln(1 + Σ_{n∈N(i)} e^{β(S_in − λ)}) ]
 *   dL/dS_ip = −e^{−α(S_ip − λ)} / (1 + Σ …),   dL/dS_in = e^{β(S_in − λ)} / (1 + Σ …)
 *
 * Source: Wang et al. (2019), section 4.2, Eq. 15.
 * Differs from the paper: all pairs of the batch; its pair mining (section 4.1) is a miner's work, not the loss's. An anchor without positives
 * or negatives has that half 0.
 */
export function multiSimilarityLoss(
  embeddings: Matrix,
  labels: Int32Array,
  options?: MultiSimilarityLossOptions,
): LossResult {
  return multiSimilarity(embeddings, labels, options, onHost);
}

/** {@link multiSimilarityLoss} with the products on the engine. */
export function multiSimilarityLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  options?: MultiSimilarityLossOptions,
): LossResult {
  return multiSimilarity(embeddings, labels, options, onEngine);
}

function multiSimilarity(
  embeddings: Matrix,
  labels: Int32Array,
  { alpha = 2, beta = 50, base = 1, reduction = "mean" }: MultiSimilarityLossOptions = {},
  products: Products,
): LossResult {
  const loss = "multi-similarity loss";
  checkInterval(loss, "alpha", alpha, "(0, ∞)");
  checkInterval(loss, "beta", beta, "(0, ∞)");
  checkInterval(loss, "base", base, "[-1, 1]");
  const termsOf: AnchorTerms = ({ positives, negatives, cosines, slopes }) => {
    const pull = softSum(positives, (p) => -alpha * (cosines[p] - base), 1);
    const push = softSum(negatives, (n) => beta * (cosines[n] - base), 1);
    positives.forEach((p, k) => {
      slopes[p] -= pull.share[k];
    });
    negatives.forEach((n, k) => {
      slopes[n] += push.share[k];
    });
    return [pull.log / alpha + push.log / beta];
  };
  return lossOfAllCosines(loss, embeddings, labels, termsOf, reduction, products);
}
