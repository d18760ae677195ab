import type { Matrix } from "../core/matrix";
import { checkFinite, matrix, squaredL2 } from "../core/matrix";
import { checkIndices, checkInterval } from "./checks";
import { divisorOf, type LossResult, type PairIndices, type Reduction } from "./loss";
import { float32 } from "./products";
import { squaredL2OnEngine } from "./squaredL2";

/** Options of {@link contrastiveLoss}. */
export interface ContrastiveLossOptions {
  /** Margin m on L2 (not squared), in (0, ∞); default 1. Unit vectors are at most 2 apart. */
  readonly margin?: number;
  /** Whether both kinds of terms carry the factor ½ of Hadsell et al.; default true. */
  readonly half?: boolean;
  /** Over the pairs; default `mean`. */
  readonly reduction?: Reduction;
}

/**
 * Contrastive loss on L2 distances d = ‖xᵢ − xⱼ‖, not squared: pulls pairs of one identity together, pushes others out to the margin.
 *
 *   L = Σ ½ d²  (same)  +  Σ ½ max(0, m − d)²  (different)
 *
 * Source: Hadsell, Chopra, LeCun (2006), section 2.1, Eq. 4.
 * Differs from the paper: the mean by default; `half: false` leaves both ½ away. Two different points at one place have no direction to
 * part in: loss ½m², gradient 0. No pairs give a loss of 0 and a gradient of 0. `allPairs` makes the pairs of a whole batch.
 */
export function contrastiveLoss(
  embeddings: Matrix,
  pairs: PairIndices,
  options: ContrastiveLossOptions = {},
): LossResult {
  const { margin, factor, reduction } = checked(embeddings, pairs, options);
  const { data: x, rows, columns: d } = embeddings;
  const gradient = new Float64Array(x.length);
  let loss = 0;
  let active = 0;
  for (let t = 0; t < pairs.count; t++) {
    const { value, slope } = term(
      squaredL2(embeddings, pairs.first[t], embeddings, pairs.second[t]),
      pairs.same[t],
      margin,
    );
    loss += factor * value;
    if (value > 0) active++;
    const a = pairs.first[t] * d;
    const b = pairs.second[t] * d;
    for (let k = 0; k < d; k++) {
      const pull = factor * slope * 2 * (x[a + k] - x[b + k]);
      gradient[a + k] += pull;
      gradient[b + k] -= pull;
    }
  }
  const divisor = divisorOf(reduction, pairs.count, active);
  return {
    loss: loss / divisor,
    active,
    terms: pairs.count,
    gradient: matrix(rows, d, float32(gradient.map((g) => g / divisor))),
  };
}

/** {@link contrastiveLoss} with distances and gradient by products on the engine. */
export function contrastiveLossOnEngine(
  embeddings: Matrix,
  pairs: PairIndices,
  options: ContrastiveLossOptions = {},
): LossResult {
  const { margin, factor, reduction } = checked(embeddings, pairs, options);
  const n = embeddings.rows;
  const distances = squaredL2OnEngine.distances(embeddings);
  const slopes: Float32Array = new Float32Array(n * n);
  let loss = 0;
  let active = 0;
  for (let t = 0; t < pairs.count; t++) {
    const at = pairs.first[t] * n + pairs.second[t];
    const { value, slope } = term(distances[at], pairs.same[t], margin);
    loss += factor * value;
    if (value > 0) active++;
    slopes[at] += factor * slope;
  }
  const divisor = divisorOf(reduction, pairs.count, active);
  const gradient = squaredL2OnEngine.gradient(embeddings, slopes, distances, divisor);
  return { loss: loss / divisor, active, terms: pairs.count, gradient };
}

/** A pair's term without the factor, and its derivative by the squared distance D: 1, and −(m − d)/d where d = √D < m. */
function term(squared: number, same: number, margin: number): { value: number; slope: number } {
  if (same) return { value: squared, slope: 1 };
  const d = Math.sqrt(squared);
  const short = Math.max(0, margin - d);
  return { value: short * short, slope: d > 0 ? -short / d : 0 };
}

function checked(
  embeddings: Matrix,
  { count, first, second }: PairIndices,
  { margin = 1, half = true, reduction = "mean" }: ContrastiveLossOptions,
): { margin: number; factor: number; reduction: Reduction } {
  const loss = "contrastive loss";
  checkFinite(embeddings, "the embeddings");
  checkInterval(loss, "margin", margin, "(0, ∞)");
  checkIndices(loss, "first of a pair", embeddings.rows, first, count);
  checkIndices(loss, "second of a pair", embeddings.rows, second, count);
  return { margin, factor: half ? 0.5 : 1, reduction };
}
