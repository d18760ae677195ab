import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { ntXentLoss } from "../../lib/losses/ntXent";
import { supervisedContrastiveLoss } from "../../lib/losses/supervisedContrastive";
import { assertClose, numericalGradient } from "../gradients";
import { assertRelative, normalMatrix, randomBatch } from "./batches";
import { cosinesOf, mean, partners, sum } from "./oracle";

/** Eq. 2, the mean over anchors that have a positive. */
function oracle(x: ArrayLike<number>, d: number, labels: Int32Array, temperature: number): number {
  const terms = cosinesOf(x, d).flatMap((row, i) => {
    const { positives, negatives } = partners(labels, i);
    const e = (j: number): number => Math.exp(row[j] / temperature);
    const all = sum([...positives, ...negatives].map(e));
    return positives.length === 0 ? [] : [-mean(positives.map((p) => Math.log(e(p) / all)))];
  });
  return mean(terms);
}

test("supervisedContrastiveLoss() of one positive pair and one stranger", () => {
  // Each of the pair: −ln(e¹/(e¹ + e⁰)) = ln(1 + e⁻¹) at τ = 1; the stranger has no positive and is no term.
  const x = matrixFromRows([
    [1, 0],
    [2, 0],
    [0, 1],
  ]);
  const { loss, terms } = supervisedContrastiveLoss(x, Int32Array.of(0, 0, 1), { temperature: 1 });
  assertClose([loss], [Math.log1p(Math.exp(-1))], 1e-12);
  assert.equal(terms, 2);
});

test("supervisedContrastiveLoss() has the value and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      (seed, d, c) => {
        const { x, labels } = randomBatch(createRandom(seed), 7, d, c);
        const f = (at: ArrayLike<number>): number => oracle(at, d, labels, 0.3);
        const result = supervisedContrastiveLoss(x, labels, { temperature: 0.3 });
        assertClose([result.loss], [f(x.data)], 1e-9);
        assertClose(result.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-5);
      },
    ),
    { numRuns: 30 },
  );
});

test("supervisedContrastiveLoss() with one positive per anchor is NT-Xent, with more it is not", () => {
  const x = normalMatrix(createRandom(1), 8, 5);
  const views = Int32Array.of(0, 1, 2, 3, 3, 2, 1, 0);
  const [one, two] = [supervisedContrastiveLoss(x, views), ntXentLoss(x, views)];
  assertClose([one.loss], [two.loss], 1e-12);
  assertRelative(one.gradient.data, two.gradient.data, 1e-6, "gradient");
  const triples = Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
  assert.ok(supervisedContrastiveLoss(x, triples).loss > 1.01 * ntXentLoss(x, triples).loss);
});

test("supervisedContrastiveLoss() of k coinciding points of one identity is ln(k − 1)", () => {
  // All exponents are equal: each positive has probability 1/(k − 1).
  const x = matrixFromRows(Array.from({ length: 5 }, () => [1, 2]));
  const { loss, gradient } = supervisedContrastiveLoss(x, new Int32Array(5));
  assertClose([loss], [Math.log(4)], 1e-12);
  assertClose(gradient.data, new Float64Array(10), 1e-6);
});

test("supervisedContrastiveLoss() without positives is 0", () => {
  const x = normalMatrix(createRandom(2), 4, 3);
  const { loss, terms, gradient } = supervisedContrastiveLoss(x, Int32Array.of(0, 1, 2, 3));
  assert.deepEqual([loss, terms], [0, 0]);
  assert.ok(gradient.data.every((g) => g === 0));
});

test("supervisedContrastiveLoss() refuses a temperature that is not above 0", () => {
  const { x, labels } = randomBatch(createRandom(1), 4, 3, 2);
  for (const temperature of [0, -0.1, Number.NaN]) {
    assert.throws(
      () => supervisedContrastiveLoss(x, labels, { temperature }),
      /temperature must lie in \(0, ∞\)/,
    );
  }
});
