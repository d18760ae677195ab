import { join } from "node:path";
import { sha256 } from "../core/container";
import { writeFileAtomic } from "../core/files";
import { type Matrix, matrix } from "../core/matrix";
import { createRandom } from "../core/random";
import type { DataItem, DataSet } from "../data/dataset";
import { alignRequest } from "../jobs/embedShards";
import { encodeParquet } from "../jobs/parquet";
import { countNet } from "../nets/count";
import { embeddingSize, type NetSpec } from "../nets/spec";
import type { Costs, MeasuredNet } from "../plan/measured";
import { createObjective } from "../train/objectives";
import { defaultSettings, type TrainSettings } from "../train/settings";
import { shaped, shapedMatrix } from "../worker/arrays";
import type { LocalWorkers } from "../worker/localWorkers";
import { costOf, ownCost } from "./processorTime";

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
export async function writeCosts(
  folder: string,
  least: number,
): Promise<Pick<Costs, "writePerEmbedding" | "namesBytesPerEmbedding">> {
  const rows = 1024;
  const columns = 128;
  const names = Array.from({ length: rows }, (_, i) => `id${String(i).padStart(6, "0")}/000.jpg`);
  const identities = names.map((name) => name.slice(0, 8));
  const vectors = randomRows(rows, columns, 3);
  let bytes = 0;
  const cost = await ownCost(least, async () => {
    const encoded = await encodeParquet({ names, identities, vectors });
    bytes = encoded.length;
    sha256(encoded);
    writeFileAtomic(join(folder, "rows.parquet"), encoded);
  });
  return { writePerEmbedding: cost / rows, namesBytesPerEmbedding: Math.max(0, bytes / rows - 4 * columns) };
}

/** Mining a batch, and adding gradients. */
export async function batchCosts(least: number): Promise<Pick<Costs, "minePerPair" | "sumPerParameter">> {
  const batch = 1800;
  const embeddings = randomRows(batch, 128, 4);
  const classes = Int32Array.from({ length: batch }, (_, i) => Math.floor(i / 40));
  const objective = createObjective(defaultSettings.objective, {
    classes: 45,
    dimension: 128,
    random: createRandom(1),
  });
  const mine = await ownCost(least, () => objective.evaluate(embeddings, classes, new Float32Array(0)));
  const values = 1e6;
  const [sum, part] = [new Float32Array(values), new Float32Array(values).fill(1)];
  const add = await ownCost(least, () => {
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
