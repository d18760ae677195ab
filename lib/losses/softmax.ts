import { type Matrix, matrix } from "../core/matrix";
import { checkHead } from "./checks";
import { crossEntropyInPlace, shareRight } from "./crossEntropy";
import { divisorOf, type HeadLossResult, type Reduction } from "./loss";
import { float32, onEngine, onHost, type Products } from "./products";

/** Options of {@link softmaxLoss}. */
export interface SoftmaxLossOptions {
  /** Over the examples; default `mean`. */
  readonly reduction?: Reduction;
}

/** {@link HeadLossResult} with the gradient of the biases. */
export interface SoftmaxLossResult extends HeadLossResult {
  /** dL/db, C. */
  readonly biasGradient: Float32Array;
}

/**
 * Softmax cross-entropy on identities: the embeddings are free features, W and b the last layer of a classifier.
 *
 *   L = − Σᵢ ln softmax(W xᵢ + b)[yᵢ]
 *
 * `labels` are classes in [0, C); `weights` C×D; `bias` C. Terms are the examples.
 * Source: Taigman et al. (2014), section 3.1; Sun et al. (2014), Eq. 1 ("identification signal").
 * Differs from the papers: the mean by default. An empty batch gives a loss of 0 and gradients of 0.
 */
export function softmaxLoss(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  bias: Float32Array,
  options?: SoftmaxLossOptions,
): SoftmaxLossResult {
  return softmax(embeddings, labels, weights, bias, options, onHost);
}

/** {@link softmaxLoss} with the products on the engine. */
export function softmaxLossOnEngine(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  bias: Float32Array,
  options?: SoftmaxLossOptions,
): SoftmaxLossResult {
  return softmax(embeddings, labels, weights, bias, options, onEngine);
}

function softmax(
  embeddings: Matrix,
  labels: Int32Array,
  weights: Matrix,
  bias: Float32Array,
  { reduction = "mean" }: SoftmaxLossOptions = {},
  products: Products,
): SoftmaxLossResult {
  checkHead("softmax loss", embeddings, labels, weights, bias);
  const { rows: n, columns: d } = embeddings;
  const c = weights.rows;
  const logits = products.timesTransposed(embeddings.data, weights.data, n, c, d);
  for (let i = 0; i < n; i++) for (let j = 0; j < c; j++) logits[i * c + j] += bias[j];
  const accuracy = shareRight(logits, labels, c);
  const { slopes, loss, active } = crossEntropyInPlace(logits, labels, c);
  const divisor = divisorOf(reduction, n, active);
  for (let at = 0; at < slopes.length; at++) slopes[at] /= divisor;
  const biasGradient = new Float64Array(c);
  for (let i = 0; i < n; i++) for (let j = 0; j < c; j++) biasGradient[j] += slopes[i * c + j];
  return {
    loss: loss / divisor,
    active,
    terms: n,
    accuracy,
    gradient: matrix(n, d, float32(products.times(slopes, weights.data, n, c, d))),
    weightGradient: matrix(c, d, float32(products.transposedTimes(slopes, embeddings.data, n, c, d))),
    biasGradient: float32(biasGradient),
  };
}
