import assert from "node:assert/strict";
import test from "node:test";
import { startParallelTrainer } from "../../lib/jobs/parallelTrainer";
import type { ObjectiveChoice } from "../../lib/train/objectives";
import type { TrainSettings } from "../../lib/train/settings";
import { Trainer, type TrainerState, type TrainingRun, train } from "../../lib/train/trainer";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";
import { killOnce } from "./killOnce";
import { withWorkers } from "./withWorkers";

/** Batches of 12 images in two chunks of 6. */
const settings: TrainSettings = {
  ...tinySettings,
  chunk: 6,
  objective: { name: "triplet", mining: "semi-hard-random" },
};

/** What must not depend on where a run was computed: everything but its times. */
async function comparable(run: TrainingRun): Promise<unknown> {
  const { seconds: _, history, ...state }: TrainerState = await run.state();
  const { seconds: __, ...columns } = history.steps;
  return { ...state, columns };
}

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
  await withWorkers(2, async (workers) => {
    for (const objective of objectives) {
      const run = await startParallelTrainer(workers, tinyNet, patternCrops(), { ...settings, objective });
      await train(run);
      assert.deepEqual(await comparable(run), await inOneProcess({ objective }));
      run.dispose();
    }
  });
});

test("startParallelTrainer() does not depend on the number of workers", async () => {
  await withWorkers(1, async (workers) => {
    const three = { ...settings, chunk: 4, layers: "last" } as const;
    const run = await startParallelTrainer(workers, tinyNet, patternCrops(), three);
    await train(run);
    assert.deepEqual(await comparable(run), await inOneProcess(three));
    run.dispose();
  });
});

test("startParallelTrainer() ends with the same numbers when either worker is killed", async () => {
  const whole = await inOneProcess();
  for (const victim of [0, 1]) {
    await withWorkers(2, async (workers) => {
      const lost: number[] = [];
      // The sixth of eight steps; the last kept state is that after step 3.
      const killing = killOnce(workers, victim, "backward", 6);
      const run = await startParallelTrainer(killing, tinyNet, patternCrops(), settings, {
        keepEvery: 3,
        onLost: (_, step) => lost.push(step),
      });
      await train(run);
      assert.deepEqual(lost, [3]);
      assert.deepEqual(await comparable(run), whole);
      run.dispose();
    });
  }
});
