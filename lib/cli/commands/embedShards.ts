import { join, resolve } from "node:path";
import { sha256 } from "../../core/container";
import { openDataSet } from "../../data/open";
import { embedShards } from "../../jobs/embedShards";
import { loadModel } from "../../train/modelFolder";
import { alignmentOf } from "../../walk/modelInput";
import { openRunFolder } from "../../walk/runFolder";
import { nameOfData } from "../../walk/walk";
import type { Command } from "../command";
import { alignOptions, alignOptionsOf, dataOptions, required } from "../shared";
import { noteLoss, withWorkersOf, workerOptions } from "../workerOptions";

export const embedShardsCommand: Command = {
  name: "embed-shards",
  summary: "align and embed a data set in several processes, into Parquet files that can be made apart",
  options: {
    ...dataOptions,
    ...alignOptions,
    model: { kind: "text", value: "DIR", help: "model folder, for example runs/first/model" },
    images: { kind: "integer", help: "images of one file", least: 1, most: 100_000, default: 1024 },
    out: {
      kind: "text",
      value: "DIR",
      help: "folder for shards/*.parquet and shards/manifest.json (sizes and SHA-256)",
    },
    resume: { kind: "flag", help: "make only the files that are missing or damaged" },
    ...workerOptions,
  },
  examples: [
    "facenet-lab embed-shards --model runs/first/model --data my-photos --workers 4 --out my-shards",
    "facenet-lab embed-shards --model runs/first/model --data my-photos --workers 2 --out my-shards --resume",
    "facenet-lab all-pairs --embeddings my-shards/shards --workers 4 --out my-pairs",
  ],
  run: async (context) => {
    const out = resolve(required(context, "out", "the folder of the shards"));
    const model = loadModel(required(context, "model", "a model folder"));
    try {
      const { progress, signal } = context;
      const data = context.text("data");
      const { dataSet } = await openDataSet(data, { progress, signal });
      const align = alignmentOf(model.card, dataSet, alignOptionsOf(context));
      const images = context.number("images") as number;
      const request = {
        command: "embed-shards",
        data: nameOfData(data),
        names: sha256(Buffer.from(JSON.stringify(dataSet.items.map(({ name }) => name)))),
        model: model.card.id,
        images,
        useLandmarks: align.useLandmarks ?? true,
      };
      const run = openRunFolder(out, request, { resume: context.flag("resume") });
      try {
        const options = { align, images, progress, signal, onLost: noteLoss(context) };
        const { shards } = await withWorkersOf(
          context,
          (workers) => embedShards(workers, dataSet, model, run.file("shards"), options),
          signal,
        );
        const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
        const skipped = shards.flatMap((shard) => shard.skipped);
        const json = {
          out: join(out, "shards"),
          model: model.card.id,
          images: rows,
          shards: shards.length,
          bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
          skipped,
        };
        return {
          json,
          text: `${rows} images (${skipped.length} unreadable) in ${shards.length} shards in ${json.out}`,
        };
      } finally {
        run.close();
      }
    } finally {
      model.net.dispose();
    }
  },
};
