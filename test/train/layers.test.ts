import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { buildNet } from "../../lib/nets/build";
import { readWeights } from "../../lib/train/flatWeights";
import { withFreshLastLayer, withProjection } from "../../lib/train/layers";
import { Trainer } from "../../lib/train/trainer";
import { patternCrops, tinyNet, tinySettings } from "./fixtures";

/** Weights of the tiny net's last layer: a 5·8 kernel, scale, offset, moving mean and variance of 8. */
const LAST = 5 * 8 + 4 * 8;

function randomWeights(seed: number): Float32Array {
  const net = buildNet(tinyNet, createRandom(seed));
  const weights = readWeights(net);
  net.dispose();
  return weights;
}

test("withFreshLastLayer() keeps everything but the last layer", () => {
  const old = randomWeights(1);
  const fresh = withFreshLastLayer(tinyNet, old, createRandom(2));
  const kept = old.length - LAST;
  assert.deepEqual(fresh.subarray(0, kept), old.subarray(0, kept));
  assert.notDeepEqual(fresh.subarray(kept), old.subarray(kept));
  assert.throws(() => withFreshLastLayer(tinyNet, old.subarray(1), createRandom(2)), /\d+ values are needed/);
});

test("withProjection() puts a linear layer on a net whose weights come first", () => {
  const old = randomWeights(1);
  const { spec, weights } = withProjection(tinyNet, old, createRandom(2), 4);
  assert.equal(spec.layers.at(-1)?.name, "projection");
  assert.deepEqual(weights.subarray(0, old.length), old);
  assert.equal(weights.length, old.length + 8 * 4 + 4);
  assert.throws(() => withProjection(tinyNet, old.subarray(1), createRandom(2)), /values are needed/);
});

test('Trainer with layers "last" moves the last layer and nothing else', () => {
  const start = randomWeights(3);
  const trainer = new Trainer(
    tinyNet,
    patternCrops(),
    { ...tinySettings, layers: "last", warmup: 0 },
    { start },
  );
  for (let i = 0; i < 3; i++) trainer.step();
  let at = 0;
  const after = readWeights(trainer.net);
  const moved = new Map<string, boolean>();
  for (const { name, shape } of trainer.net.weights) {
    const size = shape.reduce((a, b) => a * b, 1);
    moved.set(
      name,
      after.subarray(at, at + size).some((value, i) => value !== start[at + i]),
    );
    at += size;
  }
  trainer.dispose();
  assert.deepEqual(
    [...moved].filter(([, changed]) => changed).map(([name]) => name),
    ["5.dense.kernel", "5.dense.gamma", "5.dense.beta", "5.dense.mean", "5.dense.variance"],
  );
});

test("Trainer starts from the weights that it is given", () => {
  const start = randomWeights(4);
  const trainer = new Trainer(tinyNet, patternCrops(), tinySettings, { start });
  assert.deepEqual(readWeights(trainer.net), start);
  trainer.dispose();
});
