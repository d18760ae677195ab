import { resolve } from "node:path";
import { writeFileAtomic } from "../../core/files";
import { markdownTable } from "../../core/text";
import { lossRanking } from "../../figures/lossRanking";
import { figureSvg } from "../../figures/still";
import { troublesMarkdown } from "../../sweeps/contest";
import { allLosses, type LossSummary, lossStudy } from "../../sweeps/lossStudy";
import type { Estimate } from "../../sweeps/score";
import { prepare } from "../../walk/prepare";
import { alignRequest, netRequest } from "../../walk/request";
import { openRunFolder } from "../../walk/runFolder";
import { nameOfData } from "../../walk/walk";
import { type Command, commandLine } from "../command";
import { netOf, netOptions } from "../netOptions";
import {
  alignOptions,
  alignOptionsOf,
  dataOptions,
  protocolOf,
  protocolOptions,
  required,
  seedsOf,
  seedsOption,
  slug,
} from "../shared";

export const lossesCommand: Command = {
  name: "losses",
  summary: "all losses on one budget: the same net, batches and steps, several seeds, a table and a figure",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...netOptions,
    ...alignOptions,
    steps: { kind: "integer", help: "training steps of every run", least: 1, default: 500 },
    ...seedsOption,
    out: {
      kind: "text",
      value: "DIR",
      help: "run folder: losses.json, losses.md, losses.svg and a file for each run",
    },
    resume: { kind: "flag", help: "keep the finished runs of this folder and go on" },
  },
  examples: [
    "facenet-lab losses --data omniglot --net laptop-small --steps 300 --out runs/losses",
    "facenet-lab losses --data lfw --protocol view1 --seeds 5 --out runs/losses-lfw --resume",
  ],
  run: async (context) => {
    const net = netOf(context);
    const [data, protocol, align] = [context.text("data"), protocolOf(context), alignOptionsOf(context, net)];
    const [steps, seed] = (["steps", "seed"] as const).map((name) => context.number(name) as number);
    const request = {
      ...{ command: "losses", data: nameOfData(data), protocol },
      ...alignRequest(align),
      ...netRequest(net),
      ...{ useLandmarks: align.useLandmarks ?? true, steps, seed },
    };
    const run = openRunFolder(resolve(required(context, "out", "the run folder")), request, {
      resume: context.flag("resume"),
      note: context.note,
    });
    try {
      const { note, progress, signal } = context;
      const prepared = await prepare({ data, protocol, seed, align, progress, signal });
      const summary = await lossStudy(prepared, {
        steps,
        net,
        seeds: seedsOf(context),
        fileOf: (loss, one) => run.file("runs", `${slug(loss)}-seed-${one}.json`),
        note,
        progress,
        signal,
      });
      const json = { command: commandLine(context, lossesCommand), ...summary };
      const text = lossTable(summary, json.command);
      writeFileAtomic(run.file("losses.json"), `${JSON.stringify(json, null, 2)}\n`);
      writeFileAtomic(run.file("losses.md"), text);
      writeFileAtomic(run.file("losses.svg"), figureSvg(rankingOf(summary)));
      return { json: { ...json, runDirectory: run.path }, text };
    } finally {
      run.close();
    }
  },
};

function rankingOf({ steps, seeds, results }: LossSummary): ReturnType<typeof lossRanking> {
  return lossRanking({
    title: `${allLosses.length} losses, ${steps} steps each, ${seeds.length} seed${seeds.length === 1 ? "" : "s"}`,
    score: "AUC on held-out pairs",
    losses: results.map(({ loss, auc, runs }) => ({ name: loss, ...auc, seeds: runs.map((run) => run.auc) })),
  });
}

function lossTable({ protocol, net, steps, seeds, results }: LossSummary, command: string): string {
  const percent = ({ mean, standardError }: Estimate): string =>
    `${(100 * mean).toFixed(2)}${Number.isFinite(standardError) ? ` ± ${(100 * standardError).toFixed(2)}` : ""} %`;
  const rows = results.map(({ loss, auc, accuracy, rank }) => [
    loss,
    percent(auc),
    percent(accuracy),
    rank.mean.toFixed(1),
  ]);
  const head = ["loss", "AUC", "accuracy", "effective rank"];
  return [
    `\`${command}\`. ${protocol}; net ${net}, ${steps} steps, seeds ${seeds.join(", ")}.`,
    "",
    ...markdownTable(head, rows),
    "",
    "Mean ± standard error over the seeds. One net, sampler, optimiser and rate for all; each loss with its own defaults unless its name says otherwise.",
    ...troublesMarkdown(results.flatMap(({ runs }) => runs)),
    "",
  ].join("\n");
}
