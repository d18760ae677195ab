import type { HeadLossResult } from "../../lib/losses/loss";
import { assertClose, numericalGradient } from "../gradients";
import type { LossBatch } from "./batches";
import { cosine, mean, type Point, pointsOf, surprise } from "./oracle";

/** Logits of one embedding from its angles (radians) to all class weights. */
export type LogitsOf = (angles: readonly number[], label: number, point: Point) => number[];

/** Mean surprise over a batch whose logits are functions of angles: the oracle of the losses with a margin on the angle. */
export function angularOracle(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  { labels, weights }: LossBatch,
  logitsOf: LogitsOf,
): number {
  const classes = pointsOf(w, weights.columns);
  const losses = pointsOf(x, weights.columns).map((point, i) => {
    const angles = classes.map((weight) => Math.acos(cosine(point, weight)));
    return surprise(logitsOf(angles, labels[i], point), labels[i]);
  });
  return mean(losses);
}

/** Value and both gradients of a loss against the oracle, by central differences in float64. */
export function assertAngular(
  result: HeadLossResult,
  batch: LossBatch,
  logitsOf: LogitsOf,
  tolerance: number = 1e-5,
): void {
  const { x, weights } = batch;
  assertClose([result.loss], [angularOracle(x.data, weights.data, batch, logitsOf)], 1e-8);
  const byX = numericalGradient(
    (at) => angularOracle(at, weights.data, batch, logitsOf),
    Float64Array.from(x.data),
  );
  const byW = numericalGradient(
    (at) => angularOracle(x.data, at, batch, logitsOf),
    Float64Array.from(weights.data),
  );
  assertClose(result.gradient.data, byX, tolerance);
  assertClose(result.weightGradient.data, byW, tolerance);
}
