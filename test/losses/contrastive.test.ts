import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { contrastiveLoss, contrastiveLossOnEngine } from "../../lib/losses/contrastive";
import type { PairIndices } from "../../lib/losses/loss";
import { assertClose, numericalGradient } from "../gradients";
import { randomBatch } from "./batches";
import { l2, pointsOf, sum } from "./oracle";

const pair = (same: 0 | 1): PairIndices => ({
  count: 1,
  first: Int32Array.of(0),
  second: Int32Array.of(1),
  same: Uint8Array.of(same),
});

function oracle(
  x: ArrayLike<number>,
  d: number,
  { first, second, same }: PairIndices,
  margin: number,
): number {
  const points = pointsOf(x, d);
  return sum(
    Array.from(first, (i, t) => {
      const distance = l2(points[i], points[second[t]]);
      return (same[t] ? distance ** 2 : Math.max(0, margin - distance) ** 2) / 2;
    }),
  );
}

test("contrastiveLoss() of a pair of one identity is half the squared distance", () => {
  // d = 5: ½·25 = 12.5, gradient x₀ − x₁ = (−3, −4) and its opposite.
  const x = matrixFromRows([
    [0, 0],
    [3, 4],
  ]);
  const result = contrastiveLoss(x, pair(1));
  assert.equal(result.loss, 12.5);
  assert.deepEqual(Array.from(result.gradient.data), [-3, -4, 3, 4]);
});

test("contrastiveLoss() of two identities is half the square of what is missing to the margin on L2", () => {
  // d = 0.5, m = 2: ½·1.5² = 1.125 (with squared L2 it would be ½·1.75²). Gradient −(m − d)(x₀ − x₁)/d = −1.5·(−0.6, −0.8).
  const x = matrixFromRows([
    [0, 0],
    [0.3, 0.4],
  ]);
  const result = contrastiveLoss(x, pair(0), { margin: 2 });
  assertClose([result.loss], [1.125], 1e-7);
  assertClose(result.gradient.data, [0.9, 1.2, -0.9, -1.2], 1e-6);
});

test("contrastiveLoss() without half is twice the loss with it", () => {
  const { x, pairs } = randomBatch(createRandom(1), 6, 3, 2);
  const [half, whole] = [true, false].map((flag) => contrastiveLoss(x, pairs, { half: flag, margin: 3 }));
  assertClose([whole.loss], [2 * half.loss], 1e-12);
  assertClose(
    whole.gradient.data,
    half.gradient.data.map((g) => 2 * g),
    1e-6,
  );
});

test("contrastiveLoss() has the value and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 6 }), (seed, d) => {
      const { x, pairs } = randomBatch(createRandom(seed), 7, d, 3);
      const result = contrastiveLoss(x, pairs, { margin: 2, reduction: "sum" });
      const f = (at: ArrayLike<number>): number => oracle(at, d, pairs, 2);
      assertClose([result.loss], [f(x.data)], 1e-9);
      assertClose(result.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-5);
    }),
    { numRuns: 30 },
  );
});

test("numericalGradient() rejects a contrastive loss on squared L2", () => {
  const { x, pairs } = randomBatch(createRandom(2), 7, 3, 3);
  const squaredHinge = (at: ArrayLike<number>): number =>
    sum(
      Array.from(pairs.first, (i, t) => {
        const points = pointsOf(at, 3);
        const squared = l2(points[i], points[pairs.second[t]]) ** 2;
        return (pairs.same[t] ? squared : Math.max(0, 2 - squared) ** 2) / 2;
      }),
    );
  const wrong = numericalGradient(squaredHinge, Float64Array.from(x.data));
  const right = contrastiveLoss(x, pairs, { margin: 2, reduction: "sum" }).gradient.data;
  assert.throws(() => assertClose(right, wrong, 1e-3));
});

test("contrastiveLoss() of different points at one place is ½m² without a direction", () => {
  const x = matrixFromRows([
    [1, 2],
    [1, 2],
  ]);
  for (const form of [contrastiveLoss, contrastiveLossOnEngine]) {
    const result = form(x, pair(0), { margin: 1 });
    assert.equal(result.loss, 0.5);
    assert.ok(result.gradient.data.every((g) => g === 0));
  }
});

test("contrastiveLossOnEngine() keeps the direction of points that nearly coincide", () => {
  // 1e-5 apart on the unit circle: a Gram matrix in float32 sees only rounding there.
  const x = matrixFromRows([
    [0.6, 0.8],
    [0.60001, 0.79999],
  ]);
  const [reference, engine] = [contrastiveLoss(x, pair(0)), contrastiveLossOnEngine(x, pair(0))];
  assertClose([engine.loss], [reference.loss], 1e-6);
  assertClose(engine.gradient.data, reference.gradient.data, 1e-6);
  assertClose([Math.hypot(...engine.gradient.data.subarray(0, 2))], [1], 1e-4);
});

test("contrastiveLoss() pairs count as often as they are given", () => {
  const { x, pairs } = randomBatch(createRandom(3), 6, 3, 2);
  const join = <A extends Int32Array | Uint8Array>(a: A): A =>
    Object.getPrototypeOf(a).constructor.of(...a, ...a);
  const twice = {
    count: 2 * pairs.count,
    first: join(pairs.first),
    second: join(pairs.second),
    same: join(pairs.same),
  };
  for (const form of [contrastiveLoss, contrastiveLossOnEngine]) {
    const [one, two] = [pairs, twice].map((given) => form(x, given, { margin: 3, reduction: "sum" }));
    assertClose([two.loss], [2 * one.loss], 1e-9);
    assertClose(
      two.gradient.data,
      one.gradient.data.map((g) => 2 * g),
      1e-6,
    );
  }
});

test("contrastiveLoss() refuses a margin that is not above 0 and indices outside the batch", () => {
  const x = matrixFromRows([[0], [1]]);
  for (const margin of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => contrastiveLoss(x, pair(0), { margin }),
      /margin must lie in \(0, ∞\), current value is/,
    );
  }
  const outside = { ...pair(1), second: Int32Array.of(2) };
  assert.throws(
    () => contrastiveLoss(x, outside),
    /every second of a pair must lie in \[0, 2\), number 0 is 2/,
  );
  assert.throws(() => contrastiveLoss(x, { ...pair(1), count: 2 }), /2 values of first of a pair are needed/);
});
