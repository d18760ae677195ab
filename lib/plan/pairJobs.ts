import type { Cut, PlannedJob } from "./jobs";
import type { Measured } from "./measured";
import type { Question } from "./question";
import type { TaskJob } from "./work";

const FLOAT = 4;
/** Index, score and squared L2 of a neighbour. */
const NEIGHBOUR_BYTES = 12;

function embeddingBytes({ net, images }: Question): number {
  return images * net.embedding * FLOAT;
}

/** VAL at FAR over all pairs: `all-pairs`. Every worker holds all embeddings. */
export function allPairsJob(
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
export function searchJob(
  question: Question,
  { costs }: Pick<Measured, "costs">,
  { shardRows }: Cut,
): PlannedJob {
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
