import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../core/container";
import { writeFileAtomic } from "../core/files";
import { type Matrix, matrix } from "../core/matrix";
import { createRandom } from "../core/random";
import type { DataItem, DataSet } from "../data/dataset";
import { addCounts, emptyCounts } from "../evaluate/countedDistances";
import { mergeShards } from "../evaluate/galleryShards";
import { alignRequest } from "../jobs/embedShards";
import { countsOf } from "../jobs/parallelAllPairs";
import { bestOf } from "../jobs/parallelSearch";
import { encodeParquet } from "../jobs/parquet";
import { countNet } from "../nets/count";
import { embeddingSize, type NetSpec } from "../nets/spec";
import type { Costs, Linear, MeasuredNet } from "../plan/measured";
import { createObjective } from "../train/objectives";
import { defaultSettings, type TrainSettings } from "../train/settings";
import { type NamedArrays, shaped, shapedMatrix } from "../worker/arrays";
import type { LocalWorkers } from "../worker/localWorkers";

/** Clock ticks of Linux's process accounting in a second (USER_HZ), the same on every platform that Node runs on. */
const TICKS = 100;

/** Processor seconds of a process and its threads so far. Linux only: throws where /proc is not. */
function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Processor and wall-clock seconds of one request, over repeats of it that take `least` processor seconds together; the first one warms up. */
async function costOf(
  { workers, least }: Pick<CostSurroundings, "workers" | "least">,
  ask: () => Promise<unknown>,
): Promise<{ readonly core: number; readonly wall: number }> {
  await ask();
  const pid = workers.pids()[0] as number;
  const [start, since] = [processorSeconds(pid), performance.now()];
  let [asked, core] = [0, 0];
  do {
    await ask();
    asked++;
    core = processorSeconds(pid) - start;
  } while (core < least || core === 0);
  return { core: core / asked, wall: (performance.now() - since) / 1000 / asked };
}

/** Processor seconds that this process spends on `work`, over repeats of at least half a second together; the first one warms up. */
async function ownCost(work: () => unknown): Promise<number> {
  await work();
  const start = process.cpuUsage();
  let [done, spent] = [0, 0];
  do {
    await work();
    done++;
    const { user, system } = process.cpuUsage(start);
    spent = (user + system) / 1e6;
  } while (spent < 0.5);
  return spent / done;
}

/** N random unit rows of D columns. */
export function randomRows(rows: number, columns: number, seed: number): Matrix {
  const random = createRandom(seed);
  const x = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    const row = x.data.subarray(i * columns, (i + 1) * columns);
    for (let k = 0; k < columns; k++) row[k] = random.normal();
    const length = Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0));
    for (let k = 0; k < columns; k++) row[k] /= length;
  }
  return x;
}

/** A line through two measurements; what would be negative is 0. */
function lineThrough(d1: number, cost1: number, d2: number, cost2: number): Linear {
  const perDimension = Math.max(0, (cost2 - cost1) / (d2 - d1));
  return { perDimension, fixed: Math.max(0, cost1 - perDimension * d1) };
}

/** What the stages of {@link Costs} need: one worker of one thread, pictures with known landmarks, a folder to write into. */
export interface CostSurroundings {
  readonly workers: LocalWorkers;
  readonly dataSet: DataSet;
  readonly items: readonly DataItem[];
  readonly folder: string;
  /** Rows of the blocks that are compared. */
  readonly rows: number;
  /** Processor seconds over which a request is repeated, above 0. */
  readonly least: number;
}

/** Aligning with known landmarks, and what the detector adds. */
export async function alignCosts(
  surroundings: CostSurroundings,
): Promise<Pick<Costs, "alignPerImage" | "detectPerImage" | "alignCores">> {
  const { workers, dataSet, items } = surroundings;
  const align = async (useLandmarks: boolean) => {
    const { request, arrays } = alignRequest(dataSet, items, { cache: false, useLandmarks });
    const { core, wall } = await costOf(surroundings, () => workers.call(0, "align", request, arrays));
    return { core: core / items.length, cores: core / wall };
  };
  const known = await align(true);
  const asked = await align(false);
  return {
    alignPerImage: known.core,
    detectPerImage: Math.max(0, asked.core - known.core),
    alignCores: Math.max(1, known.cores),
  };
}

/** Encoding and writing embeddings. */
export async function writeCosts({
  folder,
}: CostSurroundings): Promise<Pick<Costs, "writePerEmbedding" | "namesBytesPerEmbedding">> {
  const rows = 1024;
  const columns = 128;
  const names = Array.from({ length: rows }, (_, i) => `id${String(i).padStart(6, "0")}/000.jpg`);
  const identities = names.map((name) => name.slice(0, 8));
  const vectors = randomRows(rows, columns, 3);
  let bytes = 0;
  const cost = await ownCost(async () => {
    const encoded = await encodeParquet({ names, identities, vectors });
    bytes = encoded.length;
    sha256(encoded);
    writeFileAtomic(join(folder, "rows.parquet"), encoded);
  });
  return { writePerEmbedding: cost / rows, namesBytesPerEmbedding: Math.max(0, bytes / rows - 4 * columns) };
}

/** All pairs and searches at two dimensions, and what their coordinator does. */
export async function pairCosts(
  surroundings: CostSurroundings,
): Promise<
  Pick<
    Costs,
    "pair" | "partOfPairs" | "histogramPerPart" | "histogramBytesPerPart" | "search" | "mergePerNeighbour"
  >
> {
  const { workers, rows } = surroundings;
  const [low, high] = [64, 256];
  const products = "engine";
  let answer: NamedArrays = {};
  let blocks = 1;
  /** One part of all pairs of so many rows. */
  const partOf = async (rows: number, columns: number): Promise<number> => {
    const labels = Int32Array.from({ length: rows }, (_, i) => i >> 1);
    const embeddings = shapedMatrix(randomRows(rows, columns, 1));
    const { result } = await workers.call(
      0,
      "rows",
      { block: 1024, products },
      { embeddings, labels: shaped(labels) },
    );
    blocks = result.blocks as number;
    const part = { from: 0, to: blocks };
    const { core } = await costOf(surroundings, async () => {
      answer = (await workers.call(0, "pairHistogram", part)).arrays;
    });
    return core;
  };
  const pairsOf = (n: number): number => (n * (n - 1)) / 2;
  const [small, narrow, wide] = [
    await partOf(rows / 2, low),
    await partOf(rows, low),
    await partOf(rows, high),
  ];
  const partOfPairs = Math.max(
    0,
    small - ((narrow - small) * pairsOf(rows / 2)) / (pairsOf(rows) - pairsOf(rows / 2)),
  );
  const pair = lineThrough(
    low,
    (narrow - partOfPairs) / pairsOf(rows),
    high,
    (wide - partOfPairs) / pairsOf(rows),
  );
  // What this process spends on a part: taking the answer in, and adding.
  let sum = emptyCounts(0);
  const histogramPerPart = await ownCost(async () => {
    answer = (await workers.call(0, "pairHistogram", { from: 0, to: Math.min(blocks, 8) })).arrays;
    sum = addCounts(sum, countsOf(answer));
  });
  const histogramBytesPerPart = Object.values(answer).reduce((bytes, { data }) => bytes + data.byteLength, 0);

  const [probes, k] = [512, 10];
  const searchOf = async (columns: number): Promise<number> => {
    const arrays = {
      probes: shapedMatrix(randomRows(probes, columns, 2)),
      shard: shapedMatrix(randomRows(rows, columns, 1)),
      centre: shaped(new Float64Array(columns)),
    };
    const { core } = await costOf(surroundings, async () => {
      answer = (await workers.call(0, "search", { k, products }, arrays)).arrays;
    });
    return core / (probes * rows);
  };
  const search = lineThrough(low, await searchOf(low), high, await searchOf(high));
  const best = bestOf(answer);
  const shards = 16;
  const merge = await ownCost(() =>
    mergeShards(
      new Array(shards).fill(best),
      Array.from({ length: shards }, (_, s) => s * rows),
      probes,
      k,
    ),
  );
  return {
    pair,
    partOfPairs,
    histogramPerPart,
    histogramBytesPerPart,
    search,
    mergePerNeighbour: merge / (shards * probes * k),
  };
}

/** Mining a batch, and adding gradients. */
export async function batchCosts(): Promise<Pick<Costs, "minePerPair" | "sumPerParameter">> {
  const batch = 1800;
  const embeddings = randomRows(batch, 128, 4);
  const classes = Int32Array.from({ length: batch }, (_, i) => Math.floor(i / 40));
  const objective = createObjective(defaultSettings.objective, {
    classes: 45,
    dimension: 128,
    random: createRandom(1),
  });
  const mine = await ownCost(() => objective.evaluate(embeddings, classes, new Float32Array(0)));
  const values = 1e6;
  const [sum, part] = [new Float32Array(values), new Float32Array(values).fill(1)];
  const add = await ownCost(() => {
    for (let i = 0; i < values; i++) sum[i] += part[i];
  });
  return { minePerPair: mine / batch ** 2, sumPerParameter: add / values };
}

/** Settings of a short training that is only timed. */
export function timedSettings(chunk: number): TrainSettings {
  return {
    ...defaultSettings,
    budget: { steps: 1000 },
    batch: { sampler: "identities", identities: 16, images: 4 },
    chunk,
  };
}

/** How fast one core embeds with a net and trains it, and what the optimiser's step of a parameter takes. Noise stands for the pictures. */
export async function netCosts(
  surroundings: CostSurroundings,
  spec: NetSpec,
  images: number,
): Promise<{ readonly net: MeasuredNet; readonly updatePerParameter: number }> {
  const { workers } = surroundings;
  const { inputSize, channels } = spec;
  const { multiplyAdds, parameters } = countNet(spec);
  const random = createRandom(7);
  const values = images * inputSize ** 2 * channels;
  const shape = [images, inputSize, inputSize, channels];
  const settings = timedSettings(images);
  const { result } = await workers.call(0, "init", { spec, settings, classes: 2 });
  const size = result.size as number;
  const floats: Float32Array = Float32Array.from({ length: values }, () => random.normal());
  const gradient = shapedMatrix(randomRows(images, embeddingSize(spec), 5));
  const train = await costOf(surroundings, async () => {
    await workers.call(0, "forward", { chunk: 0 }, { images: shaped(floats, shape) });
    await workers.call(0, "backward", { chunk: 0 }, { gradient });
  });
  const zero = shaped(new Float32Array(size));
  const update = await costOf(surroundings, () =>
    workers.call(0, "apply", { rate: 1e-6 }, { gradient: zero }),
  );
  const { arrays } = await workers.call(0, "state");
  await workers.call(0, "model", { spec, mirrorAverage: false }, { weights: arrays.weights });
  const crops = shaped(
    Uint8Array.from({ length: values }, () => random.integer(256)),
    shape,
  );
  const embed = await costOf(surroundings, () => workers.call(0, "embed", {}, { crops }));
  return {
    net: {
      name: spec.name,
      inputSize,
      multiplyAdds,
      forwardPerCoreSecond: (images * multiplyAdds) / embed.core,
      trainingPerCoreSecond: (4 * images * multiplyAdds) / train.core,
    },
    updatePerParameter: update.core / parameters,
  };
}
