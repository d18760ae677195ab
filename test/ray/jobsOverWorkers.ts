import { rmSync } from "node:fs";
import { join } from "node:path";
import { loadFolder } from "../../lib/data/folder";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { nearestRows } from "../../lib/evaluate/nearest";
import { embedShards } from "../../lib/jobs/embedShards";
import { parallelAllPairs } from "../../lib/jobs/parallelAllPairs";
import { parallelSearch } from "../../lib/jobs/parallelSearch";
import { startParallelTrainer } from "../../lib/jobs/parallelTrainer";
import type { TrainSettings } from "../../lib/train/settings";
import { Trainer, type TrainingRun, train } from "../../lib/train/trainer";
import type { WorkerLost, Workers } from "../../lib/worker/workers";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { comparable, filesOf, randomModel } from "../jobs/fixtures";
import { withWorkers } from "../jobs/withWorkers";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";
import { writePatterns } from "../walk/fixtures";

export const jobNames = [
  "embedShards",
  "parallelAllPairs",
  "parallelSearch",
  "startParallelTrainer",
] as const;
export type JobName = (typeof jobNames)[number];

const settings: TrainSettings = { ...tinySettings, chunk: 6 };

/** A job that several workers share, small enough for a test. */
export interface SharedJob {
  /** The request that every worker gets and during which it is killed. */
  readonly op: string;
  /** All that the job makes, over these workers. */
  run(workers: Workers, onLost?: (error: WorkerLost) => void): Promise<unknown>;
  /** The same without any, or over one process. */
  whole(): Promise<unknown>;
}

/** One of the jobs; its files go into `place`. */
export function sharedJob(name: JobName, place: string): SharedJob {
  if (name === "embedShards") return embedding(place);
  if (name === "startParallelTrainer") return training;
  const { x, labels } = clusteredEmbeddings(3, 400, 12, 16, 0.8);
  const pairs = { fars: [1e-1, 1e-2, 1e-3], block: 64, blocksPerPart: 3 };
  return name === "parallelAllPairs"
    ? {
        op: "pairHistogram",
        run: (workers, onLost) => parallelAllPairs(workers, x, labels, { ...pairs, onLost }),
        whole: async () => allPairsVal(x, labels, pairs),
      }
    : {
        op: "search",
        run: (workers, onLost) => parallelSearch(workers, x, x, 5, { shardRows: 40, onLost }),
        whole: async () => nearestRows(x, x, 5),
      };
}

function embedding(place: string): SharedJob {
  const run: SharedJob["run"] = async (workers, onLost) => {
    const dataSet = await loadFolder(await writePatterns(join(place, "photos"), { images: 3 }));
    const model = randomModel(join(place, "model"));
    const shards = join(place, "shards");
    // The cache of crops is the machine's own.
    const align = { mode: "center-crop", size: 16, margin: 1, cache: false } as const;
    await embedShards(workers, dataSet, model, shards, { align, images: 3, onLost });
    model.net.dispose();
    const files = filesOf(shards);
    for (const folder of ["photos", "model", "shards"]) rmSync(join(place, folder), { recursive: true });
    return files;
  };
  const whole = async (): Promise<unknown> => {
    let files: unknown;
    await withWorkers(1, async (workers) => {
      files = await run(workers);
    });
    return files;
  };
  return { op: "embed", run, whole };
}

const training: SharedJob = {
  op: "backward",
  run: async (workers, onLost) =>
    trained(await startParallelTrainer(workers, tinyNet, patternCrops(), settings, { onLost })),
  whole: () => trained(new Trainer(tinyNet, patternCrops(), settings)),
};

async function trained(run: TrainingRun & { dispose(): void }): Promise<unknown> {
  await train(run);
  const end = await comparable(run);
  run.dispose();
  return end;
}
