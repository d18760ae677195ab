import { createRandom, type Random } from "../core/random";
import { checkpointSeconds } from "./bounds";
import { Clock, Line, Shared } from "./events";
import { type Cluster, checkWork, type Job, type StepJob, serialOf, type TaskJob } from "./work";

/** How a simulated job went. */
export interface Simulated {
  readonly seconds: number;
  /** Failures of workers. */
  readonly failures: number;
  /** Tasks or steps that were begun, those that a failure undid among them. */
  readonly begun: number;
}

/**
 * Plays a job on a cluster event by event: workers that take tasks from a queue, cores, links and a store that they share, a coordinator with a line before it,
 * stragglers, failures after which a worker starts again and repeats its task (or all go back to the last checkpoint). The same seed gives the same times.
 * Throws a RangeError for a number out of range, and where failures leave work no chance to end.
 */
export function simulate(job: Job, cluster: Cluster, seed: number = 1): Simulated {
  checkWork(job, cluster);
  const random = createRandom(seed);
  return job.kind === "tasks" ? simulateTasks(job, cluster, random) : simulateSteps(job, cluster, random);
}

/** So many failures without progress end a simulation: work that takes 20 tries on average meets them once in 10²² times. */
const MOST_TRIES = 1000;

function checkTries(tries: number, { failuresPerWorkerHour }: Cluster, progress: string): void {
  if (tries < MOST_TRIES) return;
  throw new RangeError(
    `Cannot simulate: failuresPerWorkerHour must be so low that ${progress} within ${MOST_TRIES} tries, current value is ${failuresPerWorkerHour}`,
  );
}

/** A span with this mean (≥ 0 per second as rate) until something that may happen at any time. */
function untilNext(random: Random, perSecond: number): number {
  return perSecond === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - random.next()) / perSecond;
}

/** A thing that goes on until it calls back, and how to end it before. */
type Stage = (then: () => void) => () => void;

/** What work on one core takes of cores of which one user gets `coresAtOnce` at most, so that alone it ends after its own seconds. */
function onOneCore(seconds: number, { coresAtOnce }: Job, { cores }: Cluster): number {
  return seconds * Math.max(1, Math.min(coresAtOnce, cores));
}

function simulateTasks(job: TaskJob, cluster: Cluster, random: Random): Simulated {
  const clock = new Clock();
  const cpu = new Shared(clock, cluster.cores, Math.min(job.coresAtOnce, cluster.cores));
  const store = new Shared(clock, cluster.storeBytesPerSecond, cluster.linkBytesPerSecond);
  // On one machine the coordinator takes its turn among the workers, as one more user of the cores, of one core at most.
  const ownCore = new Shared(clock, 1);
  const line = new Line<number>((seconds, done) => {
    if (cluster.coordinatorOnCores) cpu.use(onOneCore(seconds, job, cluster), done);
    else ownCore.use(seconds, done);
  });
  const on = (resource: Shared, units: number): Stage => {
    return (then) => {
      if (units === 0) {
        then();
        return () => {};
      }
      const use = resource.use(units, then);
      return () => resource.drop(use);
    };
  };
  const after = (seconds: number): Stage => {
    return (then) => {
      const happening = clock.in(seconds, then);
      return () => {
        happening.cancelled = true;
      };
    };
  };
  const failureRate = cluster.failuresPerWorkerHour / 3600;
  let [next, finished, failures, begun] = [0, 0, 0, 0];
  let end = 0;

  const start = (then: () => void): void => {
    after(cluster.startSeconds)(() => {
      on(store, job.setUpBytes)(then);
    });
  };
  const attempt = (then: () => void, failed: number = 0): void => {
    checkTries(failed, cluster, "a task ends");
    begun++;
    const slow = random.next() < cluster.slowShare ? cluster.slowdown : 1;
    const stages = [
      on(store, job.readBytes),
      on(cpu, slow * job.coreSeconds),
      after(slow * job.gpuSeconds),
      on(store, job.writeBytes),
    ];
    let stop: () => void = () => {};
    const failure =
      failureRate === 0
        ? undefined
        : clock.in(untilNext(random, failureRate), () => {
            stop();
            failures++;
            start(() => attempt(then, failed + 1));
          });
    const go = (i: number): void => {
      if (i < stages.length) {
        // A stage of no length calls back before it returns; what it returns then must not hide the end of the next one.
        let passed = false;
        const ender = stages[i](() => {
          passed = true;
          go(i + 1);
        });
        if (!passed) stop = ender;
        return;
      }
      if (failure) failure.cancelled = true;
      line.join(job.coordinatorSeconds, then);
    };
    go(0);
  };
  const lane = (): void => {
    if (next >= job.tasks) return;
    next++;
    attempt(() => {
      finished++;
      end = clock.now;
      lane();
    });
  };
  for (let w = 0; w < Math.min(cluster.workers, job.tasks); w++) start(lane);
  clock.run();
  if (finished !== job.tasks) throw new Error(`A simulation lost tasks: ${finished} of ${job.tasks} ended`);
  return { seconds: end, failures, begun };
}

function simulateSteps(job: StepJob, cluster: Cluster, random: Random): Simulated {
  const { workers } = cluster;
  const clock = new Clock();
  const cpu = new Shared(clock, cluster.cores, Math.min(job.coresAtOnce, cluster.cores));
  const store = new Shared(clock, cluster.storeBytesPerSecond, cluster.linkBytesPerSecond);
  const active = Math.min(workers, job.pieces);
  // Worker w has every active-th piece.
  const piecesOf = Array.from(
    { length: active },
    (_, w) => Math.ceil((job.pieces - w) / active) / job.pieces,
  );
  const central =
    job.centralBytes + job.pieces * job.centralBytesPerPiece + workers * job.centralBytesPerWorker;
  const ring = ((2 * (workers - 1)) / workers) * job.ringBytes;
  const together =
    serialOf(job) +
    (central + ring) / cluster.linkBytesPerSecond +
    (job.ringBytes > 0 ? 2 * (workers - 1) * cluster.latencySeconds : 0);
  const own = job.ownCoreSeconds / Math.min(1, cluster.cores / workers);
  const failureRate = (workers * cluster.failuresPerWorkerHour) / 3600;
  const apart = checkpointSeconds(job, cluster);
  const checkpoint = job.checkpointBytes / cluster.linkBytesPerSecond;
  let [step, kept, keptAt, failures, begun, failed] = [0, 0, cluster.startSeconds, 0, 0, 0];

  const takeStep = (): void => {
    if (step >= job.steps) return;
    begun++;
    let left = active;
    // The step and the making of the next batch: both must end.
    let open = 2;
    const close = (): void => {
      if (--open === 0) stepDone();
    };
    const arrive = (): void => {
      if (--left === 0) clock.in(together + own, close);
    };
    if (cluster.coordinatorOnCores) cpu.use(onOneCore(job.aheadSeconds, job, cluster), close);
    else clock.in(job.aheadSeconds, close);
    for (const share of piecesOf) {
      const slow = random.next() < cluster.slowShare ? cluster.slowdown : 1;
      store.use(job.readBytes * share, () =>
        cpu.use(slow * share * job.coreSeconds, () => {
          clock.in(slow * share * job.gpuSeconds, arrive);
        }),
      );
    }
  };
  const stepDone = (): void => {
    step++;
    if (clock.now >= nextFailure) {
      failures++;
      checkTries(++failed, cluster, "the next checkpoint is reached");
      step = kept;
      clock.in(cluster.startSeconds, () => {
        nextFailure = clock.now + untilNext(random, failureRate);
        keptAt = clock.now;
        takeStep();
      });
      return;
    }
    if (clock.now - keptAt >= apart && step < job.steps) {
      clock.in(checkpoint, () => {
        kept = step;
        failed = 0;
        keptAt = clock.now;
        takeStep();
      });
      return;
    }
    takeStep();
  };
  let nextFailure = cluster.startSeconds + untilNext(random, failureRate);
  clock.in(cluster.startSeconds, takeStep);
  clock.run();
  return { seconds: clock.now, failures, begun };
}
