import { type Cluster, checkWork, type Job, type StepJob, serialOf, type TaskJob } from "./work";

/** What limits a job. `worker` is the worker's own accelerator; `batch` means that more workers than pieces of a step stand idle. */
export type Limit =
  | "cores"
  | "accelerator"
  | "link"
  | "store"
  | "coordinator"
  | "latency"
  | "start"
  | "batch";

/** When a job ends, and why not earlier. */
export interface Estimate {
  /** Infinity where failures leave work no chance to end. */
  readonly seconds: number;
  readonly limit: Limit;
  /** Share of its time in [0, 1] that a worker computes. */
  readonly busy: number;
}

/**
 * The time of a job in closed form.
 *
 * Tasks: the asymptotic bounds of operational analysis. A worker needs D seconds for a task when it is alone, a resource k needs Dₖ for it, so T tasks
 * take at least T · max(D / W, max Dₖ). With queues in between it is more than that, at most T · Σ Dₖ when equal tasks stay in step with each other (see the simulation). A task of d seconds that begins again after every
 * failure (rate λ, then r seconds to start) takes (e^{λd} − 1)(1/λ + r) on average.
 * Steps: the slowest worker's part, what one place does, and the way of the bytes, or the making of the next batch if that takes longer; a ring passes 2(W − 1)/W of its vector. Checkpoints stand √(2δ/Λ) apart (δ seconds
 * each, Λ failures per second); the n steps of d seconds between two of them take (e^{Λnd} − 1)(d/(1 − e^{−Λd}) + r) on average,
 * since all begin again at the first when a failure is found at the end of a step.
 *
 * Source: Lazowska, Zahorjan, Graham, Sevcik (1984), *Quantitative System Performance*, chapter 5; Patarasuk and Yuan (2009) for the ring; Young (1974)
 * for checkpoints. Differs: stragglers lengthen the mean of a task, and the end of the job or of a step by the chance that one of the workers is slow.
 * Throws a RangeError for a number out of range.
 */
export function estimate(job: Job, cluster: Cluster): Estimate {
  checkWork(job, cluster);
  return job.kind === "tasks" ? estimateTasks(job, cluster) : estimateSteps(job, cluster);
}

function estimateTasks(job: TaskJob, cluster: Cluster): Estimate {
  const { workers, cores, storeBytesPerSecond, linkBytesPerSecond, startSeconds } = cluster;
  const slow = 1 + cluster.slowShare * (cluster.slowdown - 1);
  const bytes = job.readBytes + job.writeBytes;
  const core = slow * job.coreSeconds;
  const atOnce = Math.min(job.coresAtOnce, cores);
  const coordinator = job.coordinatorSeconds / (cluster.coordinatorOnCores ? Math.min(1, cores) : 1);
  const parts: readonly (readonly [Limit, number])[] = [
    ["cores", core / atOnce],
    ["accelerator", slow * job.gpuSeconds],
    ["link", bytes / Math.min(linkBytesPerSecond, storeBytesPerSecond)],
    ["coordinator", coordinator],
  ];
  const alone = parts.reduce((sum, [, seconds]) => sum + seconds, 0);
  const again = withFailures(alone, cluster);
  if (!Number.isFinite(again)) return { seconds: again, limit: largest(parts), busy: 0 };
  // What failures waste is spent on every resource but the coordinator, which sees finished tasks only.
  const waste = alone > 0 ? again / alone : 1;
  const onCores = core * waste + (cluster.coordinatorOnCores ? job.coordinatorSeconds : 0);
  const rounds = Math.ceil(job.tasks / workers);
  const limits: readonly (readonly [Limit, number])[] = [
    [largest(parts), Math.max((job.tasks / workers) * again, rounds * alone)],
    ["cores", (job.tasks * onCores) / cores],
    ["store", (job.tasks * waste * bytes) / storeBytesPerSecond],
    ["coordinator", job.tasks * coordinator],
  ];
  const setUp = Math.max(
    job.setUpBytes / linkBytesPerSecond,
    (workers * job.setUpBytes) / storeBytesPerSecond,
  );
  // One of the last tasks is slow with this chance, and all wait for it.
  const lastIsSlow = workers > 1 ? 1 - (1 - cluster.slowShare) ** Math.min(workers, job.tasks) : 0;
  const tail = lastIsSlow * (cluster.slowdown - 1) * (job.coreSeconds / atOnce + job.gpuSeconds);
  const work = Math.max(...limits.map(([, seconds]) => seconds)) + tail;
  const seconds = startSeconds + setUp + work;
  const limit = setUp > work ? "store" : startSeconds > work ? "start" : largest(limits);
  const computing = (job.tasks * (core / atOnce + slow * job.gpuSeconds)) / (workers * seconds);
  return { seconds, limit, busy: Math.min(1, computing) };
}

/** Mean seconds until a piece of work is done that begins again after every failure. */
export function withFailures(seconds: number, { failuresPerWorkerHour, startSeconds }: Cluster): number {
  const rate = failuresPerWorkerHour / 3600;
  return rate === 0 ? seconds : Math.expm1(rate * seconds) * (1 / rate + startSeconds);
}

function estimateSteps(job: StepJob, cluster: Cluster): Estimate {
  const { workers, cores, linkBytesPerSecond, storeBytesPerSecond, startSeconds } = cluster;
  const active = Math.min(workers, job.pieces);
  const share = Math.ceil(job.pieces / active) / job.pieces;
  const atOnce = Math.min(job.coresAtOnce, cores / active);
  const slow = 1 + (cluster.slowdown - 1) * (1 - (1 - cluster.slowShare) ** active);
  // Every replica takes the optimiser's step, also one that had no piece.
  const core =
    slow * ((share * job.coreSeconds) / atOnce) + job.ownCoreSeconds / Math.min(1, cores / workers);
  const gpu = slow * share * job.gpuSeconds;
  const serial = serialOf(job);
  const central =
    job.centralBytes + job.pieces * job.centralBytesPerPiece + workers * job.centralBytesPerWorker;
  const ring = (2 * (workers - 1) * job.ringBytes) / workers;
  const parts: readonly (readonly [Limit, number])[] = [
    ["cores", core],
    ["accelerator", gpu],
    ["coordinator", serial + central / linkBytesPerSecond],
    ["store", Math.max(job.readBytes / storeBytesPerSecond, job.readBytes / active / linkBytesPerSecond)],
    ["link", ring / linkBytesPerSecond],
    ["latency", job.ringBytes > 0 ? 2 * (workers - 1) * cluster.latencySeconds : 0],
  ];
  const alone = parts.reduce((sum, [, seconds]) => sum + seconds, 0);
  // On one machine all of it shares the cores, also what is made ahead.
  const computed = slow * job.coreSeconds + workers * job.ownCoreSeconds + serial + job.aheadSeconds;
  const onCores = cluster.coordinatorOnCores ? computed / cores : 0;
  const step = Math.max(alone, job.aheadSeconds, onCores);
  const stepLimit = step === alone ? largest(parts) : step === onCores ? "cores" : "coordinator";
  const work = stepsWithFailures(job, cluster, step);
  const idle = workers > job.pieces && ["cores", "accelerator"].includes(stepLimit);
  const limit = startSeconds > work ? "start" : idle ? "batch" : stepLimit;
  const busy = ((core + gpu) / step) * (active / workers);
  return { seconds: startSeconds + work, limit, busy: Math.min(1, busy) };
}

/** Seconds between checkpoints that lose least; Infinity without failures. */
export function checkpointSeconds(
  job: StepJob,
  { workers, failuresPerWorkerHour, linkBytesPerSecond }: Cluster,
): number {
  const rate = (workers * failuresPerWorkerHour) / 3600;
  return rate === 0
    ? Number.POSITIVE_INFINITY
    : Math.sqrt((2 * job.checkpointBytes) / linkBytesPerSecond / rate);
}

/** Mean seconds of all steps of `step` seconds each, with checkpoints and what failures undo. */
function stepsWithFailures(job: StepJob, cluster: Cluster, step: number): number {
  const { workers, failuresPerWorkerHour, linkBytesPerSecond, startSeconds } = cluster;
  const rate = (workers * failuresPerWorkerHour) / 3600;
  if (rate * step === 0) return job.steps * step;
  const between = Math.max(1, Math.ceil(checkpointSeconds(job, cluster) / step));
  const atOnce = Math.min(job.steps, between);
  const once = Math.expm1(rate * atOnce * step) * (step / -Math.expm1(-rate * step) + startSeconds);
  const checkpoints = Math.ceil(job.steps / between) - 1;
  return (job.steps / atOnce) * once + checkpoints * (job.checkpointBytes / linkBytesPerSecond);
}

function largest<T extends string>(parts: readonly (readonly [T, number])[]): T {
  return parts.reduce((best, part) => (part[1] > best[1] ? part : best))[0];
}
