import { estimate } from "./bounds";
import type { Check, Measured } from "./measured";
import { simulate } from "./simulate";
import type { Cluster } from "./work";

/** One job with so many workers on the machine that was measured: its time, and what model and simulation say of it. Seconds. */
export interface CheckedRun {
  readonly name: string;
  readonly workers: number;
  /** Cores that the machine gave, mean over the rounds. */
  readonly cores: number;
  /** Mean over the rounds. */
  readonly measured: number;
  readonly model: number;
  readonly simulated: number;
}

/** Model and simulation beside every measured run. Both see the cores that the machine gave in that round: other work takes some. */
export function checkedRuns({ checks }: Pick<Measured, "checks">): CheckedRun[] {
  return checks.flatMap(({ name, job, runs }) => {
    const counts = [...new Set(runs.map(({ workers }) => workers))];
    return counts.map((workers): CheckedRun => {
      const rounds = runs.filter((run) => run.workers === workers);
      const mean = (of: (run: Check["runs"][number]) => number): number =>
        rounds.reduce((sum, run) => sum + of(run), 0) / rounds.length;
      return {
        name,
        workers,
        cores: mean(({ cores }) => cores),
        measured: mean(({ seconds }) => seconds),
        model: mean(({ cores }) => estimate(job, oneMachine(workers, cores)).seconds),
        simulated: mean(({ cores }) => simulate(job, oneMachine(workers, cores)).seconds),
      };
    });
  });
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
