import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { liftedStructureLoss } from "../../lib/losses/liftedStructure";
import { assertClose, numericalGradient } from "../gradients";
import { normalMatrix, randomBatch } from "./batches";
import { l2, mean, partners, pointsOf, sum } from "./oracle";

/** Eq. 4, pair by pair. */
function oracle(x: ArrayLike<number>, d: number, labels: Int32Array, margin: number): number {
  const points = pointsOf(x, d);
  const push = (i: number): number =>
    sum(partners(labels, i).negatives.map((k) => Math.exp(margin - l2(points[i], points[k]))));
  const terms = points.flatMap((point, i) =>
    partners(labels, i)
      .positives.filter((j) => i < j)
      .map((j) => Math.max(0, Math.log(push(i) + push(j)) + l2(point, points[j])) ** 2 / 2),
  );
  return mean(terms);
}

test("liftedStructureLoss() of one pair and one stranger", () => {
  // On a line at 0, 3 and −1 (the stranger): J = ln(e^{α−1} + e^{α−4}) + 3 = α + 2 + ln(1 + e⁻³); L = ½J².
  const x = matrixFromRows([[0], [3], [-1]]);
  const { loss, terms, active } = liftedStructureLoss(x, Int32Array.of(0, 0, 1), { margin: 0.5 });
  assertClose([loss], [(2.5 + Math.log1p(Math.exp(-3))) ** 2 / 2], 1e-12);
  assert.deepEqual([terms, active], [1, 1]);
});

test("liftedStructureLoss() has the value and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      (seed, d, c) => {
        const { x, labels } = randomBatch(createRandom(seed), 7, d, c);
        const result = liftedStructureLoss(x, labels);
        const f = (at: ArrayLike<number>): number => oracle(at, d, labels, 1);
        assertClose([result.loss], [c === 1 ? 0 : f(x.data)], 1e-9);
        if (c === 1) assert.ok(result.gradient.data.every((g) => g === 0));
        else assertClose(result.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-5);
      },
    ),
    { numRuns: 30 },
  );
});

test("the oracle of liftedStructureLoss() rejects a gradient that is 1 % wrong", () => {
  const { x, labels } = randomBatch(createRandom(1), 7, 4, 3);
  const right = numericalGradient((at) => oracle(at, 4, labels, 1), Float64Array.from(x.data));
  const wrong = liftedStructureLoss(x, labels).gradient.data.map((g) => 1.01 * g);
  assert.throws(() => assertClose(wrong, right, 1e-3));
});

test("liftedStructureLoss() is 0 with far negatives, without negatives and without positives", () => {
  const far = liftedStructureLoss(matrixFromRows([[0], [0.1], [50]]), Int32Array.of(0, 0, 1));
  assert.deepEqual([far.loss, far.active, far.terms], [0, 0, 1]);
  const x = normalMatrix(createRandom(2), 4, 3);
  const one = liftedStructureLoss(x, new Int32Array(4));
  assert.deepEqual([one.loss, one.active, one.terms], [0, 0, 6]);
  const strangers = liftedStructureLoss(x, Int32Array.of(0, 1, 2, 3));
  assert.deepEqual([strangers.loss, strangers.terms], [0, 0]);
});

test("liftedStructureLoss() refuses a margin that is not above 0", () => {
  const { x, labels } = randomBatch(createRandom(1), 4, 3, 2);
  assert.throws(
    () => liftedStructureLoss(x, labels, { margin: 0 }),
    /margin must lie in \(0, ∞\), current value is 0/,
  );
});
