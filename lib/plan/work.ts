/**
 * What a job asks of machines, and what machines there are: the words that the closed-form model (`bounds.ts`) and the simulation (`simulate.ts`) share.
 * Seconds are of one core of the machine that was measured, bytes are bytes. Nothing here needs Node: the calculator's page runs the same files.
 */

/** Independent tasks that workers take from one queue, one at a time each: read, compute, write, then hand the result to the coordinator. */
export interface TaskJob {
  readonly kind: "tasks";
  /** T, an integer ≥ 1. */
  readonly tasks: number;
  /** Core-seconds of one task, ≥ 0. */
  readonly coreSeconds: number;
  /** How many cores one task keeps busy, > 0: a worker's own threads decode images while it warps others. */
  readonly coresAtOnce: number;
  /** Seconds of one task on the worker's own accelerator, ≥ 0. */
  readonly gpuSeconds: number;
  /** Bytes of one task from and to the store. */
  readonly readBytes: number;
  readonly writeBytes: number;
  /** Seconds that the one coordinator needs for one task. */
  readonly coordinatorSeconds: number;
  /** Bytes that every worker reads from the store before its first task. */
  readonly setUpBytes: number;
}

/** Steps that all workers take together: each computes its part, then the parts meet. */
export interface StepJob {
  readonly kind: "steps";
  readonly steps: number;
  /** Pieces that a step can be cut into, ≥ 1: more workers than that stand idle. */
  readonly pieces: number;
  /** Core-seconds of one step that the workers share. */
  readonly coreSeconds: number;
  /** Core-seconds of one step that every worker spends (its optimiser's step). */
  readonly ownCoreSeconds: number;
  readonly coresAtOnce: number;
  /** Accelerator seconds of one step that the workers share. */
  readonly gpuSeconds: number;
  /** Seconds of one step in one place while all others wait: mining, and sums at a coordinator. */
  readonly serialSeconds: number;
  /** Seconds of one step in one place while the step before goes on: its batch is made ready. */
  readonly aheadSeconds: number;
  /** Seconds of one step in one place for every piece: a piece's gradient is added. */
  readonly serialSecondsPerPiece: number;
  /** Bytes of one step through the coordinator's link: once, per piece and per worker. */
  readonly centralBytes: number;
  readonly centralBytesPerPiece: number;
  readonly centralBytesPerWorker: number;
  /** Bytes of one step from the store, over all workers. */
  readonly readBytes: number;
  /** Bytes of the vector that a ring all-reduce sums; 0 where sums are made at the coordinator. */
  readonly ringBytes: number;
  /** Bytes of a checkpoint. */
  readonly checkpointBytes: number;
}

export type Job = TaskJob | StepJob;

/** Seconds of one step in one place while all others wait. */
export function serialOf({ serialSeconds, serialSecondsPerPiece, pieces }: StepJob): number {
  return serialSeconds + pieces * serialSecondsPerPiece;
}

/** Machines, and what goes wrong with them. */
export interface Cluster {
  /** W, an integer ≥ 1. */
  readonly workers: number;
  /** Cores that all workers together have, > 0. Fewer than W means that workers take turns. */
  readonly cores: number;
  /** The coordinator computes on these cores too (one machine), or has its own. */
  readonly coordinatorOnCores: boolean;
  /** Bytes per second of the store over all workers, and of the link of one worker or the coordinator; > 0, Infinity where bytes cost nothing. */
  readonly storeBytesPerSecond: number;
  readonly linkBytesPerSecond: number;
  /** Seconds of a message from worker to worker, ≥ 0. */
  readonly latencySeconds: number;
  /** Seconds until a worker takes its first task, also after a failure. */
  readonly startSeconds: number;
  /** Probability in [0, 1] that a task, or a worker's part of a step, computes `slowdown` ≥ 1 times as long. */
  readonly slowShare: number;
  readonly slowdown: number;
  /** Failures of one worker in an hour of work, ≥ 0; what it was doing starts again. */
  readonly failuresPerWorkerHour: number;
}

/** Throws a RangeError that names the first number which is none or out of its range. */
export function checkWork(job: Job, cluster: Cluster): void {
  const wrong = (name: string, value: number, wanted: string): never => {
    throw new RangeError(`Cannot plan: ${name} must be ${wanted}, current value is ${value}`);
  };
  const count = (name: string, value: number): void => {
    if (!Number.isSafeInteger(value) || value < 1)
      wrong(name, value, `an integer from 1 to ${Number.MAX_SAFE_INTEGER}`);
  };
  if (job.kind === "tasks") count("tasks", job.tasks);
  else {
    count("steps", job.steps);
    count("pieces", job.pieces);
  }
  for (const [name, value] of Object.entries(job)) {
    if (name === "kind") continue;
    const least = name === "coresAtOnce" ? "above 0" : "a number of at least 0";
    const fits = Number.isFinite(value) && (name === "coresAtOnce" ? value > 0 : value >= 0);
    if (!fits) wrong(name, value as number, least);
  }
  count("workers", cluster.workers);
  for (const name of ["cores", "storeBytesPerSecond", "linkBytesPerSecond"] as const) {
    if (!(cluster[name] > 0)) wrong(name, cluster[name], "above 0");
  }
  for (const name of ["latencySeconds", "startSeconds", "failuresPerWorkerHour"] as const) {
    if (!(cluster[name] >= 0 && Number.isFinite(cluster[name])))
      wrong(name, cluster[name], "a number of at least 0");
  }
  const { slowShare, slowdown } = cluster;
  if (!(slowShare >= 0 && slowShare <= 1)) wrong("slowShare", slowShare, "in [0, 1]");
  if (!(slowdown >= 1 && Number.isFinite(slowdown))) wrong("slowdown", slowdown, "a number of at least 1");
}
