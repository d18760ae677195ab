import { type Matrix, matrix } from "../core/matrix";
import { centerLoss, updatedCenters } from "../losses/center";
import { deepId2LossOnEngine, deepId2Margin } from "../losses/deepId2";
import { jointLoss } from "../losses/jointLoss";
import type { HeadLossResult } from "../losses/loss";
import { type SoftmaxLossResult, softmaxLossOnEngine } from "../losses/softmax";
import { sphereFaceLambda, sphereFaceLossOnEngine } from "../losses/sphereFace";
import { squaredL2OnEngine } from "../losses/squaredL2";
import type { Learned, Learner, ObjectiveContext, ObjectiveOptions } from "./learner";
import { pairsOf } from "./learnPairs";
import { type Kept, keptIn } from "./objective";

/** Softmax cross-entropy on free features. */
export function learnSoftmax({ reduction }: ObjectiveOptions, context: ObjectiveContext): Learner {
  return classifier(context, keptIn(), (x, classes, weights, bias) =>
    softmaxLossOnEngine(x, classes, weights, bias, { reduction }),
  );
}

/** Softmax + λ·center (Wen et al. 2016, Eq. 5; λ = 0.003 unless given); the centres move by their own rule after every batch. */
export function learnCenters({ lambda = 0.003 }: ObjectiveOptions, context: ObjectiveContext): Learner {
  const centers = matrix(context.classes, context.dimension);
  return classifier(context, keptIn(centers.data), (x, classes, weights, bias) => {
    const softmax = softmaxLossOnEngine(x, classes, weights, bias);
    const joint = jointLoss(softmax, centerLoss(x, classes, centers), lambda);
    centers.data.set(updatedCenters(x, classes, centers).data);
    return joint;
  });
}

/** Most pairs that decide DeepID2's margin. */
const RECENT_PAIRS = 20_000;
/** Steps between two resets of the margin. */
const MARGIN_EVERY = 50;

/**
 * Softmax + λ·verification on balanced pairs (DeepID2). The verification margin starts at the first batch's best threshold and is reset every
 * 50 steps to that of the pairs since: m is not learned by gradient (Sun et al. 2014, section 2).
 * Differs from the paper: the pairs since the last reset decide (the newest 20,000), there the last 200,000.
 */
export function learnDeepId2({ lambda }: ObjectiveOptions, context: ObjectiveContext): Learner {
  const margin = Float32Array.of(1);
  const step = Float32Array.of(0);
  const distances: Float32Array = new Float32Array(RECENT_PAIRS);
  const same: Float32Array = new Float32Array(RECENT_PAIRS);
  /** Pairs since the last reset; once there is no more room, the newest stand at this place modulo the room. */
  const held = Float32Array.of(0);
  return classifier(context, keptIn(margin, step, distances, same, held), (x, classes, weights, bias) => {
    const pairs = pairsOf(classes, context);
    const squared = squaredL2OnEngine.distances(x);
    const half = pairs.count / 2;
    for (let i = 0; i < pairs.count; i++) {
      // The pairs of one identity come first: one of each kind in turn, so that both are among the newest.
      const t = (i % 2) * half + Math.floor(i / 2);
      const place = held[0] % RECENT_PAIRS;
      distances[place] = Math.sqrt(squared[pairs.first[t] * x.rows + pairs.second[t]]);
      same[place] = pairs.same[t];
      held[0] = held[0] + 1 < 2 * RECENT_PAIRS ? held[0] + 1 : RECENT_PAIRS;
    }
    if (held[0] > 0 && step[0] % MARGIN_EVERY === 0) {
      const count = Math.min(held[0], RECENT_PAIRS);
      const best = deepId2Margin(distances.subarray(0, count), same.subarray(0, count));
      // Points that all lie in one place leave no threshold between them.
      if (best > 0 && Number.isFinite(best)) margin[0] = best;
      held[0] = 0;
    }
    step[0]++;
    return deepId2LossOnEngine(x, classes, weights, bias, pairs, { lambda, margin: margin[0] });
  });
}

/** SphereFace on free features (it keeps ‖x‖), λ annealed by the authors' schedule; its class weights have no bias. */
export function learnSphereFace({ margin, reduction }: ObjectiveOptions, context: ObjectiveContext): Learner {
  const step = Float32Array.of(0);
  return {
    ...angular("free", context, (x, classes, weights) =>
      sphereFaceLossOnEngine(x, classes, weights, { margin, reduction, lambda: sphereFaceLambda(step[0]++) }),
    ),
    kept: keptIn(step),
  };
}

type AngularLoss = (
  x: Matrix,
  classes: Int32Array,
  weights: Matrix,
  options: Pick<ObjectiveOptions, "margin" | "scale" | "reduction">,
) => HeadLossResult;

/** A classifier by cosines, whose loss normalises embeddings and weights inside. */
export function learnAngles(
  loss: AngularLoss,
): (options: ObjectiveOptions, context: ObjectiveContext) => Learner {
  return ({ margin, scale, reduction }, context) =>
    angular("unit", context, (x, classes, weights) =>
      loss(x, classes, weights, { margin, scale, reduction }),
    );
}

/** Class weights without bias and without decay: only their directions matter. */
function angular(
  features: Learner["features"],
  context: ObjectiveContext,
  loss: (x: Matrix, classes: Int32Array, weights: Matrix) => HeadLossResult,
): Learner {
  const weights = classWeights(context);
  return {
    features,
    trained: [{ values: weights.data, decays: false }],
    learn: (x, classes) => {
      const result = loss(x, classes, weights);
      return { ...classified(result), trainedGradients: [result.weightGradient.data] };
    },
  };
}

/** Class weights with bias on free features. */
function classifier(
  context: ObjectiveContext,
  kept: Kept,
  loss: (x: Matrix, classes: Int32Array, weights: Matrix, bias: Float32Array) => SoftmaxLossResult,
): Learner {
  const weights = classWeights(context);
  const bias: Float32Array = new Float32Array(context.classes);
  return {
    features: "free",
    trained: [
      { values: weights.data, decays: true },
      { values: bias, decays: false },
    ],
    kept,
    learn: (x, classes) => {
      const result = loss(x, classes, weights, bias);
      return { ...classified(result), trainedGradients: [result.weightGradient.data, result.biasGradient] };
    },
  };
}

/** Class weights C×D: normal with deviation √(1/D), so that logits start with the spread of the features. */
function classWeights({ classes, dimension, random, start = random }: ObjectiveContext): Matrix {
  const values: Float32Array = new Float32Array(classes * dimension);
  const deviation = Math.sqrt(1 / dimension);
  for (let i = 0; i < values.length; i++) values[i] = deviation * start.normal();
  return matrix(classes, dimension, values);
}

function classified({ loss, gradient, terms, accuracy }: HeadLossResult): Learned {
  return { loss, gradient, terms, activeFraction: terms > 0 ? 1 - accuracy : 0 };
}
