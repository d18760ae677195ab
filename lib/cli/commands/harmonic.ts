import { resolve } from "node:path";
import { type Comparison, type HarmonicSummary, harmonicStudy } from "../../walk/harmonicStudy";
import { prepare } from "../../walk/prepare";
import { alignRequest } from "../../walk/request";
import { openRunFolder } from "../../walk/runFolder";
import { nameOfData } from "../../walk/walk";
import type { Command } from "../command";
import { alignOptions, alignOptionsOf, dataOptions, protocolOf, protocolOptions, required } from "../shared";
import { goOnOption } from "../trainOptions";

export const harmonicCommand: Command = {
  name: "harmonic",
  summary:
    "harmonic embedding: a new net whose vectors can be compared with an old net's (the paper's appendix)",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...alignOptions,
    steps: {
      kind: "integer",
      help: "training steps of each version; the last layer alone takes a quarter",
      least: 1,
      default: 500,
    },
    seeds: { kind: "integer", help: "how many seeds, from --seed on", least: 1, most: 1000, default: 5 },
    out: { kind: "text", value: "DIR", help: "run folder: one file for every finished seed" },
    resume: { kind: "flag", help: "keep the finished seeds of this folder and go on" },
    ...goOnOption,
  },
  examples: [
    "facenet-lab harmonic --steps 300 --seeds 3 --out runs/harmonic",
    "facenet-lab harmonic --data lfw --protocol view1 --out runs/harmonic-lfw --resume",
  ],
  run: async (context) => {
    const data = context.text("data");
    const protocol = protocolOf(context);
    const align = alignOptionsOf(context);
    const [steps, seeds, seed] = (["steps", "seeds", "seed"] as const).map(
      (name) => context.number(name) as number,
    );
    const request = {
      command: "harmonic",
      data: nameOfData(data),
      protocol,
      ...alignRequest(align),
      steps,
      seed,
    };
    const run = openRunFolder(resolve(required(context, "out", "the run folder")), request, {
      resume: context.flag("resume"),
      note: context.note,
    });
    try {
      const { note, progress, signal } = context;
      const prepared = await prepare({ data, protocol, seed, align, progress, signal });
      const summary = await harmonicStudy(prepared, {
        steps,
        seeds: Array.from({ length: seeds }, (_, i) => seed + i),
        fileOf: (one) => run.file(`seed-${one}.json`),
        goOn: context.flag("go-on"),
        note,
        progress,
        signal,
      });
      return { json: { ...summary, runDirectory: run.path }, text: textOf(summary) };
    } finally {
      run.close();
    }
  },
};

const titles: Readonly<Record<Comparison, string>> = {
  v1: "v1 (old, frozen)",
  v2AgainstV1: "v2 against v1",
  v2: "v2 (new, compatible)",
  separate: "v2 trained alone",
  separateAgainstV1: "v2 trained alone, against v1",
};

function textOf({ protocol, auc, runs, ordersHeld }: HarmonicSummary): string {
  const rows = (Object.keys(titles) as Comparison[]).map((name) => {
    const { mean, standardError } = auc[name];
    const error = runs.length > 1 ? ` ± ${standardError.toFixed(4)}` : "";
    return `${titles[name].padEnd(30)} AUC ${mean.toFixed(4)}${error}`;
  });
  const order = `v2 > v2 against v1 > v1 in ${ordersHeld} of ${runs.length} seeds`;
  return [`protocol   ${protocol}`, ...rows, order].join("\n");
}
