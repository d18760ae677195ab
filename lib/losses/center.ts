import type { Matrix } from "../core/matrix";
import { matrix } from "../core/matrix";
import { checkHead, checkInterval } from "./checks";
import { divisorOf, type LossResult, type Reduction } from "./loss";

/** Options of {@link centerLoss}. */
export interface CenterLossOptions {
  /** Weight λ, in [0, ∞); default 1. The paper adds this loss to softmax with λ = 0.003. */
  readonly lambda?: number;
  /** Over the examples; default `mean`. */
  readonly reduction?: Reduction;
}

/**
 * Center loss: pulls each embedding to the centre of its identity.
 *
 *   L = λ/2 Σᵢ ‖xᵢ − c_yᵢ‖²
 *
 * `labels` are classes in [0, C); `centers` C×D. The centres are not learned by this gradient: see {@link updatedCenters}. Alone it is least
 * for a constant embedding, so it goes with a softmax loss (Eq. 5): see `jointLoss`.
 * There is no product of matrices in it, so this is also the form that the trainer uses.
 * Source: Wen et al. (2016), section 3.2, Eq. 2 and 3.
 * Differs from the paper: the mean by default. An empty batch gives a loss of 0 and a gradient of 0.
 */
export function centerLoss(
  embeddings: Matrix,
  labels: Int32Array,
  centers: Matrix,
  options: CenterLossOptions = {},
): LossResult {
  const { lambda = 1, reduction = "mean" } = options;
  const name = "center loss";
  checkHead(name, embeddings, labels, centers);
  checkInterval(name, "lambda", lambda, "[0, ∞)");
  const { rows: n, columns: d, data: x } = embeddings;
  const gradient = matrix(n, d);
  let loss = 0;
  let active = 0;
  for (let i = 0; i < n; i++) {
    const c = labels[i] * d;
    let squared = 0;
    for (let k = 0; k < d; k++) {
      const difference = x[i * d + k] - centers.data[c + k];
      squared += difference * difference;
      gradient.data[i * d + k] = lambda * difference;
    }
    loss += (lambda / 2) * squared;
    if (lambda * squared > 0) active++;
  }
  const divisor = divisorOf(reduction, n, active);
  for (let at = 0; at < gradient.data.length; at++) gradient.data[at] /= divisor;
  return { loss: loss / divisor, active, terms: n, gradient };
}

/** Options of {@link updatedCenters}. */
export interface CenterUpdateOptions {
  /** Rate α of the centres, in [0, 1]; default 0.5, the paper's. */
  readonly rate?: number;
}

/**
 * The centres after a batch: each moves towards the mean of its examples, and less when there are few of them.
 *
 *   c_j + α Σᵢ δ(yᵢ = j)(xᵢ − c_j) / (1 + Σᵢ δ(yᵢ = j))
 *
 * Source: Wen et al. (2016), Eq. 4 and Algorithm 1 (which subtracts α Δc_j, Δc_j = Σ δ (c_j − xᵢ) / (1 + Σ δ)).
 * Differs from the paper: nothing. Identities that are not in the batch stay where they are.
 */
export function updatedCenters(
  embeddings: Matrix,
  labels: Int32Array,
  centers: Matrix,
  { rate = 0.5 }: CenterUpdateOptions = {},
): Matrix {
  checkHead("centre update", embeddings, labels, centers);
  checkInterval("centre update", "rate", rate, "[0, 1]");
  const { columns: d, data: x } = embeddings;
  const count = new Int32Array(centers.rows);
  const pull = new Float64Array(centers.data.length);
  labels.forEach((y, i) => {
    count[y]++;
    for (let k = 0; k < d; k++) pull[y * d + k] += x[i * d + k] - centers.data[y * d + k];
  });
  const moved = centers.data.map((c, at) => c + (rate * pull[at]) / (1 + count[Math.floor(at / d)]));
  return matrix(centers.rows, d, moved);
}
