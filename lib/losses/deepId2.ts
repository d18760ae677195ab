import { type Matrix, matrix } from "../core/matrix";
import { bestThreshold } from "../evaluate/verification";
import { checkInterval } from "./checks";
import { contrastiveLoss, contrastiveLossOnEngine } from "./contrastive";
import { jointLoss } from "./jointLoss";
import type { LossResult, PairIndices, Reduction } from "./loss";
import { type SoftmaxLossResult, softmaxLoss, softmaxLossOnEngine } from "./softmax";

/** Options of {@link deepId2Loss}. */
export interface DeepId2LossOptions {
  /** Weight λ of the verification signal, in [0, ∞]; default 0.05, the paper's choice. 0 is softmax alone, ∞ verification alone. */
  readonly lambda?: number;
  /** Verification margin m on L2 (not squared), in (0, ∞); default 1. To be reset during training: see {@link deepId2Margin}. */
  readonly margin?: number;
  /** Of each signal over its own terms (examples, pairs); default `mean`. */
  readonly reduction?: Reduction;
}

/**
 * DeepID2: identification and verification signals together.
 *
 *   L = softmax cross-entropy + λ Σ Verif,  Verif = ½‖fᵢ − fⱼ‖² (same), ½ max(0, m − ‖fᵢ − fⱼ‖)² (different)
 *
 * `labels` are classes in [0, C); `weights` C×D; `bias` C. Active, terms and accuracy are those of the identification signal.
 * Source: Sun, Chen, Wang, Tang (2014), section 2, Eq. 1 and 2, Table 1.
 * Differs from the paper: each signal is the mean over its own terms by default, so λ does not depend on how many pairs are formed; the
 * paper's other verification signals (L1, cosine) are left out.
 */
export function deepId2Loss(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  bias: Float32Array,
  pairs: PairIndices,
  { lambda = 0.05, margin = 1, reduction = "mean" }: DeepId2LossOptions = {},
): SoftmaxLossResult {
  checkInterval("DeepID2 loss", "lambda", lambda, "[0, ∞]");
  const identification = softmaxLoss(embeddings, labels, weights, bias, { reduction });
  const verification = contrastiveLoss(embeddings, pairs, { margin, reduction });
  return joined(identification, verification, lambda);
}

/** {@link deepId2Loss} with the products on the engine. */
export function deepId2LossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  bias: Float32Array,
  pairs: PairIndices,
  { lambda = 0.05, margin = 1, reduction = "mean" }: DeepId2LossOptions = {},
): SoftmaxLossResult {
  checkInterval("DeepID2 loss", "lambda", lambda, "[0, ∞]");
  const identification = softmaxLossOnEngine(embeddings, labels, weights, bias, { reduction });
  const verification = contrastiveLossOnEngine(embeddings, pairs, { margin, reduction });
  return joined(identification, verification, lambda);
}

function joined(
  identification: SoftmaxLossResult,
  verification: LossResult,
  lambda: number,
): SoftmaxLossResult {
  if (lambda < Number.POSITIVE_INFINITY) return jointLoss(identification, verification, lambda);
  const { rows, columns } = identification.weightGradient;
  return {
    ...identification,
    loss: verification.loss,
    gradient: verification.gradient,
    weightGradient: matrix(rows, columns),
    biasGradient: new Float32Array(rows),
  };
}

/**
 * The margin for the next steps: the distance threshold with the fewest verification errors on recent pairs. m is not learned by gradient,
 * which would drive it to 0.
 *
 * `distances` are L2 (not squared) and `same` their flags; of equally good thresholds the smallest. Both kinds of pairs should be about as many:
 * among all pairs of a batch different ones prevail, and the threshold with the fewest errors may be one that rejects everything.
 * Source: Sun et al. (2014), section 2, which resets m every 200,000 pairs or so to the threshold that was best for those before.
 * Differs from the paper: how many pairs are recent is the caller's choice. Throws a RangeError without pairs.
 */
export function deepId2Margin(distances: ArrayLike<number>, same: ArrayLike<number>): number {
  return bestThreshold(
    distances,
    same,
    Array.from({ length: distances.length }, (_, t) => t),
  );
}
