import { resolve } from "node:path";
import { sha256 } from "../../core/container";
import { UsageError } from "../../core/errors";
import { openDataSet } from "../../data/open";
import { embedShards } from "../../jobs/embedShards";
import { isAddress } from "../../store/open";
import { loadModel } from "../../train/modelFolder";
import { alignmentOf } from "../../walk/modelInput";
import { openRunFolder, type RunFolder } from "../../walk/runFolder";
import { claimStore } from "../../walk/storeRun";
import { nameOfData } from "../../walk/walk";
import type { Command } from "../command";
import { alignOptions, alignOptionsOf, dataOptions, required } from "../shared";
import { checkEndpoint, storeOf, storeOptions } from "../storeOptions";
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
    to: {
      kind: "text",
      value: "URL",
      help: "write the shards to an s3:// or file:// address instead, for machines that share it; what the run was asked is kept beside them in request.json",
    },
    ...storeOptions,
    resume: { kind: "flag", help: "make only the files that are missing or damaged" },
    ...workerOptions,
  },
  examples: [
    "facenet-lab embed-shards --model runs/first/model --data my-photos --workers 4 --out my-shards",
    "facenet-lab embed-shards --model runs/first/model --data my-photos --workers 2 --out my-shards --resume",
    "facenet-lab embed-shards --model runs/first/model --data my-photos --to s3://my-bucket/faces --s3-endpoint http://localhost:9000",
    "facenet-lab all-pairs --embeddings my-shards/shards --workers 4 --out my-pairs",
  ],
  run: async (context) => {
    const [out, to] = [context.text("out"), context.text("to")];
    if ((out === undefined) === (to === undefined)) {
      throw new UsageError("Give either --out, the folder of the shards, or --to, the address of a store");
    }
    if (to !== undefined && !isAddress(to)) {
      throw new UsageError(`Cannot use --to: an s3:// or file:// address is wanted, current value is ${to}`);
    }
    checkEndpoint(context, [to]);
    const store = to === undefined ? undefined : storeOf(context, to);
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
      const resume = context.flag("resume");
      const run = out === undefined ? undefined : openRunFolder(resolve(out), request, { resume });
      if (store) await claimStore(store, request, resume);
      try {
        const options = { align, images, progress, signal, onLost: noteLoss(context) };
        const place = store ?? (run as RunFolder).file("shards");
        const { shards } = await withWorkersOf(
          context,
          (workers) => embedShards(workers, dataSet, model, place, options),
          signal,
        );
        const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
        const skipped = shards.flatMap((shard) => shard.skipped);
        const json = {
          out: typeof place === "string" ? place : place.url,
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
        run?.close();
      }
    } finally {
      model.net.dispose();
    }
  },
};
