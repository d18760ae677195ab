import { rmSync } from "node:fs";
import { join } from "node:path";
import { defaultAlignSettings } from "../align/align";
import { takeRows } from "../core/matrix";
import { createRandom } from "../core/random";
import type { CropSet, DataSet } from "../data/dataset";
import { embedShards } from "../jobs/embedShards";
import { parallelAllPairs } from "../jobs/parallelAllPairs";
import { startParallelTrainer } from "../jobs/parallelTrainer";
import { buildNet } from "../nets/build";
import { countNet } from "../nets/count";
import { embeddingSize, type NetSpec } from "../nets/spec";
import { type JobName, jobsOf } from "../plan/jobs";
import type { Measured } from "../plan/measured";
import { questionOf } from "../plan/question";
import type { Job } from "../plan/work";
import { loadModel, saveModel } from "../train/modelFolder";
import { defaultSettings } from "../train/settings";
import type { LocalWorkers } from "../worker/localWorkers";
import { randomRows, timedSettings } from "./planCosts";

/** Sizes of the jobs that are run. */
export interface CheckSizes {
  /** Images of a shard, and rows of all pairs. */
  readonly shardImages: number;
  readonly rows: number;
  readonly steps: number;
}

/** What is run with 1, 2 and 4 workers of one thread, and the job that the model makes of it. */
export interface Checked {
  readonly name: string;
  readonly job: Job;
  /** Makes the workers ready, and gives what is timed. */
  readonly prepare: (workers: LocalWorkers) => Promise<() => Promise<void>>;
}

/** The job as a plan sees it, on one machine. */
function planned(
  measured: Pick<Measured, "costs" | "nets">,
  spec: NetSpec,
  name: JobName,
  images: number,
  cut: Parameters<typeof jobsOf>[3],
  more: { readonly batch: number; readonly chunk: number; readonly epochs: number; readonly detect: boolean },
): Job {
  const { multiplyAdds, parameters } = countNet(spec);
  const { inputSize, channels } = spec;
  const question = questionOf({
    images,
    identities: Math.ceil(images / 4),
    workers: [1],
    net: { name: spec.name, inputSize, channels, multiplyAdds, parameters, embedding: embeddingSize(spec) },
    // On one machine bytes go through pipes: their cost is processor time, and counted as that.
    linkBytesPerSecond: 1e15,
    storeBytesPerSecond: 1e18,
    ...more,
  });
  const found = jobsOf(question, measured, "core", cut).find((job) => job.name === name);
  if (!found) throw new Error(`There is no job ${name}`);
  return found.job;
}

/** Embedding the pictures of a data set into shards. */
export function embedCheck(
  measured: Pick<Measured, "costs" | "nets">,
  dataSet: DataSet,
  spec: NetSpec,
  folder: string,
  { shardImages }: CheckSizes,
): Checked {
  const cut = { shardImages, blockRows: 1024, shardRows: 65_536 };
  const usual = { batch: 2, chunk: 2, epochs: 1, detect: false };
  const job = planned(measured, spec, "embed", dataSet.items.length, cut, usual);
  const path = join(folder, "model");
  return {
    name: "align and embed",
    job: { ...job, coresAtOnce: measured.costs.alignCores },
    prepare: async (workers) => {
      const net = buildNet(spec, createRandom(1));
      saveModel(path, net, {
        input: {
          margin: defaultAlignSettings.margin,
          alignment: "similarity",
          template: defaultAlignSettings.template,
        },
        mirrorAverage: false,
        training: {
          data: "none",
          identities: 0,
          images: 0,
          steps: 0,
          seconds: 0,
          settings: defaultSettings,
          troubles: [],
        },
        threshold: null,
        versions: {},
      });
      net.dispose();
      const model = loadModel(path);
      const out = join(folder, "shards");
      const options = { align: { size: spec.inputSize, cache: false as const }, images: shardImages };
      const embed = async (items: DataSet["items"]): Promise<void> => {
        rmSync(out, { recursive: true, force: true });
        await embedShards(workers, { ...dataSet, items }, model, out, options);
      };
      // A shard for each worker first: engine and image library are loaded then.
      await embed(dataSet.items.slice(0, shardImages * workers.count));
      return async () => {
        await embed(dataSet.items);
        model.net.dispose();
      };
    },
  };
}

/** All pairs of random rows. */
export function pairsCheck(
  measured: Pick<Measured, "costs" | "nets">,
  spec: NetSpec,
  { rows }: CheckSizes,
): Checked {
  const cut = { shardImages: 1024, blockRows: 1024, blocksPerPart: 4, shardRows: 65_536 };
  const usual = { batch: 2, chunk: 2, epochs: 1, detect: false };
  const x = randomRows(rows, embeddingSize(spec), 6);
  const labels = Int32Array.from({ length: rows }, (_, i) => i >> 1);
  return {
    name: "all pairs",
    job: planned(measured, spec, "all-pairs", rows, cut, usual),
    prepare: async (workers) => {
      const options = { products: "engine", blocksPerPart: 4 } as const;
      const few = Math.min(rows, 1024 * workers.count);
      const first = takeRows(x, [...Array(few).keys()]);
      await parallelAllPairs(workers, first, labels.subarray(0, few), { ...options, blocksPerPart: 1 });
      return async () => {
        await parallelAllPairs(workers, x, labels, options);
      };
    },
  };
}

/** Steps of a training on noise. */
export function trainCheck(
  measured: Pick<Measured, "costs" | "nets">,
  spec: NetSpec,
  { steps }: CheckSizes,
): Checked {
  const settings = timedSettings(16);
  const batch = 64;
  const cut = { shardImages: 1024, blockRows: 1024, shardRows: 65_536 };
  const crops = noiseCrops(spec, 24, 8);
  const more = { batch, chunk: settings.chunk, epochs: (steps * batch) / 192, detect: false };
  return {
    name: "train",
    job: planned(measured, spec, "train", 192, cut, more),
    prepare: async (workers) => {
      const trainer = await startParallelTrainer(workers, spec, crops, settings, { keepEvery: 1000 });
      // As many steps first: compilers make them dearer.
      for (let step = 0; step < steps; step++) await trainer.step();
      return async () => {
        for (let step = 0; step < steps; step++) await trainer.step();
        trainer.dispose();
      };
    },
  };
}

/** Crops of noise with the margin that the light augmentation shifts in. */
export function noiseCrops({ inputSize, channels }: NetSpec, identities: number, images: number): CropSet {
  const random = createRandom(8);
  const size = inputSize + 2 * defaultAlignSettings.margin;
  const count = identities * images;
  return {
    size,
    channels,
    data: Uint8Array.from({ length: count * size * size * channels }, () => random.integer(256)),
    labels: Int32Array.from({ length: count }, (_, i) => Math.floor(i / images)),
    names: Array.from({ length: count }, (_, i) => `noise ${i}`),
    identities: Array.from({ length: identities }, (_, i) => `identity ${i}`),
  };
}
