import { type AlignOptions, settingsFor } from "../align/alignDataSet";
import { cropBytes } from "../align/cropMaker";
import { type Matrix, stackRows } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { DataItem, DataSet } from "../data/dataset";
import { openStore } from "../store/open";
import type { Store } from "../store/store";
import { EMBED_BATCH } from "../train/embed";
import { readWeights } from "../train/flatWeights";
import type { Model } from "../train/modelFolder";
import { matrixOf, type NamedArrays, type ShapedArray, shaped } from "../worker/arrays";
import type { AlignItem, AlignRequest } from "../worker/embedOps";
import { type Call, mapTasks, type WorkerLost, type Workers } from "../worker/workers";
import type { EmbeddingRows } from "./parquet";
import { startsOf } from "./shardedWork";
import { type Shard, type ShardManifest, wholeShard, writeManifest, writeShard } from "./shards";

/** Images of one request, and bytes of its images or crops: well below what a frame holds. A shard of the default size is one request. */
const REQUEST_IMAGES = 1024;
const REQUEST_BYTES: number = 2 ** 30;

/** Options of {@link embedShards}. */
export interface EmbedShardsOptions extends LongWork {
  /** How the images are aligned: that of the model's training (see `alignmentOf`). */
  readonly align: AlignOptions;
  /** Images of one shard, at least 1; default 1024. */
  readonly images?: number;
  /** How often a shard may be given out again after its worker was lost; default 3. */
  readonly retries?: number;
  /** Called when a worker was lost. */
  readonly onLost?: (error: WorkerLost) => void;
}

/**
 * Aligns and embeds all images of a data set over several workers into `where` (a folder, a file:// or an s3:// address, or a store): a Parquet file per `images`
 * images, a description beside each, and `manifest.json` with sizes and SHA-256 at the end. A shard's bytes depend on its images, the alignment and the model
 * alone. Each is there whole or not at all; what is there and fits its description is not made again, so a run that was stopped goes on.
 *
 * Workers read image files by their paths and get the net's weights with `model`. Throws a LabError when nothing can be embedded or the disk refuses.
 */
export async function embedShards(
  workers: Workers,
  dataSet: DataSet,
  { card, net }: Model,
  where: string | Store,
  options: EmbedShardsOptions,
): Promise<ShardManifest> {
  const { align, images = 1024, retries, onLost, progress, signal } = options;
  const starts = startsOf(dataSet.items.length, images);
  const store = typeof where === "string" ? openStore(where) : where;
  const names = new Set(await store.list());
  const shards: (Shard | undefined)[] = [];
  for (const s of starts.keys()) shards.push(await wholeShard(store, names, s));
  const missing = [...shards.keys()].filter((s) => !shards[s]);
  const weights = { weights: shaped(readWeights(net)) };
  const setUp = async (call: Call): Promise<void> => {
    await call("model", { spec: card.net, mirrorAverage: card.embedding.mirrorAverage }, weights);
  };
  const run = async (s: number, call: Call): Promise<void> => {
    const items = dataSet.items.slice(starts[s], starts[s] + images);
    const made = await embedItems(dataSet, items, align, call);
    shards[s] = await writeShard(store, s, made.rows, made.skipped);
  };
  await mapTasks(workers, missing, run, {
    setUp,
    retries,
    onLost,
    signal,
    onDone: (done) =>
      progress?.({
        stage: "embed",
        done: starts.length - missing.length + done,
        total: starts.length,
        detail: "shards",
      }),
  });
  return writeManifest(store, {
    model: card.id,
    columns: card.embedding.size,
    images: dataSet.items.length,
    shards: shards as Shard[],
  });
}

/**
 * The rows of a shard. Crops that fill no batch of the worker wait for those of the next request: embeddings are to the bit those of one request, however many there
 * are.
 */
async function embedItems(
  dataSet: DataSet,
  items: readonly DataItem[],
  align: AlignOptions,
  call: Call,
): Promise<{ rows: EmbeddingRows; skipped: Shard["skipped"] }> {
  const kept: DataItem[] = [];
  const skipped: Shard["skipped"][number][] = [];
  const vectors: Matrix[] = [];
  const embed = async (crops: ShapedArray): Promise<void> => {
    if (crops.shape[0] === 0) return;
    vectors.push(matrixOf((await call("embed", {}, { crops })).arrays, "embeddings"));
  };
  let waiting: ShapedArray | undefined;
  const requests = requestsOf(items, cropBytes(settingsFor(dataSet, align)));
  for (const [r, asked] of requests.entries()) {
    const { request, arrays } = alignRequest(dataSet, asked, align);
    const aligned = await call("align", request, arrays);
    for (const i of aligned.arrays.kept.data) kept.push(asked[i]);
    skipped.push(...(aligned.result.skipped as Shard["skipped"]));
    const crops = waiting ? stackCrops(waiting, aligned.arrays.crops) : aligned.arrays.crops;
    const [count] = crops.shape;
    const whole = r === requests.length - 1 ? count : count - (count % EMBED_BATCH);
    await embed(cropsBetween(crops, 0, whole));
    waiting = cropsBetween(crops, whole, count);
  }
  const rows = {
    names: kept.map(({ name }) => name),
    identities: kept.map(({ label }) => dataSet.identities[label]),
    vectors: stackRows(vectors),
  };
  return { rows, skipped: skipped.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/**
 * Items in requests of about equal size: a last one of a few files would be decoded by another library than the others (see `alignDataSet`). `bytes` are those of a
 * crop.
 */
function requestsOf(items: readonly DataItem[], bytes: number): DataItem[][] {
  const most = Math.min(REQUEST_IMAGES, Math.max(1, Math.floor(REQUEST_BYTES / bytes)));
  const size = Math.ceil(items.length / Math.ceil(items.length / most));
  const requests: DataItem[][] = [];
  let held = 0;
  for (const item of items) {
    const own = "image" in item.source ? item.source.image.data.byteLength : 0;
    const request = requests.at(-1);
    if (request && request.length < size && held + own <= REQUEST_BYTES) {
      request.push(item);
      held += own;
    } else {
      requests.push([item]);
      held = own;
    }
  }
  return requests;
}

/** Some of N×S×S×C crops, not copied. */
function cropsBetween({ shape, data }: ShapedArray, start: number, end: number): ShapedArray {
  const [count, ...crop] = shape;
  const values = count === 0 ? 0 : data.length / count;
  return shaped(data.subarray(start * values, end * values), [end - start, ...crop]);
}

function stackCrops(first: ShapedArray, second: ShapedArray): ShapedArray {
  if (first.shape[0] === 0) return second;
  const [count, ...crop] = second.shape;
  const data = new Uint8Array(first.data.length + second.data.length);
  data.set(first.data);
  data.set(second.data, first.data.length);
  return shaped(data, [first.shape[0] + count, ...crop]);
}

export function alignRequest(
  dataSet: DataSet,
  items: readonly DataItem[],
  align: AlignOptions,
): { request: AlignRequest; arrays: NamedArrays } {
  const arrays: Record<string, NamedArrays[string]> = {};
  const asked = items.map(({ name, source }, i): AlignItem => {
    const points = dataSet.landmarks?.get(name);
    if ("image" in source) {
      const { width, height, channels, data } = source.image;
      arrays[`image/${i}`] = { shape: [height, width, channels], data };
    }
    return {
      name,
      ...("path" in source && { path: source.path }),
      ...(points && { landmarks: Array.from(points) }),
    };
  });
  const { useLandmarks = true, cache } = align;
  const request = {
    kind: dataSet.kind,
    settings: settingsFor(dataSet, align),
    useLandmarks,
    cache: cache !== false,
    items: asked,
  };
  return { request, arrays };
}
