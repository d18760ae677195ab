import type { Matrix } from "../core/matrix";
import { contrastiveLossOnEngine } from "../losses/contrastive";
import type { LossResult } from "../losses/loss";
import { balancedPairs, drawnPairs, type Pairs } from "../miners/balancedPairs";
import type { Learned, Learner, ObjectiveContext, ObjectiveOptions } from "./learner";

/** The Siamese network's loss on balanced pairs (Chopra et al. 2005, Hadsell et al. 2006). */
export function learnContrastive(
  { margin, reduction }: ObjectiveOptions,
  context: ObjectiveContext,
): Learner {
  return {
    features: "unit",
    learn: (x, classes) =>
      learned(contrastiveLossOnEngine(x, pairsOf(classes, context), { margin, reduction })),
  };
}

/** The pairs that the sampler drew, or balanced pairs of the batch. */
export function pairsOf(
  classes: Int32Array,
  { random, pairsDrawn = false }: Pick<ObjectiveContext, "random" | "pairsDrawn">,
): Pairs {
  return pairsDrawn ? drawnPairs(classes) : balancedPairs(classes, random);
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
