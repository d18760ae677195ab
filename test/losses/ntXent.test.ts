import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { ntXentLoss } from "../../lib/losses/ntXent";
import { assertClose, numericalGradient } from "../gradients";
import { normalMatrix, randomBatch } from "./batches";
import { cosinesOf, mean, partners, sum } from "./oracle";

/** Eq. 1 for every ordered positive pair, its denominator the pair itself and the anchor's negatives. */
function oracle(x: ArrayLike<number>, d: number, labels: Int32Array, temperature: number): number {
  const terms = cosinesOf(x, d).flatMap((row, i) => {
    const { positives, negatives } = partners(labels, i);
    const e = (j: number): number => Math.exp(row[j] / temperature);
    return positives.map((p) => -Math.log(e(p) / (e(p) + sum(negatives.map(e)))));
  });
  return mean(terms);
}

test("ntXentLoss() of two views and two strangers", () => {
  // Cosines 1 to the other view and 0 to the strangers, who are opposite views of another image: −1 and twice 0.
  // Anchors 0, 1: ln(1 + 2e⁻¹); anchors 2, 3: −ln(e⁻¹/(e⁻¹ + 2)) = ln(1 + 2e). τ = 1.
  const x = matrixFromRows([
    [1, 0],
    [3, 0],
    [0, 1],
    [0, -1],
  ]);
  const { loss, terms } = ntXentLoss(x, Int32Array.of(0, 0, 1, 1), { temperature: 1 });
  assertClose([loss], [(Math.log(1 + 2 / Math.E) + Math.log(1 + 2 * Math.E)) / 2], 1e-12);
  assert.equal(terms, 4);
});

test("ntXentLoss() has the value and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      (seed, d, c) => {
        const { x, labels } = randomBatch(createRandom(seed), 7, d, c);
        const f = (at: ArrayLike<number>): number => oracle(at, d, labels, 0.3);
        const result = ntXentLoss(x, labels, { temperature: 0.3 });
        assertClose([result.loss], [f(x.data)], 1e-9);
        assertClose(result.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-5);
      },
    ),
    { numRuns: 30 },
  );
});

test("ntXentLoss() of N coinciding points in pairs is ln(N − 1)", () => {
  // Every anchor has one positive and N − 2 negatives, all at cosine 1: ln(N − 1).
  const x = matrixFromRows(Array.from({ length: 6 }, () => [3, 4]));
  assertClose([ntXentLoss(x, Int32Array.of(0, 0, 1, 1, 2, 2)).loss], [Math.log(5)], 1e-12);
});

test("ntXentLoss() without positives, and without negatives, is 0", () => {
  const x = normalMatrix(createRandom(2), 4, 3);
  const strangers = ntXentLoss(x, Int32Array.of(0, 1, 2, 3));
  assert.deepEqual([strangers.loss, strangers.terms], [0, 0]);
  const one = ntXentLoss(x, new Int32Array(4));
  assert.deepEqual([one.loss, one.active, one.terms], [0, 0, 12]);
  assert.ok(one.gradient.data.every((g) => g === 0));
});

test("ntXentLoss() refuses a temperature that is not above 0", () => {
  const { x, labels } = randomBatch(createRandom(1), 4, 3, 2);
  assert.throws(
    () => ntXentLoss(x, labels, { temperature: 0 }),
    /temperature must lie in \(0, ∞\), current value is 0/,
  );
});
