import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { buildNet } from "../../lib/nets/build";
import type { NetSpec } from "../../lib/nets/spec";
import { gradientOfBatch } from "../../lib/train/backprop";
import { flattened } from "../../lib/train/flatWeights";
import { createObjective } from "../../lib/train/objectives";
import type { LargeBatchRun } from "./largeBatchRun";

// The paper's batch (section 3.2): about 1,800 images, about 40 of an identity, and random negatives.
const BATCH = 1800;
const CHUNK = 128;

for (const size of [64, 96]) {
  test(`Trainer.step() takes a batch of 1,800 at ${size}×${size} in less than 3 GB`, () => {
    const script = join(__dirname, "largeBatchRun.js");
    const line = execFileSync(process.execPath, [script, String(size), String(CHUNK)], { encoding: "utf8" });
    const { batch, loss, terms, peakMemory } = JSON.parse(line) as LargeBatchRun;
    assert.equal(batch, BATCH);
    assert.ok(Number.isFinite(loss) && loss > 0);
    assert.ok(terms > 0);
    assert.ok(peakMemory < 3e9, `${peakMemory} bytes`);
  });
}

const plain: NetSpec = {
  name: "plain",
  inputSize: 16,
  channels: 1,
  layers: [
    { kind: "conv", filters: 4, kernel: 3, stride: 2, relu: true },
    { kind: "conv", filters: 6, kernel: 3, stride: 2, relu: true },
    { kind: "flatten" },
    { kind: "dense", units: 8 },
  ],
};

test("gradientOfBatch() gives 1,800 images in chunks of 128 the gradient of one big pass", () => {
  // A loss that is smooth everywhere: a mined negative may change when distances differ in their last bit, and the gradient would jump.
  const choice = { name: "supervised-contrastive" } as const;
  const random = createRandom(3);
  const labels = Int32Array.from({ length: BATCH }, (_, i) => (i < 1200 ? Math.floor(i / 40) : i));
  const images = Float32Array.from({ length: BATCH * 256 }, () => random.normal());
  const gradientWith = (chunk: number): Float32Array => {
    const net = buildNet(plain, createRandom(5));
    const context = { classes: BATCH, dimension: 8, random: createRandom(1) };
    const objective = createObjective(choice, context);
    const { gradients } = gradientOfBatch(net, { images, labels }, objective, chunk);
    const gradient = flattened(gradients);
    loadEngine().dispose(gradients);
    net.dispose();
    return gradient;
  };
  const whole = gradientWith(BATCH);
  const parts = gradientWith(CHUNK);
  const largest = Math.max(...whole.map(Math.abs));
  assert.ok(largest > 1e-3);
  whole.forEach((g, i) => {
    assert.ok(Math.abs(parts[i] - g) <= 1e-5 * largest, `element ${i}: ${parts[i]} is not ${g}`);
  });
});
