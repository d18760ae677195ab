import assert from "node:assert/strict";
import test from "node:test";
import { type ChiSquared, chiSquaredScore, fitChiSquared } from "../../lib/backends/chiSquared";
import { chiSquaredFeatures, chiSquaredVectors } from "../../lib/backends/chiSquaredFeatures";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { assertClose } from "../gradients";

/** Non-negative features where only the first of three columns tells identities apart. */
function informativeFirst(seed: number) {
  const random = createRandom(seed);
  const rows = Array.from({ length: 200 }, (_, i) => [
    1 + ((i >> 2) % 5) + 0.1 * random.next(),
    4 + random.next(),
    4 + random.next(),
  ]);
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < 200; i += 4) pairs.push([i, i + 1], [i, (i + 4) % 200]);
  return {
    x: matrixFromRows(rows),
    pairs: {
      first: pairs.map(([first]) => first),
      second: pairs.map(([, second]) => second),
      same: pairs.map((_, p) => (p % 2 === 0 ? 1 : 0)),
    },
  };
}

test("chiSquaredFeatures() divides by the largest training value, then by the length", () => {
  // Largest 2 and 4: (2, 4) → (1, 1)/√2, (1, 0) → (0.5, 0)/0.5 = (1, 0). A column of zeros stays 0.
  const x = matrixFromRows([
    [2, 4, 0],
    [1, 0, 0],
    [0, 0, 0],
  ]);
  const { scale } = fitChiSquared(x, { first: [0, 0], second: [1, 2], same: [1, 0] });
  assert.deepEqual([...scale.data], [0.5, 0.25, 0]);
  const s = Math.SQRT1_2;
  assertClose(chiSquaredFeatures(x, scale).data, [s, s, 0, 1, 0, 0, 0, 0, 0], 1e-7);
});

test("chiSquaredVectors() and chiSquaredScore() of hand-worked pairs", () => {
  // (1 − 3)²/(1 + 3) = 1, (2 − 2)² = 0, 0/0 = 0. Score: 5 − 2·1.
  const f = matrixFromRows([
    [1, 2, 0],
    [3, 2, 0],
  ]);
  assert.deepEqual([...chiSquaredVectors(f, { first: [0], second: [1] }).data], [1, 0, 0]);
  const model: ChiSquared = {
    scale: matrix(1, 3),
    weights: matrixFromRows([[2, 7, 9]]),
    bias: matrixFromRows([[5]]),
  };
  assert.equal(chiSquaredScore(model, f, 0, 1), 3);
  assert.equal(chiSquaredScore(model, f, 1, 0), 3);
  assert.equal(chiSquaredScore(model, f, 1, 1), 5);
});

test("fitChiSquared() weighs the column that tells identities apart, and lowers its objective in every step", () => {
  const { x, pairs } = informativeFirst(1);
  const model = fitChiSquared(x, pairs);
  const [first, second, third] = model.weights.data;
  assert.ok(first > 3 * Math.abs(second) && first > 3 * Math.abs(third), `${[first, second, third]}`);
  for (let i = 1; i < model.trace.length; i++) assert.ok(model.trace[i] < model.trace[i - 1]);
  const f = chiSquaredFeatures(x, model.scale);
  const right = pairs.same.filter(
    (same, p) => chiSquaredScore(model, f, pairs.first[p], pairs.second[p]) > 0 === (same === 1),
  );
  assert.ok(right.length > 0.9 * pairs.same.length, `${right.length} of ${pairs.same.length}`);
  assert.deepEqual(fitChiSquared(x, pairs).weights, model.weights);
});

test("fitChiSquared() splits features with negative values in two, so that signs are not lost", () => {
  const x = matrixFromRows([
    [1, -1],
    [1, -1],
    [-1, 1],
    [-1, 1.5],
  ]);
  const pairs = { first: [0, 2, 0, 1], second: [1, 3, 2, 3], same: [1, 1, 0, 0] };
  const model = fitChiSquared(x, pairs);
  assert.equal(model.weights.columns, 4);
  // (1, −1) → (1, 0, 0, 1), columns: max(0, x) then max(0, −x).
  assertClose(
    [...chiSquaredFeatures(x, model.scale).data].slice(0, 4),
    [1, 0, 0, 1].map((v) => v * Math.SQRT1_2),
    1e-7,
  );
});

test("fitChiSquared() and chiSquaredFeatures() refuse what they cannot use", () => {
  const { x, pairs } = informativeFirst(1);
  assert.throws(() => fitChiSquared(x, { ...pairs, first: [0] }), /as many second as first rows are needed/);
  assert.throws(
    () => fitChiSquared(x, { first: [0], second: [200], same: [1] }),
    /rows are 0 to 199, current value of pair 0 is 200/,
  );
  assert.throws(
    () => fitChiSquared(x, { ...pairs, same: pairs.same.map(() => 0) }),
    /both kinds of rows are needed, current values are 0 and 100/,
  );
  assert.throws(() => fitChiSquared(matrix(200, 3), pairs), /the images of a pair must differ/);
  assert.throws(() => fitChiSquared(x, pairs, { ridge: 0 }), /the ridge must be finite and above 0/);
  const { scale } = fitChiSquared(x, pairs);
  const negative = matrixFromRows([[1, 2, -0.5]]);
  assert.throws(
    () => chiSquaredFeatures(negative, scale),
    /at least 0 as in its fit, row 0 column 2 is -0.5/,
  );
});
