import assert from "node:assert/strict";
import test from "node:test";
import { startParallelTrainer } from "../../lib/jobs/parallelTrainer";
import type { NetSpec } from "../../lib/nets/spec";
import { appendRow } from "../../lib/train/history";
import type { ObjectiveChoice } from "../../lib/train/objectives";
import type { TrainSettings } from "../../lib/train/settings";
import { Trainer, train } from "../../lib/train/trainer";
import { shaped } from "../../lib/worker/arrays";
import { namedList } from "../../lib/worker/protocol";
import { WorkerLost, type Workers } from "../../lib/worker/workers";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";
import { comparable } from "./fixtures";
import { killOnce } from "./killOnce";
import { relativeDistance } from "./relativeDistance";
import { summing } from "./summing";
import { oneOf, sharedWorkers } from "./withWorkers";

const pool = sharedWorkers(2);

/** Batches of 12 images in two chunks of 6. */
const settings: TrainSettings = {
  ...tinySettings,
  chunk: 6,
  objective: { name: "triplet", mining: "semi-hard-random" },
};

async function inOneProcess(changed: Partial<TrainSettings> = {}): Promise<unknown> {
  const trainer = new Trainer(tinyNet, patternCrops(), { ...settings, ...changed });
  await train(trainer);
  const end = await comparable(trainer);
  trainer.dispose();
  return end;
}

const objectives: readonly ObjectiveChoice[] = [
  { name: "triplet", mining: "semi-hard-random" },
  // A memory of past batches, and class weights that are trained beside the net.
  { name: "triplet", memory: 20 },
  { name: "center" },
];

test("startParallelTrainer() over two workers equals a Trainer with the same chunks, bit for bit", async () => {
  const workers = await pool();
  for (const objective of objectives) {
    const run = await startParallelTrainer(workers, tinyNet, patternCrops(), { ...settings, objective });
    await train(run);
    assert.deepEqual(await comparable(run), await inOneProcess({ objective }));
    run.dispose();
  }
});

test("startParallelTrainer() does not depend on the number of workers", async () => {
  const workers = oneOf(await pool());
  const three = { ...settings, chunk: 4, layers: "last" } as const;
  const run = await startParallelTrainer(workers, tinyNet, patternCrops(), three);
  await train(run);
  assert.deepEqual(await comparable(run), await inOneProcess(three));
  run.dispose();
});

test("startParallelTrainer() ends with the same numbers when a worker is killed, at any stage", async () => {
  const whole = await inOneProcess();
  // Eight steps of which every third is kept: the step that the run goes back to is the last kept one.
  const kills = [
    { victim: 1, op: "forward", nth: 1, back: 0 },
    { victim: 0, op: "mine", nth: 3, back: 0 },
    { victim: 1, op: "apply", nth: 5, back: 3 },
    { victim: 0, op: "state", nth: 3, back: 3 },
  ];
  const workers = await pool();
  for (const { victim, op, nth, back } of kills) {
    const lost: number[] = [];
    const killing = killOnce(workers, victim, op, nth);
    const run = await startParallelTrainer(killing, tinyNet, patternCrops(), settings, {
      keepEvery: 3,
      onLost: (_, step) => lost.push(step),
    });
    await train(run);
    assert.deepEqual(lost, [back], `${op} ${nth}`);
    assert.deepEqual(await comparable(run), whole, `${op} ${nth}`);
    run.dispose();
  }
});

test("startParallelTrainer() that sums among the workers equals a Trainer: to the bit with a chunk each, else to 1e-6", async () => {
  const workers = summing(await pool());
  const run = await startParallelTrainer(workers, tinyNet, patternCrops(), settings, { reduce: "gloo" });
  await train(run);
  assert.deepEqual(await comparable(run), await inOneProcess());
  run.dispose();

  const three = { ...settings, chunk: 4 };
  const [uneven, whole] = [
    await startParallelTrainer(workers, tinyNet, patternCrops(), three, { reduce: "gloo" }),
    new Trainer(tinyNet, patternCrops(), three),
  ];
  await train(uneven);
  await train(whole);
  assert.ok(relativeDistance((await uneven.state()).weights, whole.state().weights) < 1e-6);
  uneven.dispose();
  whole.dispose();
});

test("startParallelTrainer() that sums among the workers ends with the same numbers when one is killed", async () => {
  const workers = await pool();
  const whole = await inOneProcess();
  for (const [op, nth] of [
    ["backward", 4],
    ["gradient", 2],
    ["setGradient", 5],
  ] as const) {
    const lost: number[] = [];
    const killing = summing(killOnce(workers, 1, op, nth));
    const run = await startParallelTrainer(killing, tinyNet, patternCrops(), settings, {
      reduce: "gloo",
      keepEvery: 2,
      onLost: (_, step) => lost.push(step),
    });
    await train(run);
    assert.deepEqual(lost, [Math.floor((nth - 1) / 2) * 2], op);
    assert.deepEqual(await comparable(run), whole, op);
    run.dispose();
  }
});

test("startParallelTrainer() names where a sum among the workers stops being finite, and refuses ways that it has not", async () => {
  const workers = await pool();
  const broken: Workers = {
    ...summing(workers),
    call: async (worker, op, params, arrays) => {
      const answer = await workers.call(worker, op, params, arrays);
      // As if a gradient had overflowed on the way back.
      if (op === "mine") answer.arrays.gradient.data.fill(Number.POSITIVE_INFINITY);
      return answer;
    },
  };
  const run = await startParallelTrainer(broken, tinyNet, patternCrops(), settings, { reduce: "gloo" });
  await assert.rejects(async () => run.step(), /at step 1 .* stands in the gradient of /);
  run.dispose();
  const refused = (reduce: string): Promise<unknown> =>
    startParallelTrainer(workers, tinyNet, patternCrops(), settings, { reduce: reduce as "gloo" });
  await assert.rejects(refused("gloo"), /by gloo: workers on a Ray cluster are needed/);
  await assert.rejects(refused("nccl"), {
    name: "RangeError",
    message: /one of coordinator, gloo, current value is nccl/,
  });
});

test("startParallelTrainer() keeps what was evaluated when it goes back", async () => {
  const workers = oneOf(await pool());
  const killing = killOnce(workers, 0, "forward", 2 * 5);
  const run = await startParallelTrainer(killing, tinyNet, patternCrops(), settings, { keepEvery: 2 });
  for (let step = 1; step <= 6; step++) {
    await run.step();
    if (step === 3) appendRow(run.history.evaluations, { step, seconds: 0, accuracy: 0.5, auc: 0.75 });
  }
  assert.deepEqual(run.history.evaluations.step, [3]);
  assert.deepEqual(run.history.steps.step, [1, 2, 3, 4, 5, 6]);
  run.dispose();
});

test("startParallelTrainer() goes on from the state of a Trainer, and a Trainer from its", async () => {
  const whole = await inOneProcess();
  const first = new Trainer(tinyNet, patternCrops(), settings);
  for (let step = 0; step < 3; step++) first.step();
  const workers = await pool();
  const middle = await startParallelTrainer(workers, tinyNet, patternCrops(), settings, {
    resume: first.state(),
  });
  for (let step = 0; step < 2; step++) await middle.step();
  const last = new Trainer(tinyNet, patternCrops(), settings, { resume: await middle.state() });
  await train(last);
  assert.deepEqual(await comparable(last), whole);
  last.dispose();
  middle.dispose();
  first.dispose();
});

test("startParallelTrainer() gives up after so many losses of one step, and refuses what it cannot do", async () => {
  const workers = oneOf(await pool());
  const run = await startParallelTrainer(
    workersThatLose("forward", workers),
    tinyNet,
    patternCrops(),
    settings,
    { retries: 1 },
  );
  await assert.rejects(async () => run.step(), { name: "WorkerLost" });
  const offline = { sampler: "offline", triplets: 4, subset: 10, every: 2 } as const;
  await assert.rejects(
    startParallelTrainer(workers, tinyNet, patternCrops(), { ...settings, batch: offline }),
    /current value of the sampler is offline/,
  );
  const three: NetSpec = { ...tinyNet, channels: 3 };
  await assert.rejects(startParallelTrainer(workers, three, patternCrops(), settings), /net wants 3 channel/);
});

test("startParallelTrainer() notices a replica that differs, and numbers that are not finite", async () => {
  const workers = await pool();
  const run = await startParallelTrainer(workers, tinyNet, patternCrops(), settings);
  await run.step();
  const { weights, optimizerVectors } = await run.state();
  const other = { spec: tinyNet, settings, classes: 6, optimizerSteps: 1, mine: [1, 2, 3, 4] };
  const vectors = namedList("optimizer", optimizerVectors);
  weights[0] += 1e-3;
  await workers.call(1, "setState", other, { weights: shaped(weights), ...vectors });
  await assert.rejects(
    async () => run.step(),
    /all replicas must agree after apply at step 1, their digests are/,
  );
  weights.fill(Number.NaN, 0, 9);
  for (const worker of [0, 1]) {
    await workers.call(worker, "setState", other, { weights: shaped(weights), ...vectors });
  }
  await assert.rejects(async () => run.step(), /must be finite, at step 2 the loss is NaN/);
  run.dispose();
});

/** Workers of which every one is lost whenever it is asked for `op`. */
function workersThatLose(op: string, workers: Workers): Workers {
  return {
    count: workers.count,
    call: async (worker, name, params, arrays) => {
      if (name === op) throw new WorkerLost("Lost a worker");
      return workers.call(worker, name, params, arrays);
    },
    close: () => workers.close(),
  };
}
