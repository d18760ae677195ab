import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { circleLoss } from "../../lib/losses/circle";
import { assertClose, numericalGradient } from "../gradients";
import { randomBatch } from "./batches";
import { cosinesOf, mean, partners, sum } from "./oracle";

/** The loss at `x` with the weights α taken from `frozen`, as its gradient wants them. */
function oracle(
  x: ArrayLike<number>,
  frozen: number[][],
  d: number,
  labels: Int32Array,
  m: number,
  gamma: number,
): number {
  const terms = cosinesOf(x, d).flatMap((row, i) => {
    const { positives, negatives } = partners(labels, i);
    if (positives.length === 0 || negatives.length === 0) return [];
    const alphaP = (p: number): number => Math.max(0, 1 + m - frozen[i][p]);
    const alphaN = (n: number): number => Math.max(0, frozen[i][n] + m);
    const pull = sum(positives.map((p) => Math.exp(-gamma * alphaP(p) * (row[p] - 1 + m))));
    const push = sum(negatives.map((n) => Math.exp(gamma * alphaN(n) * (row[n] - m))));
    return [Math.log(1 + pull * push)];
  });
  return mean(terms);
}

test("circleLoss() of a perfect pair and an orthogonal stranger", () => {
  // S_p = 1, S_n = 0, m = ¼, γ = 4: αₚ = ¼, αₙ = ¼. Exponents −4·¼·¼ twice: ln(1 + e^{−½}), for each of the pair.
  const x = matrixFromRows([
    [1, 0],
    [2, 0],
    [0, 1],
  ]);
  const { loss, terms } = circleLoss(x, Int32Array.of(0, 0, 1), { margin: 0.25, gamma: 4 });
  assertClose([loss], [Math.log1p(Math.exp(-0.5))], 1e-12);
  assert.equal(terms, 2);
});

test("circleLoss() is ln 2 on its circle (S_p − 1)² + S_n² = 2m²", () => {
  // There γ[αₙ(S_n − m) − αₚ(S_p − 1 + m)] = γ[S_n² − m² + (1 − S_p)² − m²] = 0. Angles make both cosines at once.
  const m = 0.4;
  const sn = 0.2;
  const sp = 1 - Math.sqrt(2 * m * m - sn * sn);
  const at = (angle: number): number[] => [Math.cos(angle), Math.sin(angle)];
  const x = matrixFromRows([at(0), at(Math.acos(sp)), at(-Math.acos(sn))]);
  const [anchor] = cosinesOf(x.data, 2);
  assertClose([anchor[1], anchor[2]], [sp, sn], 1e-6);
  // Sum of both anchors of the pair, less the other one's.
  const { loss } = circleLoss(x, Int32Array.of(0, 0, 1), { margin: m, gamma: 1, reduction: "sum" });
  const other = cosinesOf(x.data, 2)[1];
  const rest = Math.log1p(
    Math.exp(-Math.max(0, 1 + m - sp) * (sp - 1 + m) + Math.max(0, other[2] + m) * (other[2] - m)),
  );
  assertClose([loss - rest], [Math.LN2], 1e-6);
});

test("circleLoss() has the value, and with its weights held the gradient, of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 6 }), (seed, d) => {
      const { x, labels } = randomBatch(createRandom(seed), 7, d, 3);
      const frozen = cosinesOf(x.data, d);
      const f = (at: ArrayLike<number>): number => oracle(at, frozen, d, labels, 0.25, 8);
      const result = circleLoss(x, labels, { margin: 0.25, gamma: 8 });
      assertClose([result.loss], [f(x.data)], 1e-9);
      assertClose(result.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-5);
    }),
    { numRuns: 30 },
  );
});

test("circleLoss() gradient is not that of the loss with weights that move", () => {
  const { x, labels } = randomBatch(createRandom(1), 7, 4, 3);
  const moving = (at: ArrayLike<number>): number => oracle(at, cosinesOf(at, 4), 4, labels, 0.25, 8);
  const result = circleLoss(x, labels, { margin: 0.25, gamma: 8 });
  const other = numericalGradient(moving, Float64Array.from(x.data));
  assert.throws(() => assertClose(result.gradient.data, other, 1e-2));
});

test("circleLoss() without positives or without negatives is 0", () => {
  const { x } = randomBatch(createRandom(2), 4, 3, 2);
  for (const labels of [new Int32Array(4), Int32Array.of(0, 1, 2, 3)]) {
    const { loss, terms } = circleLoss(x, labels);
    assert.deepEqual([loss, terms], [0, 0]);
  }
});

test("circleLoss() refuses options out of range", () => {
  const { x, labels } = randomBatch(createRandom(1), 4, 3, 2);
  assert.throws(
    () => circleLoss(x, labels, { margin: 1 }),
    /margin must lie in \[0, 1\), current value is 1/,
  );
  assert.throws(() => circleLoss(x, labels, { gamma: 0 }), /gamma must lie in \(0, ∞\), current value is 0/);
});
