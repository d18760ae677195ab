import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { contrastiveLoss } from "../../lib/losses/contrastive";
import { deepId2Loss, deepId2LossOnEngine, deepId2Margin } from "../../lib/losses/deepId2";
import { softmaxLoss } from "../../lib/losses/softmax";
import { assertClose, numericalGradient } from "../gradients";
import { assertRelative, type LossBatch, randomBatch } from "./batches";
import { dot, l2, mean, pointsOf, surprise } from "./oracle";

/** Both signals in float64, each the mean over its own terms. */
function oracle(
  x: ArrayLike<number>,
  { labels, weights, bias, pairs }: LossBatch,
  lambda: number,
  margin: number,
): number {
  const points = pointsOf(x, weights.columns);
  const classes = pointsOf(weights.data, weights.columns);
  const identification = points.map((point, i) =>
    surprise(
      classes.map((w, j) => dot(w, point) + bias[j]),
      labels[i],
    ),
  );
  const verification = Array.from(pairs.first, (i, t) => {
    const distance = l2(points[i], points[pairs.second[t]]);
    return pairs.same[t] ? distance ** 2 / 2 : Math.max(0, margin - distance) ** 2 / 2;
  });
  return mean(identification) + lambda * mean(verification);
}

test("deepId2Loss() has the value and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0, 0.05, 2), (seed, lambda) => {
      const batch = randomBatch(createRandom(seed), 7, 3, 3);
      const { x, labels, weights, bias, pairs } = batch;
      const result = deepId2Loss(x, labels, weights, bias, pairs, { lambda, margin: 2 });
      const f = (at: ArrayLike<number>): number => oracle(at, batch, lambda, 2);
      assertClose([result.loss], [f(x.data)], 1e-9);
      assertClose(result.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-5);
    }),
    { numRuns: 30 },
  );
});

test("deepId2Loss() with λ = 0 is the softmax loss", () => {
  const { x, labels, weights, bias, pairs } = randomBatch(createRandom(1), 8, 3, 3);
  assert.deepEqual(
    deepId2Loss(x, labels, weights, bias, pairs, { lambda: 0 }),
    softmaxLoss(x, labels, weights, bias),
  );
});

test("deepId2Loss() with λ = ∞ is verification alone, and the limit of growing λ", () => {
  const { x, labels, weights, bias, pairs } = randomBatch(createRandom(2), 8, 3, 3);
  const verification = contrastiveLoss(x, pairs, { margin: 2 });
  for (const form of [deepId2Loss, deepId2LossOnEngine]) {
    const alone = form(x, labels, weights, bias, pairs, { lambda: Number.POSITIVE_INFINITY, margin: 2 });
    assertClose([alone.loss], [verification.loss], 1e-6);
    assertRelative(alone.gradient.data, verification.gradient.data, 1e-5, "gradient");
    assert.ok([...alone.weightGradient.data, ...alone.biasGradient].every((g) => g === 0));
  }
  const large = deepId2Loss(x, labels, weights, bias, pairs, { lambda: 1e8, margin: 2 });
  assertRelative(
    large.gradient.data.map((g) => g / 1e8),
    verification.gradient.data,
    1e-6,
    "limit",
  );
});

test("deepId2Loss() gradients of the classifier do not depend on λ", () => {
  const { x, labels, weights, bias, pairs } = randomBatch(createRandom(3), 8, 3, 3);
  const [none, some] = [0, 0.5].map((lambda) => deepId2Loss(x, labels, weights, bias, pairs, { lambda }));
  assert.deepEqual(some.weightGradient, none.weightGradient);
  assert.deepEqual(some.biasGradient, none.biasGradient);
});

test("deepId2Loss() reduces each signal over its own terms", () => {
  const { x, labels, weights, bias, pairs } = randomBatch(createRandom(4), 8, 3, 3);
  const result = deepId2Loss(x, labels, weights, bias, pairs, { lambda: 0.5, margin: 2, reduction: "sum" });
  const first = softmaxLoss(x, labels, weights, bias, { reduction: "sum" });
  const second = contrastiveLoss(x, pairs, { margin: 2, reduction: "sum" });
  assertClose([result.loss], [first.loss + 0.5 * second.loss], 1e-12);
});

test("deepId2Loss() refuses a negative λ and a margin that is not above 0", () => {
  const { x, labels, weights, bias, pairs } = randomBatch(createRandom(4), 8, 3, 3);
  const lossWith = (options: object) => () => deepId2Loss(x, labels, weights, bias, pairs, options);
  assert.throws(
    lossWith({ lambda: -0.1 }),
    /DeepID2 loss: the lambda must lie in \[0, ∞\], current value is -0.1/,
  );
  assert.throws(lossWith({ margin: 0 }), /margin must lie in \(0, ∞\)/);
});

test("deepId2Margin() lies between the pairs when they are separable", () => {
  // Same at 0.2 and 0.6, different at 1 and 3: half-way between 0.6 and 1.
  assertClose([deepId2Margin([1, 0.2, 3, 0.6], [0, 1, 0, 1])], [0.8], 1e-12);
});

test("deepId2Margin() makes no more errors than any other threshold", () => {
  const pairs = fc.array(fc.tuple(fc.double({ min: 0, max: 2, noNaN: true }), fc.constantFrom(0, 1)), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(pairs, (list) => {
      const errors = (threshold: number): number =>
        list.filter(([distance, same]) => distance < threshold !== (same === 1)).length;
      const margin = deepId2Margin(
        list.map(([distance]) => distance),
        list.map(([, same]) => same),
      );
      // Every behaviour of a threshold is reached just above one of the distances, or at the smallest.
      const candidates = [0, ...list.map(([distance]) => distance * (1 + 1e-9) + 1e-12)];
      assert.ok(errors(margin) <= Math.min(...candidates.map(errors)));
    }),
  );
});

test("deepId2Margin() refuses an empty list", () => {
  assert.throws(() => deepId2Margin([], []), /at least one pair is needed/);
});
