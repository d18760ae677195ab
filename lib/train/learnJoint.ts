import { jointLoss } from "../losses/jointLoss";
import { normalizedSoftmaxLossOnEngine } from "../losses/normalizedSoftmax";
import { learnAngles } from "./learnClasses";
import type { Learner, ObjectiveContext, ObjectiveOptions } from "./learner";
import { learnTriplets } from "./learnTriplets";

/**
 * Softmax of scaled cosines (s = 16 unless given) + λ·mined triplets (λ = 1) of the same unit embedding: an image teaches by its identity's direction, and by
 * the distances to the images beside it. As in person re-identification (Luo et al. 2019, "Bag of Tricks", section 4).
 * Differs from the paper: cosines instead of free features, no smoothed labels, no center loss.
 */
export function learnJoint(
  { lambda = 1, scale = 16, margin, mining, reduction }: ObjectiveOptions,
  context: ObjectiveContext,
): Learner {
  const classes = learnAngles(normalizedSoftmaxLossOnEngine)({ scale, reduction }, context);
  const triplets = learnTriplets(false)({ margin, mining, reduction }, context);
  return {
    ...classes,
    learn: (x, labels, batch) =>
      jointLoss(classes.learn(x, labels, batch), triplets.learn(x, labels, batch), lambda),
  };
}
