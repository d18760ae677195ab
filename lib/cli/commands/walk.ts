import { join, relative } from "node:path";
import { packageRoot } from "../../core/folders";
import { summaryText } from "../../walk/summary";
import { walk } from "../../walk/walk";
import { type Command, type CommandContext, commandLine } from "../command";
import { netOf, netOptions } from "../netOptions";
import {
  alignOptions,
  alignOptionsOf,
  dataOptions,
  protocolOf,
  protocolOptions,
  slug,
  turnOptions,
} from "../shared";
import { settingsOf, snapshotOptions, trainOptions } from "../trainOptions";

export const walkCommand: Command = {
  name: "walk",
  summary: "everything in order: align, mine, train, evaluate, project, report",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...trainOptions,
    ...snapshotOptions,
    ...netOptions,
    ...alignOptions,
    ...turnOptions,
    out: {
      kind: "text",
      value: "DIR",
      help: "run folder; left out: a folder in runs/ of this package, named after data, budget and seed",
    },
    resume: { kind: "flag", help: "go on with the run in the folder; a finished one is only shown" },
  },
  examples: [
    "facenet-lab walk                                    synthetic faces, a few minutes",
    "facenet-lab walk --data omniglot                    the embedded Omniglot",
    "facenet-lab walk --data my-photos --minutes 5       one folder per person",
    "facenet-lab walk --data lfw --minutes 10 --json     LFW View 1; numbers for a program",
    "facenet-lab walk --steps 500 --optimizer adagrad    the paper's optimiser, repeatable",
  ],
  run: async (context) => {
    const out = context.text("out") ?? defaultRunFolder(context);
    const summary = await walk({
      data: context.text("data"),
      protocol: protocolOf(context),
      align: alignOptionsOf(context, netOf(context)),
      net: netOf(context),
      turns: context.flag("turns"),
      settings: settingsOf(context),
      checkpointEvery: context.number("checkpoint-every"),
      goOn: context.flag("go-on"),
      snapshots: context.number("snapshots"),
      out,
      resume: context.flag("resume"),
      progress: context.progress,
      signal: context.signal,
      note: context.note,
      // The report may be given away: the path of a data folder is the reader's own affair.
      command: commandLine(context, walkCommand, { data: slug }),
    });
    return {
      json: summary,
      text: summaryText({ ...summary, runDirectory: shortPath(summary.runDirectory) }),
    };
  },
};

function defaultRunFolder(context: CommandContext): string {
  const minutes = context.number("minutes");
  const steps = context.number("steps");
  const budget =
    steps !== undefined
      ? `${steps}steps`
      : minutes !== undefined
        ? `${String(minutes).replace(".", "-")}min`
        : "usual";
  return join(
    packageRoot(),
    "runs",
    `walk-${slug(context.text("data") ?? "synthetic")}-${budget}-seed${context.number("seed") ?? 1}`,
  );
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") || short === "" ? path : short;
}
