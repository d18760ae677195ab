import { oneMachine } from "../../lib/plan/checkedRuns";
import type { Cluster, StepJob, TaskJob } from "../../lib/plan/work";

/** Machines on which bytes cost nothing and nothing goes wrong, but for what is given. */
export function cluster(given: Partial<Cluster> & Pick<Cluster, "workers">): Cluster {
  const { workers } = given;
  return { ...oneMachine(workers, workers), coordinatorOnCores: false, ...given };
}

/** A job of tasks that costs nothing but what is given. */
export function taskJob(given: Partial<TaskJob>): TaskJob {
  return {
    kind: "tasks",
    tasks: 1,
    coreSeconds: 0,
    coresAtOnce: 1,
    gpuSeconds: 0,
    readBytes: 0,
    writeBytes: 0,
    coordinatorSeconds: 0,
    setUpBytes: 0,
    ...given,
  };
}

/** A job of steps that costs nothing but what is given. */
export function stepJob(given: Partial<StepJob>): StepJob {
  return {
    kind: "steps",
    steps: 1,
    pieces: 1,
    coreSeconds: 0,
    ownCoreSeconds: 0,
    coresAtOnce: 1,
    gpuSeconds: 0,
    serialSeconds: 0,
    aheadSeconds: 0,
    serialSecondsPerPiece: 0,
    centralBytes: 0,
    centralBytesPerPiece: 0,
    centralBytesPerWorker: 0,
    readBytes: 0,
    ringBytes: 0,
    checkpointBytes: 0,
    ...given,
  };
}
