import { type Matrix, matrix } from "../core/matrix";
import { checkInterval } from "./checks";
import type { LossResult } from "./loss";

/** What adds up. */
type Parts = Pick<LossResult, "loss" | "gradient">;

/**
 * First + λ·second of one batch: the losses and their gradients with respect to the embeddings add up. Everything else (weight gradients,
 * accuracy, active and terms) is the first's, so a classifier's loss goes first. λ in [0, ∞).
 *
 * Used by DeepID2 (softmax + λ·verification), and with center loss: softmax + λ·center (Wen et al. 2016, Eq. 5), and with mined triplets.
 */
export function jointLoss<First extends Parts>(first: First, second: Parts, lambda: number): First {
  checkInterval("joint loss", "lambda", lambda, "[0, ∞)");
  return {
    ...first,
    loss: first.loss + lambda * second.loss,
    gradient: sumOf(first.gradient, second.gradient, lambda),
  };
}

function sumOf(a: Matrix, b: Matrix, lambda: number): Matrix {
  if (a.rows !== b.rows || a.columns !== b.columns) {
    throw new RangeError(
      `Cannot compute the joint loss: both gradients must be of one batch, current values are ${a.rows}×${a.columns} and ${b.rows}×${b.columns}`,
    );
  }
  return matrix(
    a.rows,
    a.columns,
    a.data.map((g, at) => g + lambda * b.data[at]),
  );
}
