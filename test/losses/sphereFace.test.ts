import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { softmaxLoss } from "../../lib/losses/softmax";
import { sphereFaceLambda, sphereFaceLoss } from "../../lib/losses/sphereFace";
import { assertClose } from "../gradients";
import { assertAngular, type LogitsOf } from "./angles";
import { randomBatch } from "./batches";

/** ψ by its definition: (−1)ᵏ cos(mθ) − 2k on the k-th of m equal parts of [0, π]. */
function psi(theta: number, m: number): number {
  let k = 0;
  while (k < m - 1 && theta > ((k + 1) * Math.PI) / m) k++;
  return (-1) ** k * Math.cos(m * theta) - 2 * k;
}

const sphereFaceLogits =
  (m: number, lambda: number): LogitsOf =>
  (angles, label, point) =>
    angles.map((theta, j) => {
      const target = (lambda * Math.cos(theta) + psi(theta, m)) / (1 + lambda);
      return Math.hypot(...point) * (j === label ? target : Math.cos(theta));
    });

test("sphereFaceLoss() multiplies the own angle and keeps the length of the embedding", () => {
  // θ = π/6, m = 2, ‖x‖ = 4: own logit 4 cos π/3 = 2; the other class is orthogonal: 0. ln(1 + e⁻²).
  const x = matrixFromRows([[4 * Math.cos(Math.PI / 6), 4 * Math.sin(Math.PI / 6), 0]]);
  const w = matrixFromRows([
    [9, 0, 0],
    [0, 0, 1],
  ]);
  assertClose([sphereFaceLoss(x, Int32Array.of(0), w, { margin: 2 }).loss], [Math.log1p(Math.exp(-2))], 1e-7);
});

test("sphereFaceLoss() opposite to its weights has ψ(π) = 1 − 2m", () => {
  // k = m − 1 there: (−1)^{m−1} cos(mπ) − 2(m − 1) = −1 − 2m + 2.
  const w = matrixFromRows([
    [1, 0],
    [0, 1],
  ]);
  for (const margin of [1, 2, 3, 4]) {
    const { loss } = sphereFaceLoss(matrixFromRows([[-1, 0]]), Int32Array.of(0), w, { margin });
    assertClose([loss], [Math.log1p(Math.exp(2 * margin - 1))], 1e-12);
  }
});

test("sphereFaceLoss() has the value and the gradients of central differences in float64", () => {
  const options = { margin: fc.integer({ min: 1, max: 5 }), lambda: fc.constantFrom(0, 1, 5) };
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 6 }),
      fc.record(options),
      (seed, d, { margin, lambda }) => {
        const batch = randomBatch(createRandom(seed), 6, d, 3);
        const result = sphereFaceLoss(batch.x, batch.labels, batch.weights, { margin, lambda });
        assertAngular(result, batch, sphereFaceLogits(margin, lambda), 1e-4);
      },
    ),
    { numRuns: 40 },
  );
});

test("the oracle of sphereFaceLoss() rejects the wrong λ", () => {
  const batch = randomBatch(createRandom(1), 6, 4, 3);
  const result = sphereFaceLoss(batch.x, batch.labels, batch.weights, { lambda: 5 });
  assert.throws(() => assertAngular(result, batch, sphereFaceLogits(4, 5.1), 1e-4));
});

test("sphereFaceLoss() with m = 1 is the softmax loss on normalised weights without bias, whatever λ", () => {
  const { x, labels, weights } = randomBatch(createRandom(2), 8, 3, 3);
  const unit = matrix(3, 3, weights.data.slice());
  for (let j = 0; j < 3; j++) {
    const row = unit.data.subarray(3 * j, 3 * j + 3);
    row.set(row.map((v) => v / Math.hypot(...weights.data.subarray(3 * j, 3 * j + 3))));
  }
  const softmax = softmaxLoss(x, labels, unit, new Float32Array(3));
  for (const lambda of [0, 7]) {
    const sphere = sphereFaceLoss(x, labels, weights, { margin: 1, lambda });
    assertClose([sphere.loss], [softmax.loss], 1e-6);
    assertClose(sphere.gradient.data, softmax.gradient.data, 1e-6);
  }
});

test("sphereFaceLoss() approaches m = 1 as λ grows", () => {
  const { x, labels, weights } = randomBatch(createRandom(3), 8, 3, 3);
  const plain = sphereFaceLoss(x, labels, weights, { margin: 1 }).loss;
  const gaps = [0, 10, 1e3, 1e7].map((lambda) => sphereFaceLoss(x, labels, weights, { lambda }).loss - plain);
  for (let i = 1; i < gaps.length; i++) assert.ok(gaps[i] < gaps[i - 1] / 5);
  assertClose([gaps[3]], [0], 1e-6);
});

test("sphereFaceLambda() falls from the base to the minimum", () => {
  // 1000/(1 + 0.12·50) = 1000/7; 1000/(1 + 0.12·10000) < 5.
  assertClose(
    [sphereFaceLambda(0), sphereFaceLambda(50), sphereFaceLambda(10000)],
    [1000, 1000 / 7, 5],
    1e-9,
  );
  assertClose([sphereFaceLambda(3, { base: 8, gamma: 1, power: 2, minimum: 0 })], [0.5], 1e-12);
  assert.throws(() => sphereFaceLambda(-1), /step must lie in \[0, ∞\), current value is -1/);
});

test("sphereFaceLoss() refuses a margin that is no integer in [1, 10] and a negative λ", () => {
  const { x, labels, weights } = randomBatch(createRandom(1), 3, 4, 5);
  assert.throws(
    () => sphereFaceLoss(x, labels, weights, { margin: 0 }),
    /margin must lie in \[1, 10\], current value is 0/,
  );
  assert.throws(
    () => sphereFaceLoss(x, labels, weights, { margin: 1.5 }),
    /margin must be an integer, current value is 1.5/,
  );
  assert.throws(() => sphereFaceLoss(x, labels, weights, { lambda: -1 }), /lambda must lie in \[0, ∞\)/);
});
