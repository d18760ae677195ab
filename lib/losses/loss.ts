import type { Matrix } from "../core/matrix";

/**
 * What every loss function of this folder returns. Each loss has two forms with one signature: the readable reference in plain numbers
 * (`xLoss`), and the form that the trainer uses (`xLossOnEngine`), which puts the large products on the engine. A test holds the two equal.
 * Losses without a product of matrices (center, χ²) have one form. Losses never mine: they take index triplets, index pairs or labels.
 */
export interface LossResult {
  readonly loss: number;
  /** Terms (triplets, pairs or examples, as the loss's comment says) that contribute a loss above 0, and terms in all. */
  readonly active: number;
  readonly terms: number;
  /** dL/dx, N×D like the embeddings. */
  readonly gradient: Matrix;
}

/** A loss with one weight vector per identity, C×D (class weights or centres): its gradient comes along. */
export interface HeadLossResult extends LossResult {
  /** dL/dW, C×D. */
  readonly weightGradient: Matrix;
  /** Share of the examples whose highest logit is their own identity's, in [0, 1]. */
  readonly accuracy: number;
}

/** Index pairs into the rows of an embedding matrix: `same[t]` is 1 for one identity, 0 for two. */
export interface PairIndices {
  readonly count: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly same: Uint8Array;
}

/** How terms are summed up: `sum`; `mean` over all terms; `meanActive` over those with a loss above 0 (0 when there is none). */
export type Reduction = "sum" | "mean" | "meanActive";

/** What a reduction divides the sum by. Throws a RangeError for a name that is none. */
export function divisorOf(reduction: Reduction, terms: number, active: number): number {
  const divisors: Readonly<Record<Reduction, number>> = { sum: 1, mean: terms, meanActive: active };
  if (!Object.hasOwn(divisors, reduction)) {
    throw new RangeError(
      `Cannot reduce a loss: the reduction must be one of ${Object.keys(divisors).join(", ")}, current value is ${reduction}`,
    );
  }
  return Math.max(1, divisors[reduction]);
}
