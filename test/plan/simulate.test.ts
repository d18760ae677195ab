import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { estimate } from "../../lib/plan/bounds";
import { simulate } from "../../lib/plan/simulate";
import { cluster, stepJob, taskJob } from "./work";

const secondsOf = (...args: Parameters<typeof simulate>): number => simulate(...args).seconds;

function near(value: number, expected: number, share: number): void {
  assert.ok(
    Math.abs(value / expected - 1) <= share,
    `${value} is not within ${100 * share} % of ${expected}`,
  );
}

test("simulate() ends tasks when the hand-worked schedule does", () => {
  // 7 tasks of 3 s on 3 workers: three rounds.
  assert.equal(secondsOf(taskJob({ tasks: 7, coreSeconds: 3 }), cluster({ workers: 3 })), 9);
  // The same work on one core: 21 s, however many workers.
  assert.equal(secondsOf(taskJob({ tasks: 7, coreSeconds: 3 }), cluster({ workers: 3, cores: 1 })), 21);
  // 4 workers read 10 bytes each of a store of 20 bytes/s with links of 10: together 2 s, then 1 s of work.
  const reading = taskJob({ tasks: 4, readBytes: 10, coreSeconds: 1 });
  assert.equal(
    secondsOf(reading, cluster({ workers: 4, storeBytesPerSecond: 20, linkBytesPerSecond: 10 })),
    3,
  );
  // A coordinator of 2 s a task is the limit: 1 s, then 5 · 2 s.
  assert.equal(
    secondsOf(taskJob({ tasks: 5, coreSeconds: 1, coordinatorSeconds: 2 }), cluster({ workers: 5 })),
    11,
  );
  // Start, weights (8 bytes at 4 bytes/s), then accelerator.
  const started = taskJob({ setUpBytes: 8, gpuSeconds: 5 });
  assert.equal(secondsOf(started, cluster({ workers: 1, startSeconds: 1, linkBytesPerSecond: 4 })), 8);
});

test("simulate() ends steps when the hand-worked schedule does", () => {
  // 8 s over 4 workers, each 0.5 s of its own, 1 s serial: 3.5 s a step.
  const job = stepJob({ steps: 10, pieces: 4, coreSeconds: 8, ownCoreSeconds: 0.5, serialSeconds: 1 });
  assert.equal(secondsOf(job, cluster({ workers: 4 })), 35);
  // 3 workers have 2, 1 and 1 of 4 pieces: the slowest decides.
  assert.equal(secondsOf({ ...job, ownCoreSeconds: 0 }, cluster({ workers: 3 })), 50);
  // More workers than pieces: no faster than 4.
  assert.equal(secondsOf(job, cluster({ workers: 9 })), 35);
  // Ring: 2 · 3/4 · 40 bytes at 20 bytes/s, 6 messages of 0.25 s.
  const ring = stepJob({ ringBytes: 40 });
  assert.equal(secondsOf(ring, cluster({ workers: 4, linkBytesPerSecond: 20, latencySeconds: 0.25 })), 4.5);
});

test("simulate() gives the same times for the same seed, and others for another", () => {
  const job = taskJob({ tasks: 200, coreSeconds: 60 });
  const machines = cluster({ workers: 10, slowShare: 0.2, slowdown: 3, failuresPerWorkerHour: 5 });
  assert.deepEqual(simulate(job, machines, 4), simulate(job, machines, 4));
  assert.notDeepEqual(simulate(job, machines, 4), simulate(job, machines, 5));
});

test("simulate() repeats tasks after failures as long as (e^{λd} − 1)(1/λ + r) says", () => {
  // d = 600 s, λ = 1/1200 s, r = 30 s: (√e − 1) · 1230 s on average.
  const machines = cluster({ workers: 1, failuresPerWorkerHour: 3, startSeconds: 30 });
  const { seconds, failures, begun } = simulate(taskJob({ tasks: 20_000, coreSeconds: 600 }), machines, 2);
  near(seconds / 20_000, Math.expm1(0.5) * 1230, 0.03);
  assert.equal(begun, 20_000 + failures);
});

test("simulate() with slow workers takes a step as long as the slowest of them", () => {
  // One of 4 is slow with probability 1 − 0.9⁴: a step of 1 s takes 1 + 2 · 0.3439 s on average.
  const job = stepJob({ steps: 20_000, pieces: 4, coreSeconds: 4 });
  near(secondsOf(job, cluster({ workers: 4, slowShare: 0.1, slowdown: 3 })) / 20_000, 1.6878, 0.02);
});

test("simulate() of steps with failures loses what Young's formula says, within a tenth", () => {
  // Checkpoints of 10 s, one failure in 10,000 s: every 447 s; 2.2 % for writing, 2.2 % lost, 30 s to start each time.
  const job = stepJob({ steps: 300_000, coreSeconds: 20, checkpointBytes: 10 });
  const machines = cluster({
    workers: 1,
    linkBytesPerSecond: 1,
    failuresPerWorkerHour: 0.36,
    startSeconds: 30,
  });
  const lost = secondsOf(job, machines, 3) / 6e6 - 1;
  near(lost, 2 * Math.sqrt(2 * 10 * 1e-4) * 0.5 + 30e-4, 0.1);
});

test("simulate() is never faster than estimate()'s bound, and never slower than workers in step with each other", () => {
  // Operational analysis: without failures and stragglers T · max Dₖ ≤ time. At worst equal tasks stay in step and wait for one resource after the other: T · Σ Dₖ.
  const seconds = fc.double({ min: 0.01, max: 10, noNaN: true });
  const bytes = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      seconds,
      seconds,
      bytes,
      fc.double({ min: 1, max: 100, noNaN: true }),
      (workers, coreSeconds, coordinator, readBytes, storeBytesPerSecond) => {
        const job = taskJob({
          tasks: 30 * workers,
          coreSeconds,
          coordinatorSeconds: coordinator / 5,
          readBytes,
          writeBytes: readBytes / 10,
        });
        const machines = cluster({
          workers,
          cores: Math.ceil(workers / 2),
          storeBytesPerSecond,
          linkBytesPerSecond: 20,
        });
        const [model, played] = [estimate(job, machines).seconds, secondsOf(job, machines)];
        assert.ok(played >= model * (1 - 1e-9), `${played} < ${model}`);
        const { cores } = machines;
        const speed = Math.min(20, storeBytesPerSecond);
        const inStep =
          Math.max(coreSeconds / workers, coreSeconds / cores) +
          Math.max((1.1 * readBytes) / speed / workers, (1.1 * readBytes) / storeBytesPerSecond) +
          coordinator / 5;
        assert.ok(
          played <= 30 * workers * inStep * (1 + 1e-9) + 1e-9,
          `${played} > ${30 * workers * inStep}`,
        );
      },
    ),
    { numRuns: 150 },
  );
});

test("simulate() refuses numbers that no cluster has", () => {
  assert.throws(() => simulate(taskJob({ tasks: 0 }), cluster({ workers: 1 })), {
    name: "RangeError",
    message: "Cannot plan: tasks must be an integer from 1 to 9007199254740991, current value is 0",
  });
  assert.throws(
    () => simulate(taskJob({ coreSeconds: Number.NaN }), cluster({ workers: 1 })),
    /coreSeconds must be a number of at least 0, current value is NaN/,
  );
  assert.throws(
    () => simulate(taskJob({}), cluster({ workers: 1, cores: 0 })),
    /cores must be above 0, current value is 0/,
  );
  assert.throws(
    () => simulate(taskJob({}), cluster({ workers: 1, slowShare: 2 })),
    /slowShare must be in \[0, 1\], current value is 2/,
  );
});

test("simulate() refuses failures that leave work no chance to end, and names their rate", () => {
  // A step of 100 s, a failure every 0.36 s: e^278 tries. The same for a task with a failure every 6 minutes and 100,000 s.
  const step = stepJob({ coreSeconds: 100 });
  assert.throws(() => simulate(step, cluster({ workers: 1000, failuresPerWorkerHour: 10 })), {
    name: "RangeError",
    message:
      "Cannot simulate: failuresPerWorkerHour must be so low that the next checkpoint is reached within 1000 tries, current value is 10",
  });
  assert.throws(
    () => simulate(taskJob({ coreSeconds: 1e5 }), cluster({ workers: 2, failuresPerWorkerHour: 10 })),
    /^RangeError: Cannot simulate: failuresPerWorkerHour must be so low that a task ends within 1000 tries, current value is 10$/,
  );
  // Tries are counted anew for every task, and from every checkpoint on: e of them on average, thousands together.
  const often = cluster({ workers: 1, failuresPerWorkerHour: 10 });
  assert.ok(simulate(taskJob({ tasks: 2000, coreSeconds: 360 }), often).failures > 2000);
  assert.ok(simulate(stepJob({ steps: 2000, coreSeconds: 360 }), often).failures > 2000);
});
