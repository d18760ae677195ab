import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { centerLoss } from "../../lib/losses/center";
import { jointLoss } from "../../lib/losses/jointLoss";
import { softmaxLoss } from "../../lib/losses/softmax";
import { assertClose, numericalGradient } from "../gradients";
import { normalMatrix, randomBatch } from "./batches";
import { dot, l2, mean, pointsOf, surprise } from "./oracle";

test("jointLoss() of softmax and center loss has the gradient of their weighted sum", () => {
  // Wen et al. (2016), Eq. 5, as means over the batch.
  const { x, labels, weights, bias } = randomBatch(createRandom(1), 8, 3, 3);
  const centers = normalMatrix(createRandom(2), 3, 3);
  const f = (at: ArrayLike<number>): number => {
    const points = pointsOf(at, 3);
    const [w, c] = [pointsOf(weights.data, 3), pointsOf(centers.data, 3)];
    const softmax = points.map((point, i) =>
      surprise(
        w.map((row, j) => dot(row, point) + bias[j]),
        labels[i],
      ),
    );
    return mean(softmax) + 0.4 * mean(points.map((point, i) => l2(point, c[labels[i]]) ** 2 / 2));
  };
  const first = softmaxLoss(x, labels, weights, bias);
  const joint = jointLoss(first, centerLoss(x, labels, centers), 0.4);
  assertClose([joint.loss], [f(x.data)], 1e-9);
  assertClose(joint.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-6);
  assert.deepEqual(joint.weightGradient, first.weightGradient);
  assert.equal(joint.accuracy, first.accuracy);
});

test("jointLoss() refuses a negative λ and gradients of two batches", () => {
  const results = [4, 5].map((n) => {
    const { x, labels, weights } = randomBatch(createRandom(1), n, 3, 2);
    return centerLoss(x, labels, weights);
  });
  assert.throws(
    () => jointLoss(results[0], results[0], -1),
    /lambda must lie in \[0, ∞\), current value is -1/,
  );
  assert.throws(
    () => jointLoss(results[0], results[1], 1),
    /must be of one batch, current values are 4×3 and 5×3/,
  );
});
