import type { Matrix } from "../core/matrix";
import { forEachAnchor } from "./allCosines";
import { checkBatch, checkInterval } from "./checks";
import { divisorOf, type LossResult, type Reduction } from "./loss";
import type { Numbers } from "./products";
import { type SquaredL2, squaredL2OnEngine, squaredL2OnHost } from "./squaredL2";

/** Options of {@link liftedStructureLoss}. */
export interface LiftedStructureLossOptions {
  /** Margin α on L2 (not squared), in (0, ∞); default 1, the paper's. */
  readonly margin?: number;
  /** Over the positive pairs i < j; default `mean`, the paper's. */
  readonly reduction?: Reduction;
}

/**
 * Lifted structured feature embedding: every positive pair against all negatives of both its ends. d is L2, not squared.
 *
 *   L = Σ_{(i,j)∈P} ½ max(0, J_ij)²,  J_ij = ln( Σ_{k∈N(i)} e^{α − d_ik} + Σ_{l∈N(j)} e^{α − d_jl} ) + d_ij
 *
 * Source: Song et al. (2016), section 4, Eq. 4 (its smooth upper bound).
 * Differs from the paper: nothing. This is not the "generalised" lifted loss of Hermans et al. (2017), which is a sum over anchors. A pair
 * without negatives, or a batch without positive pairs, gives loss 0 and gradient 0. Points at one place have no direction to part in.
 */
export function liftedStructureLoss(
  embeddings: Matrix,
  labels: Int32Array,
  options?: LiftedStructureLossOptions,
): LossResult {
  return liftedStructure(embeddings, labels, options, squaredL2OnHost);
}

/** {@link liftedStructureLoss} with distances and gradient by products on the engine. */
export function liftedStructureLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  options?: LiftedStructureLossOptions,
): LossResult {
  return liftedStructure(embeddings, labels, options, squaredL2OnEngine);
}

function liftedStructure(
  embeddings: Matrix,
  labels: Int32Array,
  { margin = 1, reduction = "mean" }: LiftedStructureLossOptions = {},
  squaredL2: SquaredL2,
): LossResult {
  const name = "lifted structure loss";
  checkBatch(name, embeddings, labels);
  checkInterval(name, "margin", margin, "(0, ∞)");
  const n = embeddings.rows;
  const distances = squaredL2.distances(embeddings);
  const { loss, active, terms, slopes } = overPairs(distances.map(Math.sqrt), labels, margin);
  const divisor = divisorOf(reduction, terms, active);
  // From dL/dd to dL/dD: D = d², and points at one place have no direction.
  for (let at = 0; at < n * n; at++) {
    slopes[at] = distances[at] > 0 ? slopes[at] / (2 * Math.sqrt(distances[at])) : 0;
  }
  const gradient = squaredL2.gradient(embeddings, slopes, distances, divisor);
  return { loss: loss / divisor, active, terms, gradient };
}

/** Sums over the positive pairs, and dL/dd (N×N): J at the pair itself, −J·e^{α − d} / (Σ + Σ) at each negative of either end. */
function overPairs(d: Numbers, labels: Int32Array, margin: number) {
  const n = labels.length;
  const slopes = new Float64Array(n * n);
  // Σ e^{α − d_ik} never overflows: d ≥ 0.
  const pushes = new Float64Array(n);
  const weights = new Float64Array(n);
  let [loss, active, terms] = [0, 0, 0];
  forEachAnchor(labels, (i, _, negatives) => {
    for (const k of negatives) pushes[i] += Math.exp(margin - d[i * n + k]);
  });
  forEachAnchor(labels, (i, positives) => {
    for (const j of positives) {
      if (j < i) continue;
      terms++;
      const both = pushes[i] + pushes[j];
      const violation = Math.log(both) + d[i * n + j];
      if (!(violation > 0)) continue;
      loss += violation ** 2 / 2;
      active++;
      slopes[i * n + j] += violation;
      weights[i] += violation / both;
      weights[j] += violation / both;
    }
  });
  forEachAnchor(labels, (i, _, negatives) => {
    for (const k of negatives) slopes[i * n + k] -= weights[i] * Math.exp(margin - d[i * n + k]);
  });
  return { loss, active, terms, slopes };
}
