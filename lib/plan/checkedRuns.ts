import { estimate } from "./bounds";
import type { CheckRun, Measured } from "./measured";
import { simulate } from "./simulate";
import type { Cluster } from "./work";

/** One job with so many workers on the machine that was measured: what it took, and what model and simulation say of it. Means over the rounds, seconds. */
export interface CheckedRun {
  readonly name: string;
  readonly workers: number;
  /** Cores that its processes got on average: their processor time by the time of the run. */
  readonly cores: number;
  readonly measured: number;
  readonly model: number;
  readonly simulated: number;
}

/**
 * Model and simulation beside the measured runs, on as many cores as each run got. What other work leaves of a busy machine is not theirs to predict; what a job makes of it
 * is. The agreement is therefore that of the costs: on few cores time is processor time by cores.
 */
export function checkedRuns({ checks }: Pick<Measured, "checks">): CheckedRun[] {
  return checks.flatMap(({ name, job, runs }) =>
    [...new Set(runs.map(({ workers }) => workers))].map((workers): CheckedRun => {
      const rounds = runs.filter((run) => run.workers === workers);
      const mean = (of: (run: CheckRun) => number): number =>
        rounds.reduce((sum, run) => sum + of(run), 0) / rounds.length;
      const measured = mean(({ seconds }) => seconds);
      const cores = mean(({ coreSeconds }) => coreSeconds) / measured;
      const machine = oneMachine(workers, cores);
      return {
        name,
        workers,
        cores,
        measured,
        model: estimate(job, machine).seconds,
        simulated: simulate(job, machine).seconds,
      };
    }),
  );
}

/** Workers that share a machine with their coordinator; bytes go through memory. */
export function oneMachine(workers: number, cores: number): Cluster {
  return {
    workers,
    cores,
    coordinatorOnCores: true,
    storeBytesPerSecond: Number.POSITIVE_INFINITY,
    linkBytesPerSecond: Number.POSITIVE_INFINITY,
    latencySeconds: 0,
    startSeconds: 0,
    slowShare: 0,
    slowdown: 1,
    failuresPerWorkerHour: 0,
  };
}
