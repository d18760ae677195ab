import type { BatchChoice } from "../samplers/choice";
import { type AugmentationName, augmentations } from "./augment";
import { checkObjective, type ObjectiveChoice } from "./objectives";
import type { OptimizerName } from "./optimizers";

/** Everything that decides a training run, as plain data: it goes into checkpoints and cards, and a resumed run must have the same. */
export interface TrainSettings {
  readonly seed: number;
  /** The budget: optimiser steps, or seconds of training time. Steps make a run repeatable to the bit, seconds do not. */
  readonly budget: { readonly steps: number } | { readonly seconds: number };
  /** Which images stand in a batch together. */
  readonly batch: BatchChoice;
  /** What is minimised. */
  readonly objective: ObjectiveChoice;
  /** Which layers of the net are trained, see `buildNet`: the others stay as they are, their moving averages too. */
  readonly layers: "all" | "last";
  readonly augmentation: AugmentationName;
  readonly optimizer: OptimizerName;
  /** Highest learning rate. */
  readonly rate: number;
  readonly schedule: "cosine" | "constant";
  /** Steps of linear warm-up. */
  readonly warmup: number;
  /** Images that are back-propagated at once; a larger batch goes in chunks. */
  readonly chunk: number;
}

/** The defaults, weighed on LFW View 1; what each is worth: data/results/ablation.md. The paper's own choice is `paperSettings`. */
export const defaultSettings: TrainSettings = {
  seed: 1,
  budget: { seconds: 300 },
  batch: { sampler: "identities", identities: 32, images: 4 },
  objective: { name: "triplet", margin: 0.2, mining: "semi-hard-nearest" },
  layers: "all",
  augmentation: "light",
  optimizer: "adamw",
  rate: 5e-3,
  schedule: "cosine",
  warmup: 50,
  chunk: 256,
};

/** The paper's loss, mining rule and optimiser (sections 3.1 to 3.3): AdaGrad, start rate 0.05. */
export const paperSettings: Pick<TrainSettings, "optimizer" | "rate" | "objective"> = {
  optimizer: "adagrad",
  rate: 0.05,
  objective: { name: "triplet", margin: 0.2, mining: "semi-hard-nearest" },
};

/** Throws a RangeError that names the first setting out of range. */
export function checkSettings(settings: TrainSettings): void {
  const fail = (what: string, wanted: string, value: unknown): never => {
    throw new RangeError(`Cannot train: ${what} must be ${wanted}, current value is ${String(value)}`);
  };
  const { budget } = settings;
  if ("steps" in budget) {
    if (!Number.isInteger(budget.steps) || budget.steps < 1)
      fail("steps", "an integer of at least 1", budget.steps);
  } else if (!(budget.seconds > 0 && Number.isFinite(budget.seconds))) {
    fail("the time", "above 0", budget.seconds);
  }
  if (!Number.isSafeInteger(settings.seed)) fail("the seed", "an integer", settings.seed);
  if (!(settings.rate > 0 && settings.rate < 10)) fail("the learning rate", "in (0, 10)", settings.rate);
  checkObjective(settings.objective);
  if (settings.layers !== "all" && settings.layers !== "last") fail("layers", "all or last", settings.layers);
  if (!Number.isInteger(settings.warmup) || settings.warmup < 0)
    fail("warm-up", "an integer of at least 0", settings.warmup);
  if (!Number.isInteger(settings.chunk) || settings.chunk < 2)
    fail("the chunk", "an integer of at least 2", settings.chunk);
  if (!(settings.augmentation in augmentations)) {
    fail("augmentation", `one of ${Object.keys(augmentations).join(", ")}`, settings.augmentation);
  }
  if (settings.schedule !== "cosine" && settings.schedule !== "constant")
    fail("the schedule", "cosine or constant", settings.schedule);
}
