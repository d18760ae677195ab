import { resolve } from "node:path";
import { UsageError } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import { markdownTable } from "../../core/text";
import { openDataSet } from "../../data/open";
import { lossRanking } from "../../figures/lossRanking";
import { figureSvg } from "../../figures/still";
import { type AblationRow, ablation, BASE } from "../../sweeps/ablation";
import { troublesMarkdown } from "../../sweeps/contest";
import type { Estimate } from "../../sweeps/score";
import { type FactorName, factorNames, variationsOf } from "../../sweeps/variations";
import { alignRequest, netRequest } from "../../walk/request";
import { openRunFolder, plainRequest } from "../../walk/runFolder";
import { settingsFor } from "../../walk/trainStage";
import { nameOfData } from "../../walk/walk";
import type { Command, CommandContext } from "../command";
import { inputSizeOf, netOf, netOptions } from "../netOptions";
import {
  alignOptions,
  alignOptionsOf,
  dataOptions,
  listOf,
  protocolOf,
  protocolOptions,
  required,
  seedsOf,
  seedsOption,
  slug,
} from "../shared";
import { settingOptions, settingsOf } from "../trainOptions";

export const ablateCommand: Command = {
  name: "ablate",
  summary: "what mattered: one thing changed at a time, on one budget, several seeds, a table and a figure",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...settingOptions,
    ...netOptions,
    ...alignOptions,
    factors: {
      kind: "text",
      value: "LIST",
      help: `what is changed, separated by commas; left out: ${factorNames.join(",")}`,
    },
    ...seedsOption,
    out: {
      kind: "text",
      value: "DIR",
      help: "run folder: ablation.json, ablation.md, ablation.svg and a file for each run",
    },
    resume: { kind: "flag", help: "keep the finished runs of this folder and go on" },
  },
  examples: [
    "facenet-lab ablate --data lfw --protocol view1 --steps 1000 --out runs/ablation",
    "facenet-lab ablate --data omniglot --factors mining,batch --steps 500 --seeds 5 --out runs/ablation-omniglot",
  ],
  run: async (context) => {
    const [data, protocol, net] = [context.text("data"), protocolOf(context), netOf(context)];
    const align = alignOptionsOf(context, net);
    const seeds = seedsOf(context);
    const factors = factorsOf(context);
    const given = settingsOf(context);
    // Factors and seeds may be added when it is resumed.
    const request = {
      ...{ command: "ablate", data: nameOfData(data), protocol },
      ...{ useLandmarks: align.useLandmarks ?? true },
      ...alignRequest(align),
      ...netRequest(net),
      ...plainRequest(given),
    };
    const run = openRunFolder(resolve(required(context, "out", "the run folder")), request, {
      resume: context.flag("resume"),
      note: context.note,
    });
    try {
      const { note, progress, signal } = context;
      const opened = await openDataSet(data, { progress, signal });
      const { kind } = opened.dataSet;
      const settings = settingsFor(opened, given);
      const inputSize = align.size ?? (kind === "drawings" ? 32 : inputSizeOf(net, undefined));
      const base = { kind, settings, net, align, inputSize };
      const rows = await ablation(opened, {
        base,
        protocol,
        variations: variationsOf(base, factors),
        seeds,
        fileOf: (name, one) => run.file("runs", `${slug(name)}-seed-${one}.json`),
        note,
        progress,
        signal,
      });
      const json = { settings, seeds: seeds.length, rows };
      const text = table(rows);
      writeFileAtomic(run.file("ablation.json"), `${JSON.stringify(json, null, 2)}\n`);
      writeFileAtomic(run.file("ablation.md"), `${text}\n`);
      writeFileAtomic(run.file("ablation.svg"), figureSvg(rankingOf(rows, seeds.length)));
      return { json: { ...json, runDirectory: run.path }, text };
    } finally {
      run.close();
    }
  },
};

function factorsOf(context: CommandContext): readonly FactorName[] {
  const names = listOf(context, "factors");
  const unknown = names?.find((name) => !(factorNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot change ${JSON.stringify(unknown)}: --factors must be of ${factorNames.join(", ")}`,
    );
  }
  return (names as FactorName[] | undefined) ?? factorNames;
}

function rankingOf(rows: readonly AblationRow[], seeds: number): ReturnType<typeof lossRanking> {
  const ranked = [...rows].sort((a, b) => b.auc.mean - a.auc.mean);
  return lossRanking({
    title: `One thing changed at a time, ${seeds} seed${seeds === 1 ? "" : "s"}`,
    score: "AUC on held-out pairs",
    what: "changed",
    losses: ranked.map(({ factor, name, auc, runs }) => ({
      name: factor ? `${factor}: ${name}` : BASE,
      ...auc,
      seeds: runs.map((run) => run.auc),
    })),
  });
}

function table(rows: readonly AblationRow[]): string {
  const spread = ({ mean, standardError }: Estimate, factor: number, digits: number): string =>
    `${(factor * mean).toFixed(digits)}${Number.isFinite(standardError) ? ` ± ${(factor * standardError).toFixed(digits)}` : ""}`;
  const cells = rows.map(({ factor, name, auc, accuracy, difference, seconds }) => [
    factor ?? "",
    name,
    spread(auc, 1, 4),
    factor ? `${difference.mean >= 0 ? "+" : ""}${spread(difference, 1, 4)}` : "",
    `${spread(accuracy, 100, 1)} %`,
    `${seconds.toFixed(0)} s`,
  ]);
  const head = ["factor", "changed to", "AUC", "AUC minus the base's", "accuracy", "training"];
  return [...markdownTable(head, cells), ...troublesMarkdown(rows.flatMap(({ runs }) => runs))].join("\n");
}
