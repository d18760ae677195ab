import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { arcFaceLoss, arcFaceLossOnEngine } from "../../lib/losses/arcFace";
import { normalizedSoftmaxLoss } from "../../lib/losses/normalizedSoftmax";
import { assertClose } from "../gradients";
import { assertAngular, type LogitsOf } from "./angles";
import { assertRelative, normalMatrix, randomBatch } from "./batches";

const arcFaceLogits =
  (margin: number, scale: number): LogitsOf =>
  (angles, label) =>
    angles.map((theta, j) => {
      if (j !== label) return scale * Math.cos(theta);
      const beyond = theta > Math.PI - margin;
      return scale * (beyond ? Math.cos(theta) - margin * Math.sin(margin) : Math.cos(theta + margin));
    });

/** One embedding at `theta` from the weights of class 0; class 1 lies in a direction of its own. */
function lossAt(theta: number, margin: number): number {
  const x = matrixFromRows([[Math.cos(theta), Math.sin(theta), 0]]);
  const w = matrixFromRows([
    [1, 0, 0],
    [0, 0, 1],
  ]);
  return arcFaceLoss(x, Int32Array.of(0), w, { margin, scale: 1 }).loss;
}

test("arcFaceLoss() adds the margin to the own angle", () => {
  // θ = π/6 and m = π/6: the own logit is cos π/3 = ½, the other 0: ln(1 + e^{−½}).
  assertClose([lossAt(Math.PI / 6, Math.PI / 6)], [Math.log1p(Math.exp(-0.5))], 1e-7);
});

test("arcFaceLoss() where θ + m exceeds π takes cos θ − m sin m", () => {
  // θ = π, m = 1: the own logit is −1 − sin 1.
  assertClose([lossAt(Math.PI, 1)], [Math.log1p(Math.exp(1 + Math.sin(1)))], 1e-7);
});

test("arcFaceLoss() grows with the angle from 0 to π on both sides of π − m", () => {
  for (const margin of [0, 0.5, 1.5]) {
    const losses = Array.from({ length: 100 }, (_, i) => lossAt((i * Math.PI) / 99, margin));
    for (let i = 1; i < losses.length; i++)
      assert.ok(losses[i] > losses[i - 1], `margin ${margin}, step ${i}`);
  }
});

test("arcFaceLoss() has the value and the gradients of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 3, max: 6 }), (seed, d) => {
      const batch = randomBatch(createRandom(seed), 6, d, 3);
      const result = arcFaceLoss(batch.x, batch.labels, batch.weights, { margin: 0.5, scale: 10 });
      assertAngular(result, batch, arcFaceLogits(0.5, 10), 1e-4);
    }),
    { numRuns: 30 },
  );
});

test("the oracle of arcFaceLoss() rejects the margin of another", () => {
  const batch = randomBatch(createRandom(1), 6, 4, 3);
  const result = arcFaceLoss(batch.x, batch.labels, batch.weights, { margin: 0.51, scale: 10 });
  assert.throws(() => assertAngular(result, batch, arcFaceLogits(0.5, 10)));
});

test("arcFaceLoss() without a margin is the normalised softmax loss", () => {
  const { x, labels, weights } = randomBatch(createRandom(2), 8, 4, 3);
  const bare = arcFaceLoss(x, labels, weights, { margin: 0, scale: 12 });
  const normalized = normalizedSoftmaxLoss(x, labels, weights, { scale: 12 });
  assertClose([bare.loss], [normalized.loss], 1e-12);
  assertRelative(bare.gradient.data, normalized.gradient.data, 1e-6, "gradient");
  assertRelative(bare.weightGradient.data, normalized.weightGradient.data, 1e-6, "weight gradient");
});

test("arcFaceLoss() of an embedding on its weights has no pull along the sphere, and no NaN", () => {
  // θ = 0: own logit cos m, other 0; only the other class is left to push: dL/dx = p₁(0, 1), p₁ = 1/(1 + e^{cos m}).
  const w = matrixFromRows([
    [1, 0],
    [0, 1],
  ]);
  for (const form of [arcFaceLoss, arcFaceLossOnEngine]) {
    const { gradient } = form(matrixFromRows([[1, 0]]), Int32Array.of(0), w, { scale: 1 });
    assertClose(gradient.data, [0, 1 / (1 + Math.exp(Math.cos(0.5)))], 1e-6);
  }
});

test("arcFaceLoss() stays finite where rounding carries a cosine beyond 1", () => {
  const w = normalMatrix(createRandom(4), 200, 7);
  const labels = Int32Array.from({ length: 200 }, (_, i) => i);
  const { loss, gradient } = arcFaceLoss(w, labels, w);
  assert.ok(Number.isFinite(loss));
  assert.ok(gradient.data.every(Number.isFinite));
});

test("arcFaceLossOnEngine() keeps the direction of an embedding near its weights, where the slope magnifies rounding", () => {
  // θ = 0.004: the pull along the sphere is s·(1 − p)·sin(θ + m), however small sin θ is.
  const x = matrixFromRows([[Math.cos(0.004), Math.sin(0.004), 0]]);
  const w = matrixFromRows([
    [1, 0, 0],
    [0.9, 0, 0.4],
  ]);
  const [reference, engine] = [arcFaceLoss, arcFaceLossOnEngine].map((form) => form(x, Int32Array.of(0), w));
  assertRelative(engine.gradient.data, reference.gradient.data, 1e-5, "gradient");
  assertRelative(engine.weightGradient.data, reference.weightGradient.data, 1e-5, "weight gradient");
  assert.ok(Math.abs(reference.gradient.data[1]) > 20);
});

test("arcFaceLoss() refuses degrees", () => {
  const { x, labels, weights } = randomBatch(createRandom(1), 3, 4, 5);
  const degrees = { margin: 28.6 };
  assert.throws(
    () => arcFaceLoss(x, labels, weights, degrees),
    /margin must lie in \[0, 1.5\], current value is 28.6/,
  );
});
