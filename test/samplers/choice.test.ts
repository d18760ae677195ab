import assert from "node:assert/strict";
import test from "node:test";
import { settingsSchema } from "../../lib/train/schemas";
import type { TrainSettings } from "../../lib/train/settings";
import { Trainer } from "../../lib/train/trainer";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";
import { wholeAndResumed } from "../train/resumed";

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
  test(`createSamplerOf("${sampler}") feeds the trainer, and 4 + 4 steps equal 8, bit for bit`, async () => {
    const settings = { ...tinySettings, ...chosen };
    assert.deepEqual(settingsSchema.parse(settings), settings);
    const { whole, resumed } = await wholeAndResumed(tinyNet, patternCrops(), settings);
    assert.deepEqual(resumed, whole);
  });
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
