import type { Matrix } from "../core/matrix";
import { matrix } from "../core/matrix";
import { divisorOf, type LossResult, type Reduction } from "./loss";

/** Index triplets into the rows of an embedding matrix. */
export interface TripletIndices {
  readonly count: number;
  readonly anchor: Int32Array;
  readonly positive: Int32Array;
  readonly negative: Int32Array;
}

/** Options of {@link tripletLoss}. */
export interface TripletLossOptions {
  /** Margin α on squared L2 distances of unit vectors, in (0, 4); default 0.2, the paper's. */
  readonly margin?: number;
  /** `sum` is Eq. 3; `mean` divides by all triplets; `meanActive` (default) by those with a loss above 0. */
  readonly reduction?: Reduction;
}

/**
 * Triplet loss on squared L2 distances.
 *
 *   L = Σ max(0, ‖xₐ − xₚ‖² − ‖xₐ − xₙ‖² + α)
 *
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.1, Eq. 3.
 * Differs from the paper: adds the reductions `mean` and `meanActive`, which keep the step size independent of the number of triplets.
 * No triplets give a loss of 0 and a gradient of 0.
 */
export function tripletLoss(
  embeddings: Matrix,
  triplets: TripletIndices,
  options: TripletLossOptions = {},
): LossResult {
  const { margin = 0.2, reduction = "meanActive" } = options;
  if (!(margin > 0 && margin < 4)) {
    throw new RangeError(
      `Cannot compute the triplet loss: the margin must lie in (0, 4), current value is ${margin}`,
    );
  }
  const { data: x, columns: d } = embeddings;
  const gradient = matrix(embeddings.rows, d);
  const g = gradient.data;
  let loss = 0;
  let active = 0;
  for (let t = 0; t < triplets.count; t++) {
    const a = triplets.anchor[t] * d;
    const p = triplets.positive[t] * d;
    const n = triplets.negative[t] * d;
    let violation = margin;
    for (let k = 0; k < d; k++) violation += (x[a + k] - x[p + k]) ** 2 - (x[a + k] - x[n + k]) ** 2;
    if (!(violation > 0)) continue;
    loss += violation;
    active++;
    // d/da = 2(n − p), d/dp = 2(p − a), d/dn = 2(a − n)
    for (let k = 0; k < d; k++) {
      g[a + k] += 2 * (x[n + k] - x[p + k]);
      g[p + k] += 2 * (x[p + k] - x[a + k]);
      g[n + k] += 2 * (x[a + k] - x[n + k]);
    }
  }
  const divisor = divisorOf(reduction, triplets.count, active);
  if (divisor !== 1) for (let i = 0; i < g.length; i++) g[i] /= divisor;
  return { loss: loss / divisor, active, terms: triplets.count, gradient };
}
