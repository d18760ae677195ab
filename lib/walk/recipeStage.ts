import type { BackendName } from "../backends/backend";
import type { LongWork } from "../core/progress";
import { createRandom, type Random } from "../core/random";
import { embedCrops } from "../train/embed";
import { readWeights } from "../train/flatWeights";
import { withProjection } from "../train/layers";
import type { TrainSettings } from "../train/settings";
import type { Trainer } from "../train/trainer";
import { type BackendResult, backendStage } from "./backendStage";
import type { Prepared } from "./prepare";
import type { Recipe, RecipeStage } from "./recipes";
import { mirrorAverageFor, type NetChoice, type TrainStageOptions, trainStage } from "./trainStage";

/** Options of {@link recipeStage}. */
export interface RecipeOptions extends LongWork {
  /** Settings of every stage; objective, layers and (where the recipe names one) the batch are the recipe's, the budget is split by its shares. */
  readonly settings: TrainSettings;
  readonly net?: NetChoice;
  /** Folder of a stage's checkpoints; stages count from 1. A finished stage is not trained again. */
  readonly checkpointsOf: (stage: number) => string;
  readonly checkpointEvery?: number;
  /** Points of the held-out curve of every stage; as in `trainStage`. */
  readonly evaluations?: number;
  /** Train a stage to its end also when that is hopeless; see `TrainStageOptions`. */
  readonly goOn?: boolean;
  readonly note?: (line: string) => void;
}

/** A recipe's last net, and its back-ends fitted on the training side and verified on the test side. The caller disposes the trainer. */
export interface RecipeResult {
  readonly trainer: Trainer;
  readonly backends: readonly BackendResult[];
}

/** The trainer of a recipe's last stage, for the caller to dispose; steps and training seconds of all stages. */
export interface TrainedRecipe {
  readonly trainer: Trainer;
  readonly steps: number;
  readonly seconds: number;
}

/** The training stages of a recipe, one after the other. */
export async function trainRecipe(
  prepared: Prepared,
  recipe: Recipe,
  options: RecipeOptions,
): Promise<TrainedRecipe> {
  const { settings, checkpointsOf, ...rest } = options;
  let trainer: Trainer | undefined;
  let [steps, seconds] = [0, 0];
  for (const [i, stage] of recipe.stages.entries()) {
    const before: Trainer | undefined = trainer;
    const random = createRandom(settings.seed).fork(`stage ${i + 1}`);
    trainer = await trainStage(prepared, {
      ...rest,
      settings: stageSettings(settings, stage, prepared.train.crops.labels.length),
      from: before && startOf(before, stage, random),
      checkpoints: checkpointsOf(i + 1),
    }).finally(() => before?.dispose());
    steps += trainer.steps;
    seconds += trainer.seconds;
  }
  return { trainer: trainer as Trainer, steps, seconds };
}

/** Where a later stage starts: at the net of the stage before, with a fresh projection if it asks for one. */
function startOf({ net }: Trainer, { projection }: RecipeStage, random: Random): TrainStageOptions["from"] {
  const weights = readWeights(net);
  return projection ? withProjection(net.spec, weights, random) : { spec: net.spec, weights };
}

/** Runs a recipe on prepared data: its training stages, then its back-ends beside plain squared L2. */
export async function recipeStage(
  prepared: Prepared,
  recipe: Recipe,
  options: RecipeOptions,
): Promise<RecipeResult> {
  const { trainer } = await trainRecipe(prepared, recipe, options);
  try {
    return { trainer, backends: await backendsOf(trainer, prepared, recipe, options) };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

async function backendsOf(
  { net }: Trainer,
  prepared: Prepared,
  recipe: Recipe,
  { settings, progress, signal }: RecipeOptions,
): Promise<BackendResult[]> {
  const mirrorAverage = mirrorAverageFor(prepared.opened.dataSet.kind);
  const { train, test, pairs } = prepared;
  const embed = { mirrorAverage, progress, signal };
  const features = {
    train: { x: await embedCrops(net, train.crops, embed), labels: train.crops.labels },
    test: { x: await embedCrops(net, test.crops, embed), labels: test.crops.labels, pairs },
  };
  const names: readonly BackendName[] = ["squared-l2", ...recipe.backends];
  return backendStage(features, { names, seed: settings.seed, progress, signal });
}

/** The settings of one stage: what the recipe says, over the reader's; a sequential batch holds at most all `images`. */
export function stageSettings(settings: TrainSettings, stage: RecipeStage, images: number): TrainSettings {
  const { budget } = settings;
  const batch = stage.batch ?? settings.batch;
  return {
    ...settings,
    objective: stage.objective,
    layers: stage.projection ? "last" : "all",
    batch: batch.sampler === "sequential" ? { ...batch, images: Math.min(batch.images, images) } : batch,
    budget:
      "steps" in budget
        ? { steps: Math.max(1, Math.round(budget.steps * stage.share)) }
        : { seconds: budget.seconds * stage.share },
  };
}
