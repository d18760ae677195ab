import { UsageError } from "../../core/errors";
import { countNet } from "../../nets/count";
import { type NamedNetOptions, namedNet, netNames } from "../../nets/named";
import type { NetSpec } from "../../nets/spec";
import { type NetTable, netTable, netTableText } from "../../nets/table";
import { type NetTrial, tryNet } from "../../train/tryNet";
import type { Command, CommandContext } from "../command";

export const netCommand: Command = {
  name: "net",
  summary: "print a net's table: shapes, parameters, multiply-adds, and what the paper prints",
  arguments: "[NAME]",
  mostPositionals: 1,
  options: {
    all: { kind: "flag", help: `every net: ${netNames.join(", ")}` },
    embedding: { kind: "integer", help: "dimension of the embedding; left out: 128", least: 2, most: 4096 },
    size: {
      kind: "integer",
      help: "side of the input in pixels; left out: the net's own",
      least: 16,
      most: 512,
    },
    "batch-norm": { kind: "flag", help: "the variant with batch normalisation, which the paper has not" },
    run: {
      kind: "flag",
      help: "build it, embed a batch of noise and take one training step: time and memory",
    },
  },
  examples: [
    "facenet-lab net NN2",
    "facenet-lab net NN1 --run",
    "facenet-lab net NN4 --embedding 256 --batch-norm",
    "facenet-lab net --all --json",
  ],
  run: async (context) => {
    const [given] = context.positionals;
    if ((given !== undefined) === context.flag("all")) {
      throw new UsageError(`Give one net (${netNames.join(", ")}) or --all`);
    }
    if (given !== undefined) {
      const spec = specOf(context, given);
      const table = tableOf(context, spec);
      if (!context.flag("run")) return { json: table, text: netTableText(table) };
      const trial = tryNet(spec);
      return { json: { ...table, trial }, text: `${netTableText(table)}\n\n${trialText(trial)}` };
    }
    if (context.flag("run")) throw new UsageError("Cannot use --run with --all: run one net at a time");
    const tables = netNames.map((name) => tableOf(context, specOf(context, name)));
    return { json: tables, text: tables.map(netTableText).join("\n\n") };
  },
};

function specOf(context: CommandContext, given: string): NetSpec {
  const name = netNames.find((known) => known.toLowerCase() === given.toLowerCase());
  if (!name) {
    throw new UsageError(`Cannot show the net ${JSON.stringify(given)}: the nets are ${netNames.join(", ")}`);
  }
  return namedNet(name, optionsOf(context));
}

function optionsOf(context: CommandContext): NamedNetOptions {
  return {
    embedding: context.number("embedding"),
    inputSize: context.number("size"),
    batchNorm: context.flag("batch-norm"),
  };
}

function tableOf(context: CommandContext, spec: NetSpec): NetTable {
  const asPublished = Object.values(optionsOf(context)).every(
    (value) => value === undefined || value === false,
  );
  return netTable(spec, countNet(spec), asPublished);
}

function trialText({
  images,
  buildSeconds,
  forwardSeconds,
  stepSeconds,
  loss,
  peakMemory,
}: NetTrial): string {
  const time = (seconds: number): string => `${seconds.toFixed(2)} s`;
  return [
    `made in ${time(buildSeconds)}; ${images} images forward in ${time(forwardSeconds)}, one training step in ${time(stepSeconds)} (loss ${loss.toFixed(3)})`,
    `largest memory of this process ${(peakMemory / 2 ** 30).toFixed(2)} GiB`,
  ].join("\n");
}
