import { resolve } from "node:path";
import { alignDataSet } from "../../align/alignDataSet";
import { saveCrops } from "../../align/saveCrops";
import { checkFolderFree } from "../../core/files";
import { openDataSet } from "../../data/open";
import { leftOutLines, leftOutOf } from "../../walk/leftOut";
import { countsText } from "../../walk/summary";
import type { Command } from "../command";
import { alignOptions, alignOptionsOf, dataOptions, required } from "../shared";

export const alignCommand: Command = {
  name: "align",
  summary: "align every image of a data set and write the crops",
  options: {
    ...dataOptions,
    ...alignOptions,
    margin: { kind: "integer", help: "pixels kept around the net's input", least: 0, most: 128 },
    out: {
      kind: "text",
      value: "DIR",
      help: "folder for the crops: one folder per identity, and manifest.csv; must be new or empty",
    },
  },
  examples: [
    "facenet-lab align --data my-photos --out my-crops",
    "facenet-lab align --data lfw --mode center-crop --size 96 --out crops",
  ],
  run: async (context) => {
    const out = resolve(required(context, "out", "the folder of the crops"));
    checkFolderFree(out);
    const { progress, signal } = context;
    const { dataSet } = await openDataSet(context.text("data"), { progress, signal });
    const { crops, report } = await alignDataSet(dataSet, {
      ...alignOptionsOf(context),
      margin: context.number("margin"),
      progress,
      signal,
    });
    await saveCrops(out, crops, { progress, signal });
    const skipped = leftOutOf(dataSet, report);
    const json = {
      out,
      images: crops.labels.length,
      counts: report.counts,
      fromCache: report.fromCache,
      settings: report.settings,
      skipped,
    };
    const lines = [
      `${crops.labels.length} crops in ${out} (${countsText(report.counts)})`,
      ...leftOutLines(skipped),
    ];
    return { json, text: lines.join("\n") };
  },
};
