import { withoutUndefined } from "../core/defined";
import { messageOf, UsageError } from "../core/errors";
import { createRandom } from "../core/random";
import { miningRuleNames } from "../miners/rules";
import { type BatchChoice, type SamplerName, samplerNames } from "../samplers/choice";
import { type AugmentationName, augmentations } from "../train/augment";
import {
  createObjective,
  type ObjectiveChoice,
  type ObjectiveName,
  objectiveNames,
} from "../train/objectives";
import type { OptimizerName } from "../train/optimizers";
import { paperSettings, type TrainSettings } from "../train/settings";
import type { CommandContext } from "./command";
import type { OptionTable } from "./options";

/** How long and how a net is trained, whatever is minimised. */
const budgetOptions: OptionTable = {
  minutes: {
    kind: "number",
    value: "M",
    help: "training time; the result then depends on the machine's speed",
    least: 0.01,
    most: 100_000,
  },
  steps: { kind: "integer", help: "training steps, instead of minutes: repeatable", least: 1 },
  augmentation: {
    kind: "text",
    value: "NAME",
    help: "random changes to training crops",
    choices: Object.keys(augmentations),
  },
  optimizer: {
    kind: "text",
    value: "NAME",
    help: "adamw (usual) or the paper's adagrad",
    choices: ["adamw", "adagrad"],
  },
  rate: {
    kind: "number",
    help: "highest learning rate; left out: 0.005, or 0.05 with adagrad",
    least: 1e-8,
    most: 9.99,
  },
  chunk: { kind: "integer", help: "images back-propagated at once; left out: 256", least: 2, most: 100_000 },
};

/** A run that is hopeless stops. */
export const goOnOption: OptionTable = {
  "go-on": { kind: "flag", help: "train to the end also when the run is hopeless; left out: it stops then" },
};

/** What happens on the way of a run that keeps checkpoints. */
const loopOptions: OptionTable = {
  "checkpoint-every": {
    kind: "integer",
    value: "K",
    help: "steps between checkpoints",
    least: 1,
    default: 200,
  },
  ...goOnOption,
};

/** Everything about a run but its batches and what is minimised. */
export const runOptions: OptionTable = { ...budgetOptions, ...loopOptions };

/** What `explore` shows on its slider. */
export const snapshotOptions: OptionTable = {
  snapshots: {
    kind: "integer",
    value: "N",
    help: "embeddings of the test images kept N times on the way (and before the first step), for explore; 0: none",
    least: 0,
    most: 50,
    default: 0,
  },
};

const batchOptions: OptionTable = {
  sampler: {
    kind: "text",
    value: "NAME",
    help: "which images stand in a batch together; left out: identities",
    choices: samplerNames,
  },
  identities: { kind: "integer", help: "identities P in a batch; left out: 32", least: 2, most: 4096 },
  images: {
    kind: "integer",
    help: "images K of each; left out: 4. Sequential: all images of a batch; left out: 128",
    least: 2,
    most: 100_000,
  },
  negatives: {
    kind: "integer",
    help: "extra random negatives in a batch; left out: 0",
    least: 0,
    most: 100_000,
  },
  pairs: {
    kind: "integer",
    help: "pairs of each kind, for the sampler pairs; left out: 32",
    least: 1,
    most: 100_000,
  },
  triplets: {
    kind: "integer",
    help: "triplets in a batch, for offline mining; left out: 42",
    least: 1,
    most: 100_000,
  },
  subset: { kind: "integer", help: "images that are mined offline; left out: 2000", least: 3 },
  every: { kind: "integer", help: "steps between two offline minings; left out: 200", least: 1 },
};

const objectiveOptions: OptionTable = {
  loss: {
    kind: "text",
    value: "NAME",
    help: "what is minimised; left out: triplet",
    choices: objectiveNames,
  },
  margin: {
    kind: "number",
    help: "the loss's margin; left out: 0.2 on squared L2 for triplet, else its paper's",
  },
  scale: { kind: "number", help: "scale of the cosines, for losses on angles; left out: the paper's" },
  temperature: { kind: "number", help: "divides cosines, for supervised-contrastive; left out: the paper's" },
  lambda: {
    kind: "number",
    help: "weight of the second part, for deepid2 and center; left out: the paper's",
  },
  mining: {
    kind: "text",
    value: "RULE",
    help: "mining rule of triplet losses; left out: semi-hard-nearest, the paper's; batch-hard for soft-triplet",
    choices: [...miningRuleNames, "drawn"],
  },
  memory: {
    kind: "integer",
    help: "embeddings of past batches that triplets are mined against; left out: none",
    least: 1,
    most: 1_000_000,
  },
};

/** Everything that decides a training run but the net: what `settingsOf` reads. */
export const settingOptions: OptionTable = { ...budgetOptions, ...batchOptions, ...objectiveOptions };

/** {@link settingOptions}, and what happens on the way. */
export const trainOptions: OptionTable = { ...settingOptions, ...loopOptions };

/** Settings of {@link runOptions} that were given. */
export function runSettingsOf(context: CommandContext): Partial<TrainSettings> {
  const minutes = context.number("minutes");
  const steps = context.number("steps");
  if (minutes !== undefined && steps !== undefined) {
    throw new UsageError("Cannot use --minutes and --steps together: give one of them");
  }
  const optimizer = context.text("optimizer") as OptimizerName | undefined;
  const rate = context.number("rate") ?? (optimizer === "adagrad" ? paperSettings.rate : undefined);
  return withoutUndefined({
    seed: context.number("seed") ?? 1,
    budget: steps !== undefined ? { steps } : minutes !== undefined ? { seconds: 60 * minutes } : undefined,
    augmentation: context.text("augmentation") as AugmentationName | undefined,
    optimizer,
    rate,
    chunk: context.number("chunk"),
  });
}

/** Settings of {@link trainOptions} that were given; the rest is left to the usual ones of the data. */
export function settingsOf(context: CommandContext): Partial<TrainSettings> {
  const chosen = withoutUndefined({ batch: batchOf(context), objective: objectiveOf(context) });
  return { ...runSettingsOf(context), ...chosen };
}

const batchCounts = {
  identities: { identities: 32, images: 4, negatives: 0 },
  pairs: { pairs: 32 },
  sequential: { images: 128 },
  offline: { triplets: 42, subset: 2000, every: 200 },
} as const;

/** The batch as given; undefined when nothing of it was. Throws a UsageError for a count that the sampler does not take. */
function batchOf(context: CommandContext): BatchChoice | undefined {
  const names = ["identities", "images", "negatives", "pairs", "triplets", "subset", "every"] as const;
  const given = withoutUndefined(Object.fromEntries(names.map((name) => [name, context.number(name)])));
  const chosen = context.text("sampler") as SamplerName | undefined;
  if (chosen === undefined && Object.keys(given).length === 0) return undefined;
  const sampler = chosen ?? "identities";
  const taken = Object.keys(batchCounts[sampler]);
  const foreign = Object.keys(given).find((name) => !taken.includes(name));
  if (foreign !== undefined) {
    throw new UsageError(
      `Cannot use --${foreign} with the sampler ${sampler}: it takes ${taken.map((name) => `--${name}`).join(", ")}`,
    );
  }
  const { negatives, ...counts } = { ...batchCounts[sampler], ...given } as Record<string, number>;
  return { sampler, ...counts, ...(negatives > 0 && { extraNegatives: negatives }) } as BatchChoice;
}

/** The objective and its options as given; undefined when nothing of it was. Throws a UsageError for an option that the loss does not take. */
function objectiveOf(context: CommandContext): ObjectiveChoice | undefined {
  const options = withoutUndefined({
    margin: context.number("margin"),
    scale: context.number("scale"),
    temperature: context.number("temperature"),
    lambda: context.number("lambda"),
    mining: context.text("mining") as ObjectiveChoice["mining"],
    memory: context.number("memory"),
  });
  const name = context.text("loss") as ObjectiveName | undefined;
  if (name === undefined && Object.keys(options).length === 0) return undefined;
  const choice: ObjectiveChoice = { name: name ?? "triplet", ...options };
  try {
    createObjective(choice, { classes: 2, dimension: 2, random: createRandom(0) });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
  return choice;
}
