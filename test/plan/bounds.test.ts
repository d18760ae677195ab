import assert from "node:assert/strict";
import test from "node:test";
import { checkpointSeconds, estimate, withFailures } from "../../lib/plan/bounds";
import { oneMachine } from "../../lib/plan/checkedRuns";
import { simulate } from "../../lib/plan/simulate";
import type { Cluster } from "../../lib/plan/work";
import { cluster, stepJob, taskJob } from "./work";

test("estimate() names what limits tasks, and moves from one resource to the next as workers are added", () => {
  // A task: 10 core-seconds, 10 bytes of a store of 20 bytes/s, 0.1 s at the coordinator. Alone 11.1 s with a link of 10 bytes/s.
  const job = taskJob({ tasks: 10_000, coreSeconds: 10, readBytes: 10, coordinatorSeconds: 0.1 });
  const at = (workers: number) =>
    estimate(job, cluster({ workers, storeBytesPerSecond: 20, linkBytesPerSecond: 10 }));
  // 10 workers: 10,000 · 11.1 / 10.
  assert.equal(at(10).limit, "cores");
  assert.ok(Math.abs(at(10).seconds - 11_100) < 1e-6);
  // The store gives two tasks a second: no more than 22 workers can be fed.
  for (const workers of [100, 1000]) {
    assert.equal(at(workers).limit, "store");
    assert.equal(at(workers).seconds, 5000);
  }
  const fast = estimate(job, cluster({ workers: 1000 }));
  assert.deepEqual([fast.limit, fast.seconds], ["coordinator", 1000]);
});

test("estimate() knows that more workers than cores take turns", () => {
  const job = taskJob({ tasks: 100, coreSeconds: 3 });
  assert.equal(estimate(job, cluster({ workers: 2 })).seconds, 150);
  assert.equal(estimate(job, cluster({ workers: 4, cores: 2 })).seconds, 150);
  // On one machine the coordinator's seconds come from the same cores.
  const shared = cluster({ workers: 4, cores: 2, coordinatorOnCores: true });
  assert.equal(estimate({ ...job, coordinatorSeconds: 1 }, shared).seconds, 200);
});

test("estimate() names what limits steps: cores, then the batch, the coordinator, or the ring's latency", () => {
  const job = stepJob({ steps: 10, pieces: 8, coreSeconds: 80, serialSeconds: 1 });
  assert.deepEqual(estimate(job, cluster({ workers: 8 })), { seconds: 110, limit: "cores", busy: 10 / 11 });
  assert.equal(estimate(job, cluster({ workers: 16 })).limit, "batch");
  const central = { ...job, centralBytesPerWorker: 100 };
  assert.equal(estimate(central, cluster({ workers: 8, linkBytesPerSecond: 10 })).limit, "coordinator");
  const ring = { ...job, coreSeconds: 1, serialSeconds: 0, ringBytes: 100 };
  assert.equal(estimate(ring, cluster({ workers: 8, latencySeconds: 1 })).limit, "latency");
  assert.equal(estimate(ring, cluster({ workers: 8, linkBytesPerSecond: 1 })).limit, "link");
});

test("estimate() agrees with simulate() within 3 % where thousands of tasks meet stragglers and failures", () => {
  const job = taskJob({ tasks: 8000, coreSeconds: 20, readBytes: 5, coordinatorSeconds: 0.02 });
  for (const workers of [4, 40]) {
    const machines = cluster({
      workers,
      storeBytesPerSecond: 1000,
      linkBytesPerSecond: 100,
      startSeconds: 5,
      slowShare: 0.1,
      slowdown: 4,
      failuresPerWorkerHour: 6,
    });
    const ratio = simulate(job, machines).seconds / estimate(job, machines).seconds;
    assert.ok(Math.abs(ratio - 1) < 0.03, `${workers} workers: ${ratio}`);
  }
});

test("estimate() equals simulate() of steps without failures", () => {
  const job = stepJob({
    steps: 50,
    pieces: 7,
    coreSeconds: 9,
    ownCoreSeconds: 0.3,
    serialSeconds: 0.2,
    ringBytes: 30,
    readBytes: 12,
  });
  for (const workers of [1, 3, 7, 12]) {
    const machines = cluster({ workers, linkBytesPerSecond: 50, latencySeconds: 0.01, startSeconds: 1 });
    const [model, played] = [estimate(job, machines).seconds, simulate(job, machines).seconds];
    // Pieces of unequal workers read unequal shares; the model takes the mean.
    assert.ok(Math.abs(played / model - 1) < 0.03, `${workers}: ${played} and ${model}`);
  }
});

test("estimate() and simulate() of steps wait for a batch that takes longer than a step, and share one machine's cores with its making", () => {
  const job = stepJob({ steps: 10, pieces: 4, coreSeconds: 8, serialSeconds: 1, aheadSeconds: 2 });
  const seconds = (machines: Cluster): number[] => [
    estimate(job, machines).seconds,
    simulate(job, machines).seconds,
  ];
  // 8 / 2 + 1 a step, in which the next batch is made.
  assert.deepEqual(seconds(cluster({ workers: 2 })), [50, 50]);
  const slow = { ...job, aheadSeconds: 7 };
  assert.equal(estimate(slow, cluster({ workers: 2 })).seconds, 70);
  assert.equal(estimate(slow, cluster({ workers: 2 })).limit, "coordinator");
  assert.equal(simulate(slow, cluster({ workers: 2 })).seconds, 70);
  // One worker and the coordinator on one core: 8 + 1 + 2.
  const alone = oneMachine(1, 1);
  assert.equal(estimate(job, alone).seconds, 110);
  assert.equal(estimate(job, alone).limit, "cores");
  assert.ok(Math.abs(simulate(job, alone).seconds / 110 - 1) < 0.01);
});

test("estimate() agrees with simulate() within 3 % where steps fail as often as they end", () => {
  const machines = cluster({
    workers: 1,
    linkBytesPerSecond: 1,
    startSeconds: 30,
    failuresPerWorkerHour: 10,
  });
  // λ = 1/360 s. Steps of 360 s without checkpoints to write; of 36 s with checkpoints of 4 s, so 54 s apart: after every second step.
  for (const [steps, coreSeconds, checkpointBytes] of [
    [10_000, 360, 0],
    [40_000, 36, 4],
  ]) {
    const job = stepJob({ steps, coreSeconds, checkpointBytes });
    const ratio = simulate(job, machines, 2).seconds / estimate(job, machines).seconds;
    assert.ok(Math.abs(ratio - 1) < 0.03, `${coreSeconds} s: ${ratio}`);
  }
});

test("estimate() says Infinity, or a time beyond all measure, where failures leave work no chance to end", () => {
  const often = cluster({ workers: 1000, failuresPerWorkerHour: 10 });
  // Λ · d = 278: e^278 tries.
  assert.ok(estimate(stepJob({ coreSeconds: 100 }), often).seconds > 1e100);
  assert.deepEqual(estimate(stepJob({ coreSeconds: 1000 }), often), {
    seconds: Number.POSITIVE_INFINITY,
    limit: "batch",
    busy: 1e-3,
  });
  assert.deepEqual(estimate(taskJob({ coreSeconds: 1e6 }), often), {
    seconds: Number.POSITIVE_INFINITY,
    limit: "cores",
    busy: 0,
  });
});

test("withFailures() is the task's own time without failures, and grows without bound with them", () => {
  assert.equal(withFailures(10, cluster({ workers: 1 })), 10);
  // λd = 1: (e − 1) · d.
  const machines = cluster({ workers: 1, failuresPerWorkerHour: 1 });
  assert.ok(Math.abs(withFailures(3600, machines) - 3600 * (Math.E - 1)) < 1e-9);
});

test("checkpointSeconds() is Young's √(2δ/Λ) over all workers", () => {
  // δ = 2 s, 4 workers · 0.9 failures an hour = 1/1000 s: √(2 · 2 · 1000).
  const machines = cluster({ workers: 4, linkBytesPerSecond: 10, failuresPerWorkerHour: 0.9 });
  assert.ok(Math.abs(checkpointSeconds(stepJob({ checkpointBytes: 20 }), machines) - Math.sqrt(4000)) < 1e-9);
  assert.equal(checkpointSeconds(stepJob({}), cluster({ workers: 1 })), Number.POSITIVE_INFINITY);
});
