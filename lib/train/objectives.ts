/**
 * Every training objective by name, so that the trainer, the command line and notebooks swap them: one row each, with the options that it takes.
 * Learned χ² is not here: it is a back-end on frozen features (`lib/backends`), as in the paper.
 */
import { type Matrix, matrix } from "../core/matrix";
import { createRandom } from "../core/random";
import { arcFaceLossOnEngine } from "../losses/arcFace";
import { circleLossOnEngine } from "../losses/circle";
import { cosFaceLossOnEngine } from "../losses/cosFace";
import { liftedStructureLossOnEngine } from "../losses/liftedStructure";
import { multiSimilarityLossOnEngine } from "../losses/multiSimilarity";
import { normalizedSoftmaxLossOnEngine } from "../losses/normalizedSoftmax";
import { supervisedContrastiveLossOnEngine } from "../losses/supervisedContrastive";
import { unitRows } from "../losses/unitRows";
import { miningBatch } from "../miners/batch";
import { learnAngles, learnCenters, learnDeepId2, learnSoftmax, learnSphereFace } from "./learnClasses";
import type { Learner, ObjectiveContext, ObjectiveOptions } from "./learner";
import { learnJoint } from "./learnJoint";
import { learnBatch, learnContrastive } from "./learnPairs";
import { learnTriplets } from "./learnTriplets";
import { batchStatistics, keptIn, type Objective, type ObjectiveResult } from "./objective";

export type ObjectiveName =
  | "triplet"
  | "soft-triplet"
  | "contrastive"
  | "softmax"
  | "deepid2"
  | "center"
  | "joint"
  | "normalized-softmax"
  | "sphereface"
  | "cosface"
  | "arcface"
  | "multi-similarity"
  | "supervised-contrastive"
  | "lifted-structure"
  | "circle";

/** A training objective and its options, as plain data. */
export interface ObjectiveChoice extends ObjectiveOptions {
  readonly name: ObjectiveName;
}

interface Definition {
  readonly summary: string;
  readonly options: readonly (keyof ObjectiveOptions)[];
  readonly make: (options: ObjectiveOptions, context: ObjectiveContext) => Learner;
}

export const objectives: Readonly<Record<ObjectiveName, Definition>> = {
  triplet: row("mined triplets (FaceNet)", ["margin", "mining", "memory", "reduction"], learnTriplets(false)),
  "soft-triplet": row("triplets with a soft margin", ["mining", "memory", "reduction"], learnTriplets(true)),
  contrastive: row("pairs (Siamese network)", ["margin", "reduction"], learnContrastive),
  softmax: row("classification (DeepFace, VGG Face)", ["reduction"], learnSoftmax),
  deepid2: row("softmax + λ·verification (DeepID2)", ["lambda"], learnDeepId2),
  center: row("softmax + λ·center loss", ["lambda"], learnCenters),
  joint: row(
    "softmax of cosines + λ·mined triplets",
    ["lambda", "scale", "margin", "mining", "reduction"],
    learnJoint,
  ),
  "normalized-softmax": row(
    "softmax of cosines",
    ["scale", "reduction"],
    learnAngles(normalizedSoftmaxLossOnEngine),
  ),
  sphereface: row("multiplied angle", ["margin", "reduction"], learnSphereFace),
  cosface: row("cosine minus a margin", ["margin", "scale", "reduction"], learnAngles(cosFaceLossOnEngine)),
  arcface: row("angle plus a margin", ["margin", "scale", "reduction"], learnAngles(arcFaceLossOnEngine)),
  "multi-similarity": row(
    "weighted pairs of a batch",
    ["reduction"],
    learnBatch(multiSimilarityLossOnEngine),
  ),
  "supervised-contrastive": row(
    "each positive against the batch",
    ["temperature", "reduction"],
    learnBatch(supervisedContrastiveLossOnEngine),
  ),
  "lifted-structure": row(
    "all negatives of each pair",
    ["margin", "reduction"],
    learnBatch(liftedStructureLossOnEngine),
  ),
  circle: row(
    "pairs weighted by how far they have to go",
    ["margin", "reduction"],
    learnBatch(circleLossOnEngine),
  ),
};

export const objectiveNames: readonly ObjectiveName[] = Object.keys(objectives) as ObjectiveName[];

function row(summary: string, options: Definition["options"], make: Definition["make"]): Definition {
  return { summary, options, make };
}

/** Throws a RangeError when the name is unknown or an option is given that this objective does not take. */
export function checkObjective(choice: ObjectiveChoice): void {
  if (!Object.hasOwn(objectives, choice.name)) {
    throw new RangeError(
      `Cannot train: the objective must be one of ${objectiveNames.join(", ")}, current value is ${String(choice.name)}`,
    );
  }
  const { options } = objectives[choice.name];
  for (const [option, value] of Object.entries(choice)) {
    if (option === "name" || value === undefined || (options as readonly string[]).includes(option)) continue;
    throw new RangeError(
      `Cannot train with ${choice.name}: its options are ${options.join(", ")}, current value is ${option} ${String(value)}`,
    );
  }
}

/** Makes an objective. Throws a RangeError for an unknown name and for options that it does not take or that are out of range. */
export function createObjective(choice: ObjectiveChoice, context: ObjectiveContext): Objective {
  checkObjective(choice);
  const { name, ...options } = choice;
  const { make } = objectives[name];
  // An empty batch learns nothing, but its loss checks its options; what it moves is thrown away.
  const trial = { classes: 1, dimension: context.dimension, random: createRandom(0) };
  const nothing = matrix(0, context.dimension);
  const none = new Int32Array(0);
  make(options, trial).learn(nothing, none, miningBatch(nothing, none));
  const { features, trained = [], kept = keptIn(), learn } = make(options, context);
  return {
    features,
    trained,
    kept,
    evaluate: (embeddings, classes) => {
      if (!embeddings.data.every(Number.isFinite)) return lost(embeddings);
      const batch = miningBatch(features === "unit" ? embeddings : unit(embeddings), classes);
      const learned = learn(embeddings, classes, batch);
      return { trainedGradients: [], ...learned, ...batchStatistics(batch.distances, classes) };
    },
  };
}

function unit(features: Matrix): Matrix {
  return matrix(features.rows, features.columns, new Float32Array(unitRows(features).data));
}

/** Embeddings that are not finite: a loss of NaN, for the trainer to report with its step. */
function lost({ rows, columns }: Matrix): ObjectiveResult {
  const none = Number.NaN;
  return {
    loss: none,
    gradient: matrix(rows, columns),
    trainedGradients: [],
    terms: 0,
    activeFraction: 0,
    meanPositive: none,
    meanNegative: none,
    hardestPositive: none,
    hardestNegative: none,
    batchRank: none,
  };
}
