import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../core/errors";
import type { LongWork } from "../core/progress";
import { identityNames } from "../data/dataset";
import { openDataSet, protocolNames } from "../data/open";
import { isSynthetic } from "../data/synthetic";
import { cropOf } from "../figures/sprites";
import { decodeManifest, factorNames } from "../synthetic/manifest";
import { loadModel } from "../train/modelFolder";
import { openEmbedder } from "./embedder";
import { labelsOf } from "./embeddings";
import type { ExploreInput } from "./exploreStage";
import { alignmentOf } from "./modelInput";
import { type Prepared, prepare } from "./prepare";
import { readSnapshots } from "./snapshots";

/** What `run.json` of `walk` and `train` says of the data. */
const requestSchema = z.object({
  command: z.enum(["walk", "train"]),
  data: z.string(),
  protocol: z.enum(protocolNames),
  seed: z.number().int().nullish(),
});

/** Options of {@link exploreRun}. */
export interface ExploreRunOptions extends LongWork {
  /** Whether known landmarks are used for alignment; default true. Must be as in the run. */
  readonly useLandmarks?: boolean;
}

/**
 * A finished run of `walk` or `train`, ready to explore: its model's embeddings of the test images, its snapshots where it kept some, the crops as pictures
 * and what the data know of each image. Throws a LabError where the folder is no such run or the run is not finished.
 */
export async function exploreRun(
  run: string,
  { useLandmarks, ...work }: ExploreRunOptions = {},
): Promise<ExploreInput & { readonly model: string }> {
  const request = requestOf(run);
  const folder = join(run, "model");
  if (!existsSync(join(folder, "card.json"))) {
    throw new LabError(`Cannot explore ${run}: the run must be finished, it holds no model`);
  }
  const embedder = await openEmbedder(folder);
  try {
    const data = await openDataSet(request.data, work);
    const align = alignmentOf(embedder, data.dataSet, { useLandmarks });
    const { protocol, seed } = request;
    const prepared = await prepare({ data, protocol, seed: seed ?? 1, align, ...work });
    const { crops } = prepared.test;
    const known = labelsOf(identityNames(crops));
    const vectors = await embedder.embed(crops, work);
    const { training, threshold } = cardOf(folder);
    const snapshots = readSnapshots(join(run, "snapshots"), vectors.rows).filter(
      ({ step }) => step < training.steps,
    );
    return {
      title: `${data.dataSet.name}: the embedding, explored`,
      subtitle: `${prepared.protocol.name}; test images of model ${embedder.id}`,
      epochs: [
        ...snapshots.map((one) => ({ label: `step ${one.step}`, vectors: one.vectors })),
        { label: `step ${training.steps}, the end`, vectors },
      ],
      labels: known.labels,
      identities: known.names,
      names: crops.names,
      columns: columnsOf(prepared),
      picture: async (row) => cropOf(crops, row),
      threshold: threshold?.value,
      model: embedder.id,
    };
  } finally {
    embedder.dispose();
  }
}

function requestOf(run: string): z.infer<typeof requestSchema> {
  const path = join(run, "run.json");
  if (!existsSync(path)) {
    throw new LabError(`Cannot explore ${run}: it must be a run folder of walk or train, it has no run.json`);
  }
  try {
    return requestSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new LabError(`Cannot explore ${run}: ${path} must describe a run of walk or train`);
  }
}

function cardOf(folder: string): ReturnType<typeof loadModel>["card"] {
  const { card, net } = loadModel(folder);
  net.dispose();
  return card;
}

/** What the data know of the test images: groups of identities (alphabets), and every factor of generated faces. */
function columnsOf({ opened, test }: Prepared): Map<string, string[]> {
  const { dataSet } = opened;
  const { crops } = test;
  const columns = new Map<string, string[]>();
  const { groups, folder } = dataSet;
  if (groups) {
    columns.set(
      "group",
      Array.from(crops.labels, (label) => groups[label]),
    );
  }
  if (folder === undefined || !isSynthetic(folder)) return columns;
  const path = join(folder, "manifest.csv");
  const rows = new Map(decodeManifest(readFileSync(path, "utf8"), path).map((row) => [row.file, row]));
  for (const factor of factorNames) {
    const cells = crops.names.map((name) => String(rows.get(name)?.nuisance[factor] ?? ""));
    if (new Set(cells).size > 1) columns.set(factor, cells);
  }
  return columns;
}
