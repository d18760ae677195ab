import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { softmaxLoss } from "../../lib/losses/softmax";
import { assertClose, numericalGradient } from "../gradients";
import { normalMatrix, randomBatch } from "./batches";
import { dot, mean, pointsOf, surprise } from "./oracle";

/** The mean surprise in float64, from flat x (N×D), W (C×D) and b (C). */
function oracle(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  b: ArrayLike<number>,
  labels: Int32Array,
  d: number,
) {
  const classes = pointsOf(w, d);
  const logitsOf = (point: readonly number[]): number[] =>
    classes.map((weights, j) => dot(weights, point) + b[j]);
  return mean(pointsOf(x, d).map((point, i) => surprise(logitsOf(point), labels[i])));
}

test("softmaxLoss() of two classes with equal logits is ln 2", () => {
  // p = (½, ½), y = 0: dL/dlogits = (−½, ½). dL/dx = −½ W₀ + ½ W₁ = (−1, 1); dL/dW = (−½ x, ½ x); dL/db = (−½, ½).
  const x = matrixFromRows([[3, 3]]);
  const w = matrixFromRows([
    [2, 0],
    [0, 2],
  ]);
  const result = softmaxLoss(x, Int32Array.of(0), w, Float32Array.of(1, 1));
  assertClose([result.loss], [Math.LN2], 1e-12);
  assertClose(result.gradient.data, [-1, 1], 1e-7);
  assertClose(result.weightGradient.data, [-1.5, -1.5, 1.5, 1.5], 1e-7);
  assertClose(result.biasGradient, [-0.5, 0.5], 1e-7);
  assert.equal(result.accuracy, 1, "of equal logits the first counts");
});

test("softmaxLoss() has the value and the gradients of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, d) => {
      const { x, labels, weights, bias } = randomBatch(createRandom(seed), 7, d, 3);
      const result = softmaxLoss(x, labels, weights, bias);
      const at = (values: Float32Array): Float64Array => Float64Array.from(values);
      assertClose([result.loss], [oracle(x.data, weights.data, bias, labels, d)], 1e-9);
      const byX = numericalGradient((p) => oracle(p, weights.data, bias, labels, d), at(x.data));
      const byW = numericalGradient((p) => oracle(x.data, p, bias, labels, d), at(weights.data));
      const byB = numericalGradient((p) => oracle(x.data, weights.data, p, labels, d), at(bias));
      assertClose(result.gradient.data, byX, 1e-6);
      assertClose(result.weightGradient.data, byW, 1e-6);
      assertClose(result.biasGradient, byB, 1e-6);
    }),
    { numRuns: 30 },
  );
});

test("softmaxLoss() does not overflow on logits of thousands", () => {
  // Logits 5000 and −5000: the surprise of the second is their difference.
  const x = matrixFromRows([[1]]);
  const w = matrixFromRows([[5000], [-5000]]);
  const { loss, gradient } = softmaxLoss(x, Int32Array.of(1), w, new Float32Array(2));
  assert.equal(loss, 10000);
  assert.equal(gradient.data[0], 10000);
});

test("softmaxLoss() gradients of the biases sum to 0, and a bias for all changes nothing", () => {
  const { x, labels, weights, bias } = randomBatch(createRandom(5), 9, 4, 3);
  const result = softmaxLoss(x, labels, weights, bias);
  assertClose([result.biasGradient.reduce((a, b) => a + b)], [0], 1e-7);
  const moved = softmaxLoss(
    x,
    labels,
    weights,
    bias.map((b) => b + 4),
  );
  assertClose([moved.loss], [result.loss], 1e-6);
});

test("softmaxLoss() accuracy is the share of rows whose own logit is the highest", () => {
  // One dimension, logits x and −x: rows 2 and −1 are of class 0 and 1, row 3 has the wrong label.
  const x = matrixFromRows([[2], [-1], [3]]);
  const result = softmaxLoss(x, Int32Array.of(0, 1, 1), matrixFromRows([[1], [-1]]), new Float32Array(2));
  assertClose([result.accuracy], [2 / 3], 1e-12);
});

test("softmaxLoss() refuses sizes and labels that do not fit", () => {
  const x = normalMatrix(createRandom(1), 2, 3);
  const w = normalMatrix(createRandom(1), 2, 3);
  const b = new Float32Array(2);
  const y = Int32Array.of(0, 1);
  assert.throws(() => softmaxLoss(x, Int32Array.of(0), w, b), /2 labels are needed, current value is 1/);
  assert.throws(
    () => softmaxLoss(x, Int32Array.of(0, 2), w, b),
    /every label must lie in \[0, 2\), number 1 is 2/,
  );
  assert.throws(() => softmaxLoss(x, Int32Array.of(0, -1), w, b), /number 1 is -1/);
  assert.throws(
    () => softmaxLoss(x, y, matrix(2, 4), b),
    /must have 3 columns like the embeddings, current value is 4/,
  );
  assert.throws(() => softmaxLoss(x, y, w, new Float32Array(3)), /2 biases are needed, current value is 3/);
  const broken = matrix(2, 3, w.data.with(0, Number.NaN));
  assert.throws(() => softmaxLoss(x, y, broken, b), /the class weights: every value must be finite/);
});
