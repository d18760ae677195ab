import { join, resolve } from "node:path";
import { packageRoot } from "../../core/folders";
import { describeDataSet, descriptionText } from "../../data/describe";
import { downloadLfw } from "../../data/downloadLfw";
import { openDataSet } from "../../data/open";
import type { Command, CommandContext, CommandResult } from "../command";
import { refuseGiven } from "../shared";

export const dataCommand: Command = {
  name: "data",
  summary: "say what a data set holds; `data lfw` downloads LFW when asked to",
  arguments: "[DIR | synthetic | omniglot | lfw]",
  mostPositionals: 1,
  options: {
    out: {
      kind: "text",
      value: "DIR",
      help: "data lfw: where to put it; left out: data/lfw of this package",
    },
  },
  examples: [
    "facenet-lab data omniglot           the embedded Omniglot",
    "facenet-lab data my-photos          a folder of yours",
    "facenet-lab data lfw                download LFW (173 MB) with progress, resume and checksums",
  ],
  run: async (context) => {
    const [where] = context.positionals;
    if (where === "lfw") return download(context);
    refuseGiven(context, ["out"], "without lfw: nothing else is downloaded");
    const { dataSet } = await openDataSet(where, { progress: context.progress, signal: context.signal });
    const description = describeDataSet(dataSet);
    return {
      json: { ...description, skippedItems: dataSet.skipped.slice(0, 1000) },
      text: descriptionText(description),
    };
  },
};

async function download(context: CommandContext): Promise<CommandResult> {
  const folder = resolve(context.text("out") ?? join(packageRoot(), "data", "lfw"));
  const { progress, signal } = context;
  const { files, already } = await downloadLfw(folder, { progress, signal });
  const { dataSet } = await openDataSet(folder, { progress, signal });
  const description = describeDataSet(dataSet);
  const how = already ? "was already there" : `downloaded (${files.join(", ")})`;
  return {
    json: { folder, already, ...description },
    text: `LFW ${how}: ${folder}\n${descriptionText(description)}`,
  };
}
