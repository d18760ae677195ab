import { type AlignMode, alignModes } from "../align/align";
import type { AlignOptions } from "../align/alignDataSet";
import { UsageError } from "../core/errors";
import { type ProtocolName, protocolNames } from "../data/open";
import { type MiningRule, miningRuleNames } from "../miners/rules";
import { type AugmentationName, augmentations } from "../train/augment";
import type { OptimizerName } from "../train/optimizers";
import { paperSettings, type TrainSettings } from "../train/settings";
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

export const alignOptions: OptionTable = {
  mode: {
    kind: "text",
    value: "MODE",
    help: "alignment of faces; left out: similarity",
    choices: alignModes,
  },
  size: {
    kind: "integer",
    help: "side of the net's input in pixels, a multiple of 16; left out: 64 for faces, 32 for drawings",
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
  identities: { kind: "integer", help: "identities P in a batch; left out: 32", least: 2, most: 4096 },
  images: { kind: "integer", help: "images K of each; left out: 4", least: 2, most: 1000 },
  negatives: {
    kind: "integer",
    help: "extra random negatives in a batch; left out: 0",
    least: 0,
    most: 100_000,
  },
  margin: { kind: "number", help: "margin on squared L2; left out: 0.2", least: 0.001, most: 3.999 },
  mining: {
    kind: "text",
    value: "RULE",
    help: "mining rule; left out: semi-hard-nearest, the paper's",
    choices: miningRuleNames,
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

export function alignOptionsOf(context: CommandContext): AlignOptions {
  const size = context.number("size");
  if (size !== undefined && size % 16 !== 0) {
    throw new UsageError(`Cannot use --size: it must be a multiple of 16, current value is ${size}`);
  }
  return {
    mode: context.text("mode") as AlignMode | undefined,
    size,
    useLandmarks: !context.flag("detect-always"),
  };
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
    identities: context.number("identities"),
    images: context.number("images"),
    extraNegatives: context.number("negatives"),
    margin: context.number("margin"),
    mining: context.text("mining") as MiningRule | undefined,
    augmentation: context.text("augmentation") as AugmentationName | undefined,
    optimizer,
    rate,
    chunk: context.number("chunk"),
  });
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
