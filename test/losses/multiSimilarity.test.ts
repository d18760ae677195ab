import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { multiSimilarityLoss } from "../../lib/losses/multiSimilarity";
import { assertClose, numericalGradient } from "../gradients";
import { randomBatch } from "./batches";
import { cosinesOf, mean, partners, sum } from "./oracle";

function oracle(
  x: ArrayLike<number>,
  d: number,
  labels: Int32Array,
  alpha: number,
  beta: number,
  base: number,
): number {
  const s = cosinesOf(x, d);
  return mean(
    s.map((row, i) => {
      const { positives, negatives } = partners(labels, i);
      const pull = 1 + sum(positives.map((p) => Math.exp(-alpha * (row[p] - base))));
      const push = 1 + sum(negatives.map((n) => Math.exp(beta * (row[n] - base))));
      return Math.log(pull) / alpha + Math.log(push) / beta;
    }),
  );
}

test("multiSimilarityLoss() of one positive pair and one stranger", () => {
  // Cosines: 1 within the pair, 0 to the stranger. α = 1, β = 2, λ = 0:
  // each of the pair ln(1 + e⁻¹) + ½ ln(1 + 1), the stranger ½ ln(1 + 2).
  const x = matrixFromRows([
    [1, 0],
    [2, 0],
    [0, 1],
  ]);
  const { loss } = multiSimilarityLoss(x, Int32Array.of(0, 0, 1), { alpha: 1, beta: 2, base: 0 });
  const each = Math.log1p(Math.exp(-1)) + Math.LN2 / 2;
  assertClose([loss], [(2 * each + Math.log(3) / 2) / 3], 1e-12);
});

test("multiSimilarityLoss() has the value and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 6 }), (seed, d) => {
      const { x, labels } = randomBatch(createRandom(seed), 7, d, 3);
      const f = (at: ArrayLike<number>): number => oracle(at, d, labels, 2, 10, 0.5);
      const result = multiSimilarityLoss(x, labels, { alpha: 2, beta: 10, base: 0.5 });
      assertClose([result.loss], [f(x.data)], 1e-9);
      assertClose(result.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-5);
    }),
    { numRuns: 30 },
  );
});

test("the oracle of multiSimilarityLoss() rejects another β", () => {
  const { x, labels } = randomBatch(createRandom(1), 7, 4, 3);
  const result = multiSimilarityLoss(x, labels, { alpha: 2, beta: 10, base: 0.5 });
  const other = numericalGradient((at) => oracle(at, 4, labels, 2, 10.5, 0.5), Float64Array.from(x.data));
  assert.throws(() => assertClose(result.gradient.data, other, 1e-4));
});

test("multiSimilarityLoss() does not overflow when points coincide", () => {
  // All cosines 1, β = 1000, λ = −1: (1/β) ln(1 + e^{2000}) = 2 for each of the two strangers.
  const x = matrixFromRows([
    [1, 0],
    [1, 0],
  ]);
  const { loss } = multiSimilarityLoss(x, Int32Array.of(0, 1), { beta: 1000, base: -1 });
  assertClose([loss], [2], 1e-9);
});

test("multiSimilarityLoss() for large α and β is the hinge on the worst pair of each kind", () => {
  const { x, labels } = randomBatch(createRandom(2), 8, 4, 3);
  const { loss } = multiSimilarityLoss(x, labels, { alpha: 1e5, beta: 1e5, base: 0.3 });
  const hinges = cosinesOf(x.data, 4).map((row, i) => {
    const { positives, negatives } = partners(labels, i);
    const pull = Math.max(0, ...positives.map((p) => 0.3 - row[p]));
    return pull + Math.max(0, ...negatives.map((n) => row[n] - 0.3));
  });
  assertClose([loss], [mean(hinges)], 1e-4);
});

test("multiSimilarityLoss() refuses options out of range", () => {
  const { x, labels } = randomBatch(createRandom(1), 4, 3, 2);
  assert.throws(
    () => multiSimilarityLoss(x, labels, { alpha: 0 }),
    /alpha must lie in \(0, ∞\), current value is 0/,
  );
  assert.throws(() => multiSimilarityLoss(x, labels, { beta: Number.NaN }), /beta must lie in/);
  assert.throws(
    () => multiSimilarityLoss(x, labels, { base: 2 }),
    /base must lie in \[-1, 1\], current value is 2/,
  );
});
