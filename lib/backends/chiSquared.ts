import { LabError } from "../core/errors";
import { checkFinite, type Matrix, matrix } from "../core/matrix";
import { checkAbove0, checkPairs, type PairRows } from "./backend";
import { chiSquaredVectors, component, normalised, scaleOf, split } from "./chiSquaredFeatures";
import { fitLogistic, type LogisticOptions } from "./logistic";

/** Pairs whose kind is known: `same[p]` is 1 for one identity. */
export interface LabelledPairs extends PairRows {
  readonly same: ArrayLike<number>;
}

/** What the learned χ² similarity knows. */
export interface ChiSquared {
  /** 1×D′: one over the largest value of each feature in training, 0 for a feature that was always 0. D′ is D, or 2D when negative features were split. */
  readonly scale: Matrix;
  /** w, 1×D′. May be negative, as in the paper's linear SVM. */
  readonly weights: Matrix;
  /** b, 1×1. */
  readonly bias: Matrix;
}

/** Options of {@link fitChiSquared}. */
export interface ChiSquaredOptions extends LogisticOptions {
  /** As in logistic regression on χ² vectors divided by their root mean square, so that it has no unit; above 0, default 1e-3. */
  readonly ridge?: number;
}

/**
 * Weighted χ² similarity of non-negative features: the log odds that two images show one identity.
 *
 *   score(f, g) = b − Σₖ wₖ (fₖ − gₖ)² / (fₖ + gₖ),   0/0 = 0;   f: each feature divided by its largest value in training, then ‖f‖ = 1
 *
 * Source: Taigman, Yang, Ranzato, Wolf (CVPR 2014), "DeepFace", section 4 (normalisation) and 4.1 (χ²).
 * Differs from the paper: w and b come from logistic regression, there from a linear SVM; both leave w free in sign. Its features are never negative
 * (ReLU); here features with negative values are split in two, max(0, f) and max(0, −f), so that nothing is lost.
 * Throws a LabError unless both kinds of pairs are there and the features are finite and not all 0.
 */
export function fitChiSquared(
  x: Matrix,
  pairs: LabelledPairs,
  options: ChiSquaredOptions = {},
): ChiSquared & { readonly trace: readonly number[] } {
  const { ridge = 1e-3, ...rest } = options;
  checkAbove0(ridge, "the ridge", "Cannot fit χ²");
  checkPairs(pairs, x.rows, "Cannot fit χ²");
  checkFinite(x, "the features");
  const signed = x.data.some((value) => value < 0);
  const features = signed ? split(x) : x;
  const scale = scaleOf(features);
  const vectors = chiSquaredVectors(normalised(features, scale), pairs);
  const meanSquare = vectors.data.reduce((sum, value) => sum + value * value, 0) / vectors.data.length;
  if (!(meanSquare > 0)) {
    throw new LabError(
      `Cannot fit χ²: the images of a pair must differ, current mean of χ² is ${meanSquare}`,
    );
  }
  const { weights, bias, trace } = fitLogistic(vectors, pairs.same, { ...rest, ridge: ridge * meanSquare });
  return {
    scale,
    weights: matrix(
      1,
      weights.length,
      Float32Array.from(weights, (value) => -value),
    ),
    bias: matrix(1, 1, Float32Array.of(bias)),
    trace,
  };
}

/** The score of rows i and j of `chiSquaredFeatures`. */
export function chiSquaredScore({ weights, bias }: ChiSquared, f: Matrix, i: number, j: number): number {
  let score = bias.data[0];
  for (let k = 0, a = i * f.columns, b = j * f.columns; k < f.columns; k++, a++, b++) {
    score -= weights.data[k] * component(f.data[a], f.data[b]);
  }
  return score;
}
