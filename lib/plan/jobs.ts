import { type Measured, nearestNet } from "./measured";
import type { Question } from "./question";
import type { Cluster, Job, StepJob, TaskJob } from "./work";

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
/** Chunks pass the net again with their gradients: forward, forward again and backward, which is twice a forward. */
const TRAINING_PASSES = 4;
const FLOP_PER_MULTIPLY_ADD = 2;
const FLOAT = 4;
/** Index, score and squared L2 of a neighbour. */
const NEIGHBOUR_BYTES = 12;

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

function coresOf({ coresPerGpu }: Question, kind: WorkerKind): number {
  return kind === "gpu" ? coresPerGpu : 1;
}

function embeddingBytes({ net, images }: Question): number {
  return images * net.embedding * FLOAT;
}

/** Align and embed all images into shards: `embed-shards`. */
function embedJob(
  question: Question,
  { costs, nets }: Pick<Measured, "costs" | "nets">,
  kind: WorkerKind,
  { shardImages }: Cut,
): PlannedJob {
  const { images, net, imageBytes, detect } = question;
  const inShard = Math.min(shardImages, images);
  const tasks = Math.ceil(images / inShard);
  const each = images / tasks;
  const align = costs.alignPerImage + (detect ? costs.detectPerImage : 0);
  const forward = net.multiplyAdds / nearestNet(nets, net.multiplyAdds).forwardPerCoreSecond;
  const flops = FLOP_PER_MULTIPLY_ADD * net.multiplyAdds;
  const row = net.embedding * FLOAT + costs.namesBytesPerEmbedding;
  const job: TaskJob = {
    kind: "tasks",
    tasks,
    coreSeconds: each * (align + (kind === "gpu" ? 0 : forward)),
    coresAtOnce: coresOf(question, kind),
    gpuSeconds: kind === "gpu" ? (each * flops) / question.gpuFlops : 0,
    readBytes: each * imageBytes,
    writeBytes: 0,
    // The coordinator encodes and writes: an embedding comes to it and goes on to the store.
    coordinatorSeconds: each * (costs.writePerEmbedding + (2 * row) / question.linkBytesPerSecond),
    setUpBytes: net.parameters * FLOAT,
  };
  return {
    name: "embed",
    title: "align and embed",
    kind,
    job,
    coreSeconds: tasks * (job.coreSeconds + each * costs.writePerEmbedding),
    gpuSeconds: tasks * job.gpuSeconds,
    trafficBytes: (workers) => images * (imageBytes + 2 * row) + workers * job.setUpBytes,
    workerBytes: each * (net.inputSize ** 2 * net.channels + row) + job.setUpBytes,
    coordinatorBytes: each * row,
  };
}

/** Training, with sums at the coordinator as this library's workers do, or with a ring all-reduce, which it has not. */
function trainJob(
  question: Question,
  { costs, nets }: Pick<Measured, "costs" | "nets">,
  kind: WorkerKind,
  ring: boolean,
): PlannedJob {
  const { net, batch, images, epochs, chunk } = question;
  const steps = Math.ceil((images * epochs) / batch);
  const passes = TRAINING_PASSES * net.multiplyAdds * batch;
  const values = batch * net.inputSize ** 2 * net.channels;
  const speed = nearestNet(nets, net.multiplyAdds).trainingPerCoreSecond;
  const prepare = costs.preparePerValue * values;
  const gradient = net.parameters * FLOAT;
  const embeddings = 2 * batch * net.embedding * FLOAT;
  const pieces = Math.ceil(batch / chunk);
  const mine = costs.minePerPair * batch ** 2;
  const job: StepJob = {
    kind: "steps",
    steps,
    pieces,
    coreSeconds: (kind === "gpu" ? 0 : passes / speed) + (ring ? prepare : 0),
    ownCoreSeconds: costs.updatePerParameter * net.parameters,
    coresAtOnce: coresOf(question, kind),
    gpuSeconds: kind === "gpu" ? (FLOP_PER_MULTIPLY_ADD * passes) / question.gpuFlops : 0,
    serialSeconds: mine + (ring ? 0 : prepare),
    serialSecondsPerPiece: ring ? 0 : costs.sumPerParameter * net.parameters,
    centralBytes: embeddings + (ring ? 0 : values * FLOAT),
    centralBytesPerPiece: ring ? 0 : gradient,
    centralBytesPerWorker: ring ? 0 : gradient,
    readBytes: ring ? values : 0,
    ringBytes: ring ? gradient : 0,
    // Weights and one vector of the optimiser.
    checkpointBytes: 2 * gradient,
  };
  const serial = job.serialSeconds + pieces * job.serialSecondsPerPiece;
  return {
    name: ring ? "train-ring" : "train",
    title: ring ? "train, sums in a ring" : "train, sums at the coordinator",
    kind,
    job,
    coreSeconds: steps * (job.coreSeconds + serial),
    gpuSeconds: steps * job.gpuSeconds,
    trafficBytes: (workers) =>
      steps *
      (job.centralBytes +
        pieces * job.centralBytesPerPiece +
        workers * job.centralBytesPerWorker +
        job.readBytes +
        2 * (workers - 1) * job.ringBytes),
    workerBytes: 4 * gradient,
    coordinatorBytes: values * FLOAT + (ring ? 0 : pieces * gradient),
  };
}

/** VAL at FAR over all pairs: `all-pairs`. Every worker holds all embeddings. */
function allPairsJob(
  question: Question,
  { costs }: Pick<Measured, "costs">,
  { blockRows, blocksPerPart }: Cut,
): PlannedJob {
  const { images, net } = question;
  const side = Math.ceil(images / blockRows);
  const blocks = (side * (side + 1)) / 2;
  const inPart = blocksPerPart ?? Math.min(4000, Math.max(256, Math.ceil(blocks / 256)));
  const tasks = Math.ceil(blocks / inPart);
  const pairs = (images * (images - 1)) / 2;
  const pair = costs.pair.fixed + costs.pair.perDimension * net.embedding;
  const all = embeddingBytes(question);
  const job: TaskJob = {
    kind: "tasks",
    tasks,
    coreSeconds: (pairs / tasks) * pair + costs.partOfPairs,
    coresAtOnce: 1,
    gpuSeconds: 0,
    readBytes: 0,
    writeBytes: 0,
    coordinatorSeconds: costs.histogramPerPart + costs.histogramBytesPerPart / question.linkBytesPerSecond,
    setUpBytes: all,
  };
  return {
    name: "all-pairs",
    title: "all pairs",
    kind: "core",
    job,
    coreSeconds: tasks * (job.coreSeconds + costs.histogramPerPart),
    gpuSeconds: 0,
    trafficBytes: (workers) => workers * all + tasks * costs.histogramBytesPerPart,
    workerBytes: all,
    coordinatorBytes: all,
  };
}

/** The exact k nearest images of every probe: `search`. The probes go to a worker with every shard. */
function searchJob(question: Question, { costs }: Pick<Measured, "costs">, { shardRows }: Cut): PlannedJob {
  const { images, probes, k, net } = question;
  const rows = Math.min(shardRows, images);
  const tasks = Math.ceil(images / rows);
  const each = images / tasks;
  const pair = costs.search.fixed + costs.search.perDimension * net.embedding;
  const found = probes * Math.min(k, each);
  const job: TaskJob = {
    kind: "tasks",
    tasks,
    coreSeconds: each * probes * pair,
    coresAtOnce: 1,
    gpuSeconds: 0,
    readBytes: (each + probes) * net.embedding * FLOAT,
    writeBytes: 0,
    coordinatorSeconds: found * (costs.mergePerNeighbour + NEIGHBOUR_BYTES / question.linkBytesPerSecond),
    setUpBytes: 0,
  };
  return {
    name: "search",
    title: `${k} nearest of ${probes.toLocaleString("en")} probes`,
    kind: "core",
    job,
    coreSeconds: tasks * (job.coreSeconds + found * costs.mergePerNeighbour),
    gpuSeconds: 0,
    trafficBytes: () => tasks * (job.readBytes + found * NEIGHBOUR_BYTES),
    workerBytes: job.readBytes + found * NEIGHBOUR_BYTES,
    // Until the last shard is there, the best of each shard are kept.
    coordinatorBytes: embeddingBytes(question) + tasks * found * NEIGHBOUR_BYTES,
  };
}
