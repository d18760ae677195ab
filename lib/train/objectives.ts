/**
 * Every training objective by name, so that the trainer, the command line and notebooks swap them: one row each, with the options that it takes.
 * Options that are left out take the default of the loss (see its file in `lib/losses`).
 */
import { type Matrix, matrix } from "../core/matrix";
import type { Random } from "../core/random";
import { arcFaceLossOnEngine } from "../losses/arcFace";
import { cosFaceLossOnEngine } from "../losses/cosFace";
import type { HeadLossResult, Reduction } from "../losses/loss";
import { normalizedSoftmaxLossOnEngine } from "../losses/normalizedSoftmax";
import { softmaxLossOnEngine } from "../losses/softmax";
import { tripletLoss } from "../losses/triplet";
import { unitRows } from "../losses/unitRows";
import { type MiningRule, miningRules } from "../miners/rules";
import { batchStatistics, type Objective, type ObjectiveResult } from "./objective";

/** A training objective and its options; each takes the ones that its row in {@link objectives} lists. */
export interface ObjectiveChoice {
  readonly name: ObjectiveName;
  readonly margin?: number;
  readonly scale?: number;
  /** Mining rule of the triplet losses; default `semi-hard-nearest`, the paper's. */
  readonly mining?: MiningRule;
  readonly reduction?: Reduction;
}

export type ObjectiveOption = Exclude<keyof ObjectiveChoice, "name">;

/** What an objective is made for. */
export interface ObjectiveContext {
  /** Training identities C. */
  readonly classes: number;
  /** Dimension D of the embedding. */
  readonly dimension: number;
  /** For mining rules that draw. */
  readonly random: Random;
  /** For the start values of class weights; default `random`. A run that is resumed must not move the mining stream by them. */
  readonly start?: Random;
}

/** One row: `learn` gets the embeddings, the classes, and all squared L2 distances among the unit embeddings (N×N). */
interface Definition {
  readonly summary: string;
  readonly options: readonly ObjectiveOption[];
  make(choice: ObjectiveChoice, context: ObjectiveContext): Learner;
}

interface Learner extends Partial<Pick<Objective, "trained" | "kept">> {
  readonly features: Objective["features"];
  readonly learn: (x: Matrix, classes: Int32Array, distances: Float32Array) => Learned;
}

type Learned = Pick<ObjectiveResult, "loss" | "gradient" | "terms" | "activeFraction"> &
  Partial<Pick<ObjectiveResult, "trainedGradients">>;

export type ObjectiveName = "triplet" | "softmax" | "normalized-softmax" | "cosface" | "arcface";

export const objectives: Readonly<Record<ObjectiveName, Definition>> = {
  triplet: {
    summary: "triplet loss on mined triplets (FaceNet)",
    options: ["margin", "mining", "reduction"],
    make: tripletLearner,
  },
  softmax: {
    summary: "softmax cross-entropy on identities (DeepFace, VGG Face)",
    options: ["reduction"],
    make: ({ reduction }, context) => {
      const weights = classWeights(context);
      const bias: Float32Array = new Float32Array(context.classes);
      return {
        features: "free",
        trained: [
          { values: weights.data, decays: true },
          { values: bias, decays: false },
        ],
        learn: (x, classes) => {
          const result = softmaxLossOnEngine(x, classes, weights, bias, { reduction });
          return {
            ...classified(result),
            trainedGradients: [result.weightGradient.data, result.biasGradient],
          };
        },
      };
    },
  },
  "normalized-softmax": angular("softmax on cosines", ["scale", "reduction"], (x, classes, weights, choice) =>
    normalizedSoftmaxLossOnEngine(x, classes, weights, choice),
  ),
  cosface: angular("additive cosine margin (CosFace)", ["margin", "scale", "reduction"], cosFaceLossOnEngine),
  arcface: angular(
    "additive angular margin (ArcFace)",
    ["margin", "scale", "reduction"],
    arcFaceLossOnEngine,
  ),
};

export const objectiveNames: readonly ObjectiveName[] = Object.keys(objectives) as ObjectiveName[];

/** Throws a RangeError when the name is unknown or an option is given that this objective does not take. */
export function checkObjective(choice: ObjectiveChoice): void {
  if (!Object.hasOwn(objectives, choice.name)) {
    throw new RangeError(
      `Cannot train: the objective must be one of ${objectiveNames.join(", ")}, current value is ${String(choice.name)}`,
    );
  }
  const { options } = objectives[choice.name];
  for (const [option, value] of Object.entries(choice)) {
    if (option === "name" || value === undefined || options.includes(option as ObjectiveOption)) continue;
    throw new RangeError(
      `Cannot train with ${choice.name}: its options are ${options.join(", ") || "none"}, current value is ${option} ${String(value)}`,
    );
  }
}

/** Makes an objective. Throws a RangeError for an unknown name and for options that it does not take or that are out of range. */
export function createObjective(choice: ObjectiveChoice, context: ObjectiveContext): Objective {
  checkObjective(choice);
  const { features, trained = [], kept = [], learn } = objectives[choice.name].make(choice, context);
  const objective: Objective = {
    features,
    trained,
    kept,
    evaluate: (embeddings, classes) => {
      const distances = unitDistances(embeddings);
      return {
        trainedGradients: [],
        ...learn(embeddings, classes, distances),
        ...batchStatistics(distances, classes),
      };
    },
  };
  // An empty batch learns nothing, but its loss checks its options.
  learn(matrix(0, context.dimension), new Int32Array(0), new Float32Array(0));
  return objective;
}

function unitDistances(embeddings: Matrix): Float32Array {
  const { rows: n, columns: d } = embeddings;
  const { data } = unitRows(embeddings);
  const distances: Float32Array = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += (data[i * d + k] - data[j * d + k]) ** 2;
      distances[i * n + j] = sum;
      distances[j * n + i] = sum;
    }
  }
  return distances;
}

function tripletLearner(choice: ObjectiveChoice, { random }: ObjectiveContext): Learner {
  const { margin = 0.2, mining = "semi-hard-nearest", reduction } = choice;
  if (!Object.hasOwn(miningRules, mining)) {
    throw new RangeError(
      `Cannot mine triplets: the rule must be one of ${Object.keys(miningRules).join(", ")}, current value is ${String(mining)}`,
    );
  }
  return {
    features: "unit",
    learn: (x, labels, distances) => {
      const triplets = miningRules[mining]({ size: x.rows, distances, labels }, margin, random);
      const { loss, gradient, active } = tripletLoss(x, triplets, { margin, reduction });
      const chances = mining === "batch-hard" ? x.rows : positivePairs(labels);
      return { loss, gradient, terms: triplets.count, activeFraction: active / Math.max(1, chances) };
    },
  };
}

/** Ordered pairs (anchor, positive). */
function positivePairs(labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
}

type AngularLoss = (
  x: Matrix,
  classes: Int32Array,
  weights: Matrix,
  options: { readonly margin?: number; readonly scale?: number; readonly reduction?: Reduction },
) => HeadLossResult;

/** A classifier by cosines: class weights without biases. The loss normalises embeddings and weights inside. */
function angular(summary: string, options: readonly ObjectiveOption[], loss: AngularLoss): Definition {
  return {
    summary,
    options,
    make: ({ name: _, ...choice }, context) => {
      const weights = classWeights(context);
      return {
        features: "unit",
        trained: [{ values: weights.data, decays: false }],
        learn: (x, classes) => {
          const result = loss(x, classes, weights, choice);
          return { ...classified(result), trainedGradients: [result.weightGradient.data] };
        },
      };
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
