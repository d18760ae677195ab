import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { cosFaceLoss } from "../../lib/losses/cosFace";
import { normalizedSoftmaxLoss } from "../../lib/losses/normalizedSoftmax";
import { assertClose } from "../gradients";
import { assertAngular, type LogitsOf } from "./angles";
import { randomBatch } from "./batches";

const cosFaceLogits =
  (margin: number, scale: number): LogitsOf =>
  (angles, label) =>
    angles.map((theta, j) => scale * (Math.cos(theta) - (j === label ? margin : 0)));

test("cosFaceLoss() subtracts the margin from the own cosine", () => {
  // Cosines (1, 0), m = 0.4, s = 5: logits (3, 0), loss ln(1 + e⁻³).
  const x = matrixFromRows([[2, 0]]);
  const w = matrixFromRows([
    [1, 0],
    [0, 7],
  ]);
  const { loss, accuracy } = cosFaceLoss(x, Int32Array.of(0), w, { margin: 0.4, scale: 5 });
  assertClose([loss], [Math.log1p(Math.exp(-3))], 1e-12);
  assert.equal(accuracy, 1);
});

test("cosFaceLoss() has the value and the gradients of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 6 }), (seed, d) => {
      const batch = randomBatch(createRandom(seed), 6, d, 3);
      const result = cosFaceLoss(batch.x, batch.labels, batch.weights, { margin: 0.3, scale: 10 });
      assertAngular(result, batch, cosFaceLogits(0.3, 10));
    }),
    { numRuns: 30 },
  );
});

test("the oracle of cosFaceLoss() rejects another margin", () => {
  const batch = randomBatch(createRandom(1), 6, 4, 3);
  const result = cosFaceLoss(batch.x, batch.labels, batch.weights, { margin: 0.31, scale: 10 });
  assert.throws(() => assertAngular(result, batch, cosFaceLogits(0.3, 10)));
});

test("cosFaceLoss() without a margin is the normalised softmax loss", () => {
  const { x, labels, weights } = randomBatch(createRandom(2), 8, 4, 3);
  const bare = cosFaceLoss(x, labels, weights, { margin: 0, scale: 12 });
  assert.deepEqual(bare, normalizedSoftmaxLoss(x, labels, weights, { scale: 12 }));
});

test("cosFaceLoss() grows with the margin, its accuracy does not change", () => {
  const { x, labels, weights } = randomBatch(createRandom(3), 20, 4, 3);
  const results = [0, 0.2, 0.4, 1].map((margin) => cosFaceLoss(x, labels, weights, { margin }));
  for (let i = 1; i < results.length; i++) {
    assert.ok(results[i].loss > results[i - 1].loss);
    assert.equal(results[i].accuracy, results[0].accuracy);
  }
});

test("cosFaceLoss() refuses options out of range", () => {
  const { x, labels, weights } = randomBatch(createRandom(1), 3, 4, 5);
  for (const margin of [-0.1, 1.1, Number.NaN]) {
    assert.throws(
      () => cosFaceLoss(x, labels, weights, { margin }),
      /margin must lie in \[0, 1\], current value is/,
    );
  }
  assert.throws(() => cosFaceLoss(x, labels, weights, { scale: 0 }), /scale must lie in \(0, ∞\)/);
});
