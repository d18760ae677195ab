import { type AlignMode, alignModes } from "../align/align";
import type { AlignOptions } from "../align/alignDataSet";
import { messageOf, UsageError } from "../core/errors";
import { createRandom } from "../core/random";
import { type ProtocolName, protocolNames } from "../data/open";
import { miningRuleNames } from "../miners/rules";
import { type NetName, namedNet, netNames } from "../nets/named";
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
import type { NetChoice } from "../walk/trainStage";
import type { CommandContext } from "./command";
import type { OptionTable } from "./options";

/** Options that several commands share, each with one meaning. */
export const dataOptions: OptionTable = {
  data: {
    kind: "text",
    value: "DIR",
    help: "folder with one folder per identity, or LFW's or Omniglot's own layout; or synthetic, omniglot, lfw; left out: synthetic faces, drawn first if need be",
  },
};

export const protocolOptions: OptionTable = {
  protocol: {
    kind: "text",
    value: "NAME",
    help: "who trains and who is tested",
    choices: protocolNames,
    default: "auto",
  },
  seed: { kind: "integer", help: "seed of everything that is drawn", default: 1 },
};

export const netOptions: OptionTable = {
  net: { kind: "text", value: "NAME", help: "net to train; left out: laptop", choices: netNames },
  embedding: { kind: "integer", help: "dimension of the embedding; left out: 128", least: 2, most: 4096 },
  "batch-norm": { kind: "flag", help: "batch normalisation in a net of the paper, which has none" },
};

/** The net that was asked for, and the input size that belongs to it. */
export function netOf(context: CommandContext): NetChoice {
  return withoutUndefined({
    name: context.text("net") as NetName | undefined,
    embedding: context.number("embedding"),
    batchNorm: context.flag("batch-norm") ? true : undefined,
  });
}

export const alignOptions: OptionTable = {
  mode: {
    kind: "text",
    value: "MODE",
    help: "alignment of faces; left out: similarity",
    choices: alignModes,
  },
  size: {
    kind: "integer",
    help: "side of the net's input in pixels; left out: 32 for drawings, for faces 64 or that of the named net",
    least: 16,
    most: 512,
  },
  "detect-always": { kind: "flag", help: "ask the detector even where a landmark file is known" },
};

export const trainOptions: OptionTable = {
  minutes: {
    kind: "number",
    value: "M",
    help: "training time; the result then depends on the machine's speed",
    least: 0.01,
    most: 100_000,
  },
  steps: { kind: "integer", help: "training steps, instead of minutes: repeatable", least: 1 },
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
  loss: {
    kind: "text",
    value: "NAME",
    help: "what is minimised; left out: triplet",
    choices: objectiveNames,
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
    help: "mining rule of triplet losses; left out: semi-hard-nearest, the paper's",
    choices: [...miningRuleNames, "drawn"],
  },
  memory: {
    kind: "integer",
    help: "embeddings of past batches that triplets are mined against; left out: none",
    least: 1,
    most: 1_000_000,
  },
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
  "checkpoint-every": {
    kind: "integer",
    value: "K",
    help: "steps between checkpoints",
    least: 1,
    default: 200,
  },
};

/** Alignment as asked; where a `net` is to be trained, the size is one that it takes. */
export function alignOptionsOf(context: CommandContext, net?: NetChoice): AlignOptions {
  const size = context.number("size");
  const usual = net === undefined || (net.name === undefined && size === undefined);
  return {
    mode: context.text("mode") as AlignMode | undefined,
    size: usual ? size : inputSizeOf(net, size),
    useLandmarks: !context.flag("detect-always"),
  };
}

/** The size that was given, or else the net's own. Throws a UsageError for one that the net cannot take. */
function inputSizeOf({ name = "laptop", ...options }: NetChoice, given: number | undefined): number {
  try {
    return namedNet(name, { ...options, inputSize: given }).inputSize;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

export function protocolOf(context: CommandContext): ProtocolName {
  return (context.text("protocol") ?? "auto") as ProtocolName;
}

/** Training settings that were given; the rest is left to the usual ones of the data. */
export function settingsOf(context: CommandContext): Partial<TrainSettings> {
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
    batch: batchOf(context),
    objective: objectiveOf(context),
    augmentation: context.text("augmentation") as AugmentationName | undefined,
    optimizer,
    rate,
    chunk: context.number("chunk"),
  });
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

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Partial<T>;
}

/** A name for a run folder from what a reader typed: letters, digits and dashes only. */
export function slug(text: string): string {
  const parts = text.split(/[\\/]/).filter(Boolean);
  const clean = (parts.at(-1) ?? "data")
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return clean.slice(0, 40).toLowerCase() || "data";
}

/** A required text option. */
export function required(context: CommandContext, name: string, meaning: string): string {
  const value = context.text(name);
  if (value === undefined) throw new UsageError(`--${name} is needed: ${meaning}`);
  return value;
}
