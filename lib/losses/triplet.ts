import type { Matrix } from "../core/matrix";
import { checkFinite, matrix, squaredL2 } from "../core/matrix";
import { checkIndices, checkInterval } from "./checks";
import { divisorOf, type LossResult, type Reduction } from "./loss";
import { float32 } from "./products";
import { sigmoid, softplus } from "./softSum";
import { squaredL2OnEngine } from "./squaredL2";

/** Index triplets into the rows of an embedding matrix. */
export interface TripletIndices {
  readonly count: number;
  readonly anchor: Int32Array;
  readonly positive: Int32Array;
  readonly negative: Int32Array;
}

/** Options of {@link tripletLoss}. */
export interface TripletLossOptions {
  /**
   * Margin α on squared L2 distances of unit vectors, in (0, 4); default 0.2, the paper's.
   * `soft` replaces max(0, z + α) by ln(1 + eᶻ), which has no margin and never is exactly 0 (Hermans, Beyer, Leibe 2017, section 2).
   */
  readonly margin?: number | "soft";
  /** `sum` is Eq. 3; `mean` divides by all triplets; `meanActive` (default) by those with a loss above 0. */
  readonly reduction?: Reduction;
}

/**
 * Triplet loss on squared L2 distances.
 *
 *   L = Σ max(0, ‖xₐ − xₚ‖² − ‖xₐ − xₙ‖² + α)
 *
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.1, Eq. 3.
 * Differs from the paper: adds the reductions `mean` and `meanActive`, which keep the step size independent of the number of triplets; the
 * soft margin is on squared L2 here, on L2 in its own paper.
 * No triplets give a loss of 0 and a gradient of 0.
 */
export function tripletLoss(
  embeddings: Matrix,
  triplets: TripletIndices,
  options: TripletLossOptions = {},
): LossResult {
  const { margin, reduction } = checked(embeddings, triplets, options);
  const { data: x, columns: d } = embeddings;
  const gradient = new Float64Array(x.length);
  let loss = 0;
  let active = 0;
  for (let t = 0; t < triplets.count; t++) {
    const { anchor, positive, negative } = triplets;
    const [a, p, n] = [anchor[t] * d, positive[t] * d, negative[t] * d];
    const { value, slope } = term(
      squaredL2(embeddings, anchor[t], embeddings, positive[t]) -
        squaredL2(embeddings, anchor[t], embeddings, negative[t]),
      margin,
    );
    if (value === 0) continue;
    loss += value;
    active++;
    // d/da = 2(n − p), d/dp = 2(p − a), d/dn = 2(a − n)
    for (let k = 0; k < d; k++) {
      gradient[a + k] += 2 * slope * (x[n + k] - x[p + k]);
      gradient[p + k] += 2 * slope * (x[p + k] - x[a + k]);
      gradient[n + k] += 2 * slope * (x[a + k] - x[n + k]);
    }
  }
  const divisor = divisorOf(reduction, triplets.count, active);
  const mean = float32(gradient.map((g) => g / divisor));
  return { loss: loss / divisor, active, terms: triplets.count, gradient: matrix(embeddings.rows, d, mean) };
}

/** Options of {@link tripletLossOnEngine}. */
export interface TripletLossOnEngineOptions extends TripletLossOptions {
  /** The first rows A that are anchors; the rows after them are constants (a memory), and the gradient has A rows. Default all. */
  readonly anchors?: number;
}

/** {@link tripletLoss} with distances and gradient by products on the engine: the cost, A·N·D for A anchors, hardly depends on the number of triplets. */
export function tripletLossOnEngine(
  embeddings: Matrix,
  triplets: TripletIndices,
  options: TripletLossOnEngineOptions = {},
): LossResult {
  const size = embeddings.rows;
  const { anchors = size } = options;
  if (!Number.isInteger(anchors) || anchors < 0 || anchors > size) {
    throw new RangeError(
      `Cannot compute the triplet loss: the anchors must be an integer in [0, ${size}], current value is ${anchors}`,
    );
  }
  const { margin, reduction } = checked(embeddings, triplets, options, anchors);
  const distances = squaredL2OnEngine.distances(embeddings, anchors);
  const slopes: Float32Array = new Float32Array(anchors * size);
  let loss = 0;
  let active = 0;
  for (let t = 0; t < triplets.count; t++) {
    const row = triplets.anchor[t] * size;
    const [p, n] = [row + triplets.positive[t], row + triplets.negative[t]];
    const { value, slope } = term(distances[p] - distances[n], margin);
    if (value === 0) continue;
    loss += value;
    active++;
    slopes[p] += slope;
    slopes[n] -= slope;
  }
  const divisor = divisorOf(reduction, triplets.count, active);
  const gradient = squaredL2OnEngine.gradient(embeddings, slopes, distances, divisor);
  return { loss: loss / divisor, active, terms: triplets.count, gradient };
}

/** A triplet's term as a function of z = D(a, p) − D(a, n), and its derivative. */
function term(z: number, margin: number | "soft"): { value: number; slope: number } {
  if (margin === "soft") return { value: softplus(z), slope: sigmoid(z) };
  return z + margin > 0 ? { value: z + margin, slope: 1 } : { value: 0, slope: 0 };
}

function checked(
  embeddings: Matrix,
  { count, anchor, positive, negative }: TripletIndices,
  { margin = 0.2, reduction = "meanActive" }: TripletLossOptions,
  anchors: number = embeddings.rows,
): { margin: number | "soft"; reduction: Reduction } {
  const loss = "triplet loss";
  if (margin !== "soft") checkInterval(loss, "margin", margin, "(0, 4)");
  if (count > 0) checkFinite(embeddings, "the embeddings");
  for (const [role, indices] of Object.entries({ anchor, positive, negative })) {
    checkIndices(loss, role, role === "anchor" ? anchors : embeddings.rows, indices, count);
  }
  return { margin, reduction };
}
