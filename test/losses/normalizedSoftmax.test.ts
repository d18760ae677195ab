import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { normalizedSoftmaxLoss } from "../../lib/losses/normalizedSoftmax";
import { softmaxLoss } from "../../lib/losses/softmax";
import { assertClose } from "../gradients";
import { assertAngular } from "./angles";
import { randomBatch } from "./batches";

test("normalizedSoftmaxLoss() sees directions only", () => {
  // cos θ = (1, 0) whatever the lengths: −ln(e/(e + 1)) = ln(1 + e⁻¹) at s = 1. p₁ = 1/(1 + e).
  // dL/dx̂ = p₁(Ŵ₁ − Ŵ₀) = p₁(−1, 1); orthogonal to x = (5, 0) and over its length: p₁(0, 1)/5.
  const w = matrixFromRows([
    [3, 0],
    [0, 0.1],
  ]);
  const result = normalizedSoftmaxLoss(matrixFromRows([[5, 0]]), Int32Array.of(0), w, { scale: 1 });
  assertClose([result.loss], [Math.log1p(Math.exp(-1))], 1e-12);
  const p = 1 / (1 + Math.E);
  assertClose(result.gradient.data, [0, p / 5], 1e-7);
  // dL/dŴ = (−p x̂, p x̂): the part along each weight is taken out, the rest is divided by its length.
  assertClose(result.weightGradient.data, [0, 0, p / 0.1, 0], 1e-6);
});

test("normalizedSoftmaxLoss() has the value and the gradients of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 6 }), (seed, d) => {
      const batch = randomBatch(createRandom(seed), 6, d, 3);
      const result = normalizedSoftmaxLoss(batch.x, batch.labels, batch.weights, { scale: 8 });
      assertAngular(result, batch, (angles) => angles.map((theta) => 8 * Math.cos(theta)));
    }),
    { numRuns: 30 },
  );
});

test("normalizedSoftmaxLoss() of unit vectors is the softmax loss without bias on scaled embeddings", () => {
  const unit = (angle: number, length: number): number[] => [
    length * Math.cos(angle),
    length * Math.sin(angle),
  ];
  const labels = Int32Array.of(0, 1);
  const w = matrixFromRows([unit(0.3, 1), unit(2, 1), unit(4, 1)]);
  const scaled = softmaxLoss(matrixFromRows([unit(1, 10), unit(5, 10)]), labels, w, new Float32Array(3));
  const result = normalizedSoftmaxLoss(matrixFromRows([unit(1, 1), unit(5, 1)]), labels, w, { scale: 10 });
  assertClose([result.loss], [scaled.loss], 1e-6);
  assert.equal(result.accuracy, scaled.accuracy);
});

test("normalizedSoftmaxLoss() gives an embedding of zeros equal probabilities and a gradient of 0", () => {
  const { weights } = randomBatch(createRandom(1), 3, 4, 5);
  const { loss, gradient } = normalizedSoftmaxLoss(matrix(1, 4), Int32Array.of(2), weights);
  assertClose([loss], [Math.log(5)], 1e-12);
  assert.ok(gradient.data.every((g) => g === 0));
});

test("normalizedSoftmaxLoss() refuses a scale that is not above 0", () => {
  const { x, labels, weights } = randomBatch(createRandom(1), 3, 4, 5);
  for (const scale of [0, -1, Number.NaN]) {
    assert.throws(
      () => normalizedSoftmaxLoss(x, labels, weights, { scale }),
      /scale must lie in \(0, ∞\), current value is/,
    );
  }
});
