import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { LabError } from "../../lib/core/errors";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { chiSquare, chiSquareLoss } from "../../lib/losses/chiSquare";
import type { PairIndices } from "../../lib/losses/loss";
import { assertClose, numericalGradient } from "../gradients";
import { randomBatch } from "./batches";
import { mean, type Point, pointsOf, sum } from "./oracle";

const pair = (same: 0 | 1): PairIndices => ({
  count: 1,
  first: Int32Array.of(0),
  second: Int32Array.of(1),
  same: Uint8Array.of(same),
});

/** Mean surprise of the flags, from features, weights and bias in float64. */
function oracle(f: ArrayLike<number>, w: ArrayLike<number>, b: number, pairs: PairIndices): number {
  const points = pointsOf(f, w.length);
  const distance = (p: Point, q: Point): number =>
    sum(p.map((v, k) => (w[k] * (v - q[k]) ** 2) / (v + q[k])));
  return mean(
    Array.from(pairs.first, (i, t) => {
      const same = 1 / (1 + Math.exp(distance(points[i], points[pairs.second[t]]) - b));
      return -Math.log(pairs.same[t] ? same : 1 - same);
    }),
  );
}

test("chiSquare() weighs the squared difference over the sum, dimension by dimension", () => {
  // 2·(3 − 1)²/4 + 5·0/0 + 10·(1 − 0)²/1 = 2 + 0 + 10.
  const features = matrixFromRows([
    [3, 0, 1],
    [1, 0, 0],
  ]);
  assert.equal(chiSquare(features, 0, 1, Float32Array.of(2, 5, 10)), 12);
  assert.equal(chiSquare(features, 1, 0, Float32Array.of(2, 5, 10)), 12, "symmetric");
  assert.equal(chiSquare(features, 1, 1, Float32Array.of(2, 5, 10)), 0);
});

test("chiSquareLoss() of a pair on the threshold is ln 2, whose gradients are halves", () => {
  // χ² = 2·4/4 = 2 = b: σ = ½. Same: dL/dχ² = ½, dL/db = −½, dL/dw = ½·(1, 0) with a 0 + 0 dimension.
  // r = ½: by f 2·½·½(2 − ½) = ¾, by g −2·½·½(2 + ½) = −1.25.
  const features = matrixFromRows([
    [3, 0],
    [1, 0],
  ]);
  const result = chiSquareLoss(features, pair(1), Float32Array.of(2, 7), 2);
  assertClose([result.loss, result.biasGradient], [Math.LN2, -0.5], 1e-12);
  assertClose(result.weightGradient, [0.5, 0], 1e-12);
  assertClose(result.gradient.data, [0.75, 0, -1.25, 0], 1e-12);
});

test("chiSquareLoss() has the value and the gradients of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const { pairs } = randomBatch(random, 6, 4, 3);
      const features = matrix(
        6,
        4,
        Float32Array.from({ length: 24 }, () => 0.1 + random.next()),
      );
      const w = Float32Array.from({ length: 4 }, () => random.normal());
      const b = Math.fround(random.normal());
      const result = chiSquareLoss(features, pairs, w, b);
      assertClose([result.loss], [oracle(features.data, w, b, pairs)], 1e-9);
      const byF = numericalGradient((at) => oracle(at, w, b, pairs), Float64Array.from(features.data));
      const byW = numericalGradient((at) => oracle(features.data, at, b, pairs), Float64Array.from(w));
      const byB = numericalGradient(([at]) => oracle(features.data, w, at, pairs), Float64Array.of(b));
      assertClose(result.gradient.data, byF, 1e-6);
      assertClose(result.weightGradient, byW, 1e-6);
      assertClose([result.biasGradient], byB, 1e-6);
    }),
    { numRuns: 30 },
  );
});

test("chiSquareLoss() accuracy is the share of pairs on their side of the bias", () => {
  // χ² of (0,1) = 1, (0,2) = 1, (1,2) = 0 with w = 1, b = ½: the second pair is called different but is the same.
  const pairs = {
    count: 3,
    first: Int32Array.of(0, 0, 1),
    second: Int32Array.of(1, 2, 2),
    same: Uint8Array.of(0, 1, 1),
  };
  const result = chiSquareLoss(matrixFromRows([[1], [0], [0]]), pairs, Float32Array.of(1), 0.5);
  assertClose([result.accuracy], [2 / 3], 1e-12);
});

test("chiSquareLoss() names a negative feature and refuses weights that do not fit", () => {
  const features = matrixFromRows([
    [1, 2],
    [3, -0.5],
  ]);
  assert.throws(
    () => chiSquareLoss(features, pair(1), Float32Array.of(1, 1), 0),
    (error) => error instanceof LabError && /at least 0, row 1 column 1 is -0.5/.test(error.message),
  );
  const good = matrixFromRows([
    [1, 2],
    [3, 4],
  ]);
  assert.throws(
    () => chiSquareLoss(good, pair(1), Float32Array.of(1), 0),
    /2 finite weights .* current values are 1 weights/,
  );
  assert.throws(() => chiSquareLoss(good, pair(1), Float32Array.of(1, Number.NaN), 0), /2 finite weights/);
  assert.throws(() => chiSquareLoss(good, pair(1), Float32Array.of(1, 1), Number.NaN), /bias NaN/);
});
