import { LabError } from "../core/errors";
import { checkFinite, type Matrix, matrix } from "../core/matrix";
import { checkIndices } from "./checks";
import { divisorOf, type LossResult, type PairIndices, type Reduction } from "./loss";
import { float32 } from "./products";
import { sigmoid, softplus } from "./softSum";

/** Options of {@link chiSquareLoss}. */
export interface ChiSquareLossOptions {
  /** Over the pairs; default `mean`. */
  readonly reduction?: Reduction;
}

/** {@link LossResult} with the gradients of the similarity itself. */
export interface ChiSquareLossResult extends LossResult {
  /** dL/dw, D. */
  readonly weightGradient: Float32Array;
  /** dL/db. */
  readonly biasGradient: number;
  /** Share of the pairs on the right side of χ² = b, in [0, 1]. */
  readonly accuracy: number;
}

/**
 * Learned χ² similarity: how far apart two features are, each dimension with its own weight.
 *
 *   χ²(f, g) = Σₖ wₖ (fₖ − gₖ)² / (fₖ + gₖ)
 *
 * `weights` has D values. Features must be ≥ 0: a negative one is a LabError that names its row. A dimension that is 0 in both adds 0.
 * Source: Taigman et al. (2014), section 4.1.
 */
export function chiSquare(features: Matrix, i: number, j: number, weights: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < features.columns; k++) sum += weights[k] * part(features, i, j, k).value;
  return sum;
}

/**
 * Logistic loss of the learned χ² similarity on pairs: P(same) = σ(b − χ²).
 *
 *   L = Σ ln(1 + e^{χ² − b}) (same)  +  Σ ln(1 + e^{b − χ²}) (different)
 *
 * There is no product of matrices in it, so this is also the form that the trainer uses.
 * Source: Taigman et al. (2014), section 4.1.
 * Differs from the paper: w is learned by logistic regression, in the paper by a linear support vector machine; the gradient also reaches the
 * features. A dimension that is 0 in both features adds 0 and gets a gradient of 0. No pairs give a loss of 0 and gradients of 0.
 */
export function chiSquareLoss(
  features: Matrix,
  pairs: PairIndices,
  weights: Float32Array,
  bias: number,
  options: ChiSquareLossOptions = {},
): ChiSquareLossResult {
  check(features, pairs, weights, bias);
  const { rows, columns: d } = features;
  const gradient = new Float64Array(rows * d);
  const weightGradient = new Float64Array(d);
  let [loss, active, right, biasGradient] = [0, 0, 0, 0];
  for (let t = 0; t < pairs.count; t++) {
    const [i, j, sign] = [pairs.first[t], pairs.second[t], pairs.same[t] ? 1 : -1];
    const z = sign * (chiSquare(features, i, j, weights) - bias);
    const value = softplus(z);
    const slope = sign * sigmoid(z);
    loss += value;
    if (value > 0) active++;
    if (z < 0) right++;
    biasGradient -= slope;
    for (let k = 0; k < d; k++) {
      const { value, byFirst, bySecond } = part(features, i, j, k);
      weightGradient[k] += slope * value;
      gradient[i * d + k] += slope * weights[k] * byFirst;
      gradient[j * d + k] += slope * weights[k] * bySecond;
    }
  }
  const divisor = divisorOf(options.reduction ?? "mean", pairs.count, active);
  const reduced = (sums: Float64Array): Float32Array => float32(sums.map((g) => g / divisor));
  return {
    loss: loss / divisor,
    active,
    terms: pairs.count,
    gradient: matrix(rows, d, reduced(gradient)),
    weightGradient: reduced(weightGradient),
    biasGradient: biasGradient / divisor,
    accuracy: right / Math.max(1, pairs.count),
  };
}

/** One dimension's (f − g)² / (f + g) and its derivatives; with r = (f − g) / (f + g) they are r(2 − r) by f and −r(2 + r) by g. */
function part(features: Matrix, i: number, j: number, k: number) {
  const [f, g] = [featureAt(features, i, k), featureAt(features, j, k)];
  const r = f + g > 0 ? (f - g) / (f + g) : 0;
  return { value: r * (f - g), byFirst: r * (2 - r), bySecond: -r * (2 + r) };
}

function featureAt({ data, columns }: Matrix, row: number, column: number): number {
  const value = data[row * columns + column];
  if (value < 0) {
    throw new LabError(
      `Cannot compute the χ² similarity: features must be at least 0, row ${row} column ${column} is ${value}`,
    );
  }
  return value;
}

function check(
  features: Matrix,
  { count, first, second }: PairIndices,
  weights: Float32Array,
  bias: number,
): void {
  const loss = "χ² loss";
  checkFinite(features, "the features");
  if (weights.length !== features.columns || !weights.every(Number.isFinite) || !Number.isFinite(bias)) {
    throw new RangeError(
      `Cannot compute the ${loss}: ${features.columns} finite weights and a finite bias are needed, current values are ${weights.length} weights and bias ${bias}`,
    );
  }
  checkIndices(loss, "first of a pair", features.rows, first, count);
  checkIndices(loss, "second of a pair", features.rows, second, count);
}
