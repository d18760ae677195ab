import { type AlignMode, alignModes } from "../align/align";
import type { AlignOptions } from "../align/alignDataSet";
import { DEFAULT_TEMPLATE, templateNames } from "../align/templates";
import { UsageError } from "../core/errors";
import { type ProtocolName, protocolNames } from "../data/open";
import type { NetChoice } from "../walk/trainStage";
import type { CommandContext } from "./command";
import { inputSizeOf } from "./netOptions";
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

/** For studies that train every contestant several times. */
export const seedsOption: OptionTable = {
  seeds: { kind: "integer", help: "how many seeds, from --seed on", least: 1, most: 1000, default: 3 },
};

export function seedsOf(context: CommandContext): number[] {
  const seed = context.number("seed") as number;
  return Array.from({ length: context.number("seeds") as number }, (_, i) => seed + i);
}

/** The parts of a text option between its commas. */
export function listOf(context: CommandContext, name: string): string[] | undefined {
  return context
    .text(name)
    ?.split(",")
    .map((part) => part.trim());
}

export const alignOptions: OptionTable = {
  mode: {
    kind: "text",
    value: "MODE",
    help: "alignment of faces; left out: similarity",
    choices: alignModes,
  },
  template: {
    kind: "text",
    value: "NAME",
    help: `where the five points of a face lie in an aligned crop; left out: ${DEFAULT_TEMPLATE}`,
    choices: templateNames(),
  },
  size: {
    kind: "integer",
    help: "side of the net's input in pixels; left out: 32 for drawings, for faces 64 or that of the named net",
    least: 16,
    most: 512,
  },
  "detect-always": { kind: "flag", help: "ask the detector even where a landmark file is known" },
};

export const turnOptions: OptionTable = {
  turns: {
    kind: "flag",
    help: "train on quarter turns of drawings as well, each an identity of its own",
  },
};

/** Alignment as asked; where a `net` is to be trained, the size is one that it takes. */
export function alignOptionsOf(context: CommandContext, net?: NetChoice): AlignOptions {
  const size = context.number("size");
  const [mode, template] = [context.text("mode") as AlignMode | undefined, context.text("template")];
  if (template !== undefined && mode !== undefined && mode !== "similarity") {
    throw new UsageError(
      `Cannot align: a template is for --mode similarity, current value is --mode ${mode} with --template ${template}`,
    );
  }
  const usual = net === undefined || (net.name === undefined && size === undefined);
  return {
    mode,
    template,
    size: usual ? size : inputSizeOf(net, size),
    useLandmarks: !context.flag("detect-always"),
  };
}

export function protocolOf(context: CommandContext): ProtocolName {
  return (context.text("protocol") ?? "auto") as ProtocolName;
}

/** Throws a UsageError for an option that was given where nothing reads it; `why` goes on after its name. */
export function refuseGiven(context: CommandContext, options: readonly string[], why: string): void {
  const idle = options.find((option) => context.given(option));
  if (idle !== undefined) throw new UsageError(`Cannot use --${idle} ${why}`);
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
