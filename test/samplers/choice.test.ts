import assert from "node:assert/strict";
import test from "node:test";
import { newestCheckpoint, saveCheckpoint } from "../../lib/train/checkpoint";
import { readWeights } from "../../lib/train/flatWeights";
import { settingsSchema } from "../../lib/train/schemas";
import type { TrainSettings } from "../../lib/train/settings";
import { Trainer, train } from "../../lib/train/trainer";
import { inFolder } from "../inFolder";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";

/** One of each kind, with an objective that suits it. */
const batches: Pick<TrainSettings, "batch" | "objective">[] = [
  {
    batch: { sampler: "identities", identities: 3, images: 2, extraNegatives: 4 },
    objective: { name: "triplet", memory: 10, mining: "all" },
  },
  { batch: { sampler: "pairs", pairs: 4 }, objective: { name: "contrastive" } },
  { batch: { sampler: "sequential", images: 12 }, objective: { name: "softmax" } },
  {
    batch: { sampler: "offline", triplets: 5, subset: 20, every: 3 },
    objective: { name: "triplet", mining: "drawn" },
  },
];

for (const chosen of batches) {
  const { sampler } = chosen.batch;
  test(`createSamplerOf("${sampler}") feeds the trainer, and 4 + 4 steps equal 8, bit for bit`, () =>
    inFolder(async (folder) => {
      const settings = { ...tinySettings, ...chosen };
      assert.deepEqual(settingsSchema.parse(settings), settings);
      const whole = new Trainer(tinyNet, patternCrops(), settings);
      await train(whole);
      const stop = new AbortController();
      const first = new Trainer(tinyNet, patternCrops(), settings);
      await train(first, {
        signal: stop.signal,
        afterStep: (t) => (t.steps === 4 ? stop.abort() : undefined),
      });
      saveCheckpoint(folder, first, "digest");
      const saved = newestCheckpoint(folder);
      assert.ok(saved);
      const second = new Trainer(tinyNet, patternCrops(), settings, { resume: saved.state });
      await train(second);
      assert.deepEqual(readWeights(second.net), readWeights(whole.net));
      assert.deepEqual(second.state().objectiveVectors, whole.state().objectiveVectors);
      for (const trainer of [whole, first, second]) trainer.dispose();
    }));
}

test("Trainer refuses an unknown sampler, and triplets as drawn from batches that were not drawn so", () => {
  const bad = (change: object, message: RegExp): void => {
    assert.throws(() => {
      const trainer = new Trainer(tinyNet, patternCrops(), { ...tinySettings, ...change });
      trainer.step();
    }, message);
  };
  bad({ batch: { sampler: "x" } }, /sampler must be one of identities, .* current value is x/);
  bad(
    { batch: { sampler: "offline", triplets: 5, subset: 2, every: 3 } },
    /subset must be an integer of at least 3/,
  );
  bad({ objective: { name: "triplet", mining: "drawn" } }, /Cannot take the triplets as drawn: rows 0, 1, 2/);
});
