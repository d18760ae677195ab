import { resolve } from "node:path";
import { alignDataSet } from "../../align/alignDataSet";
import { checkFolderFree } from "../../core/files";
import { identityNames } from "../../data/dataset";
import { openDataSet } from "../../data/open";
import { MODEL_HELP, noteTrainedPeople, openEmbedder } from "../../walk/embedder";
import { embeddingFiles, saveEmbeddings } from "../../walk/embeddings";
import { alignmentOf } from "../../walk/modelInput";
import { countsText } from "../../walk/summary";
import type { Command } from "../command";
import { alignOptions, alignOptionsOf, dataOptions, required } from "../shared";

export const embedCommand: Command = {
  name: "embed",
  summary: "embed every image of a data set with a trained model or the reference",
  options: {
    ...dataOptions,
    ...alignOptions,
    model: { kind: "text", value: "DIR", help: MODEL_HELP },
    out: { kind: "text", value: "DIR", help: "folder for vectors.npy, images.csv and embeddings.json" },
  },
  examples: [
    "facenet-lab embed --model runs/first/model --data my-photos --out my-embeddings",
    "facenet-lab embed --model reference --data lfw --out lfw-reference",
  ],
  run: async (context) => {
    const out = resolve(required(context, "out", "the folder of the embeddings"));
    checkFolderFree(out, embeddingFiles);
    const embedder = await openEmbedder(required(context, "model", "a model folder, or reference"), context);
    try {
      const { progress, signal } = context;
      const { dataSet } = await openDataSet(context.text("data"), { progress, signal });
      const aligned = await alignDataSet(dataSet, {
        ...alignmentOf(embedder, dataSet, alignOptionsOf(context)),
        progress,
        signal,
      });
      const { crops, report } = aligned;
      const vectors = await embedder.embed(crops, { progress, signal });
      const identities = identityNames(crops);
      noteTrainedPeople(embedder, identities, context.note);
      saveEmbeddings(out, { vectors, names: crops.names, identities, model: embedder.id });
      const json = {
        out,
        model: embedder.id,
        images: vectors.rows,
        dimensions: vectors.columns,
        alignment: report.counts,
        skipped: report.skipped,
      };
      return {
        json,
        text: `${vectors.rows} images (${countsText(report.counts)}; ${report.skipped.length} unreadable) in ${out}`,
      };
    } finally {
      embedder.dispose();
    }
  },
};
