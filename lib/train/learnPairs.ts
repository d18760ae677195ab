import type { Matrix } from "../core/matrix";
import { contrastiveLossOnEngine } from "../losses/contrastive";
import type { LossResult } from "../losses/loss";
import { balancedPairs } from "../miners/balancedPairs";
import type { Learned, Learner, ObjectiveContext, ObjectiveOptions } from "./learner";

/** The Siamese network's loss on balanced pairs of the batch (Chopra et al. 2005, Hadsell et al. 2006). */
export function learnContrastive(
  { margin, reduction }: ObjectiveOptions,
  { random }: ObjectiveContext,
): Learner {
  return {
    features: "unit",
    learn: (x, classes) =>
      learned(contrastiveLossOnEngine(x, balancedPairs(classes, random), { margin, reduction })),
  };
}

type BatchLoss = (x: Matrix, labels: Int32Array, options: ObjectiveOptions) => LossResult;

/** A loss that looks at the whole batch and needs no mining. */
export function learnBatch(loss: BatchLoss): (options: ObjectiveOptions) => Learner {
  return (options) => ({
    features: "unit",
    learn: (x, labels) => learned(loss(x, labels, options)),
  });
}

function learned({ loss, gradient, terms, active }: LossResult): Learned {
  return { loss, gradient, terms, activeFraction: active / Math.max(1, terms) };
}
