import type { Measured } from "./measured";
import { embedJob, trainJob } from "./netJobs";
import { allPairsJob, searchJob } from "./pairJobs";
import type { Question } from "./question";
import type { Cluster, Job } from "./work";

/** How jobs cut their work. */
export interface Cut {
  readonly shardImages: number;
  readonly blockRows: number;
  /** Left out: as `parallelAllPairs` chooses. */
  readonly blocksPerPart?: number;
  readonly shardRows: number;
}

/** The defaults of this library's jobs. */
const usualCut: Cut = { shardImages: 1024, blockRows: 1024, shardRows: 65_536 };

export type JobName = "embed" | "all-pairs" | "search" | "train" | "train-ring";
/** Workers are single cores, or accelerators with the cores that feed them. */
export type WorkerKind = "core" | "gpu";

/** A job with what it needs beside time. */
export interface PlannedJob {
  readonly name: JobName;
  readonly title: string;
  readonly kind: WorkerKind;
  readonly job: Job;
  readonly coreSeconds: number;
  readonly gpuSeconds: number;
  /** Bytes over the network for W workers. */
  readonly trafficBytes: (workers: number) => number;
  /** Bytes of memory that a worker and the coordinator must have. */
  readonly workerBytes: number;
  readonly coordinatorBytes: number;
}

/** Every job of a question on one kind of worker. Accelerators are planned where a net works: what they do with pairs was not measured. */
export function jobsOf(
  question: Question,
  measured: Pick<Measured, "costs" | "nets">,
  kind: WorkerKind,
  cut: Cut = usualCut,
): PlannedJob[] {
  const nets = [
    embedJob(question, measured, kind, cut),
    trainJob(question, measured, kind, false),
    trainJob(question, measured, kind, true),
  ];
  return kind === "gpu"
    ? nets
    : [...nets, allPairsJob(question, measured, cut), searchJob(question, measured, cut)];
}

/** The machines of a question: one core a worker, or one accelerator with its cores. */
export function clusterOf(
  question: Question,
  measured: Measured,
  kind: WorkerKind,
  workers: number,
): Cluster {
  const {
    linkBytesPerSecond,
    storeBytesPerSecond,
    latencySeconds,
    slowShare,
    slowdown,
    failuresPerWorkerHour,
  } = question;
  return {
    workers,
    cores: workers * (kind === "gpu" ? question.coresPerGpu : 1),
    coordinatorOnCores: false,
    linkBytesPerSecond,
    storeBytesPerSecond,
    latencySeconds,
    startSeconds: measured.costs.workerStart,
    slowShare,
    slowdown,
    failuresPerWorkerHour,
  };
}
