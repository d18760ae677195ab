import assert from "node:assert/strict";
import test from "node:test";
import type { CropSet } from "../../lib/data/dataset";
import type { NetSpec } from "../../lib/nets/spec";
import { findNonFinite, NotFinite } from "../../lib/train/nonFinite";
import type { TrainSettings } from "../../lib/train/settings";
import { Trainer } from "../../lib/train/trainer";
import { type TroubleName, watchTroubles } from "../../lib/train/trouble";
import { patternCrops, tinySettings } from "./fixtures";

/** Without batch norm, so that a bad rate shows at once. */
const plain: NetSpec = {
  name: "plain",
  inputSize: 16,
  channels: 1,
  layers: [
    { name: "first", kind: "conv", filters: 3, kernel: 3, stride: 2, relu: true },
    { name: "second", kind: "conv", filters: 4, kernel: 3, stride: 2, relu: true },
    { kind: "flatten" },
    { name: "last", kind: "dense", units: 6 },
  ],
};

/** Troubles that were seen in 80 steps, in the order in which they were first seen. */
function seen(settings: Partial<TrainSettings>, crops: CropSet = patternCrops()): TroubleName[] {
  const all = { ...tinySettings, budget: { steps: 80 }, schedule: "constant", ...settings } as const;
  const trainer = new Trainer(plain, crops, all);
  const watch = watchTroubles({ margin: all.objective.margin, dimensions: 3 });
  const names = new Set<TroubleName>();
  for (let i = 0; i < 80; i++) {
    watch.see(trainer.step());
    for (const { name } of watch.troubles()) names.add(name);
  }
  trainer.dispose();
  return [...names];
}

test("watchTroubles() sees nothing wrong in a run that learns", () => assert.deepEqual(seen({}), []));

test("watchTroubles() sees a rate of 9", () => assert.deepEqual(seen({ rate: 9 }), ["rate"]));

test("watchTroubles() sees the hardest negatives collapse at a high rate", () => {
  const objective = { name: "triplet", margin: 0.2, mining: "hardest-negative" } as const;
  const names = seen({ rate: 0.5, warmup: 0, objective });
  assert.deepEqual(names.slice(0, 2), ["rate", "collapse"]);
});

test("watchTroubles() sees a classifier explode while the rate rises to 9", () => {
  const names = seen({ rate: 9, warmup: 60, objective: { name: "softmax" } });
  assert.ok(names.includes("rate") && names.includes("exploding"), names.join());
});

test("watchTroubles() sees that identical crops lie in one point and teach nothing", () => {
  const crops = patternCrops();
  const one = crops.data.slice(0, crops.size ** 2);
  const same = { ...crops, data: crops.data.map((_, i) => one[i % one.length]) };
  assert.deepEqual(seen({ augmentation: "none" }, same), ["collapse", "idle"]);
});

test("watchTroubles() sees that a margin of almost nothing leaves no triplet active", () =>
  assert.deepEqual(seen({ objective: { name: "triplet", margin: 1e-6 } }), ["idle"]));

/** A trainer after one step, whose weight of this name is multiplied. */
function withWeight(name: string, factor: number): Trainer {
  const trainer = new Trainer(plain, patternCrops(), { ...tinySettings, warmup: 0 });
  trainer.step();
  const weight = trainer.net.weights.find((candidate) => candidate.name === name);
  assert.ok(weight);
  weight.variable.assign(weight.variable.mul(factor));
  return trainer;
}

test("Trainer names the step and the weight that is not a number", () => {
  const trainer = withWeight("second.kernel", Number.NaN);
  assert.throws(
    () => trainer.step(),
    (error) =>
      error instanceof NotFinite &&
      error.step === 2 &&
      error.where.part === "weights" &&
      error.where.layer === "second.kernel" &&
      /stands in the weights of second\.kernel/.test(error.message),
  );
  trainer.dispose();
});

test("Trainer names the layer whose output overflows first", () => {
  const trainer = withWeight("first.kernel", 1e30);
  const { variable } = trainer.net.weights.find(({ name }) => name === "second.kernel") ?? assert.fail();
  variable.assign(variable.mul(1e30));
  assert.throws(
    () => trainer.step(),
    (error) =>
      error instanceof NotFinite &&
      error.where.part === "output" &&
      error.where.layer === "second" &&
      /step 2 .* stands in the output of second, not before it/.test(error.message),
  );
  trainer.dispose();
});

test("findNonFinite() blames the inputs, the loss, or of the gradients the last layer's", () => {
  const trainer = new Trainer(plain, patternCrops(), tinySettings);
  trainer.step();
  const { net, lastBatch: batch = assert.fail() } = trainer;
  const sizes = net.weights.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const gradient: Float32Array = new Float32Array(sizes.reduce((a, b) => a + b, 0));
  const find = (loss: number, images: Float32Array = batch.images): object =>
    findNonFinite(net, { batch: { ...batch, images }, loss, gradient, chunk: 5 });
  assert.deepEqual(find(0, batch.images.with(3, Number.POSITIVE_INFINITY)), { part: "inputs" });
  assert.deepEqual(find(Number.NaN), { part: "loss" });
  // Weights stand as first.kernel, first.bias, second.kernel, … : one bad value in the first two of them.
  gradient[0] = Number.NaN;
  assert.deepEqual(find(0), { part: "gradient", layer: "first.kernel" });
  gradient[sizes[0] + 1] = Number.NEGATIVE_INFINITY;
  assert.deepEqual(find(0), { part: "gradient", layer: "first.bias" });
  trainer.dispose();
});
