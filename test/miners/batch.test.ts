import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows, squaredL2 } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { plainProducts } from "../../lib/evaluate/distances";
import { miningBatch } from "../../lib/miners/batch";

/** N unit rows of dimension D. */
function unitRows(rows: number, columns: number, seed: number) {
  const random = createRandom(seed);
  return matrixFromRows(
    Array.from({ length: rows }, () => {
      const row = Array.from({ length: columns }, () => random.normal());
      const norm = Math.hypot(...row);
      return row.map((value) => value / norm);
    }),
  );
}

for (const [where, options] of [
  ["on the engine", {}],
  ["in plain TypeScript", { products: plainProducts }],
] as const) {
  test(`miningBatch() ${where} equals the definition of squared L2 to 1e-6`, () => {
    for (const [rows, columns, anchors] of [
      [7, 3, 7],
      [40, 128, 40],
      [33, 16, 10],
    ]) {
      const x = unitRows(rows, columns, rows);
      const batch = miningBatch(x, new Int32Array(rows), { ...options, anchors });
      assert.equal(batch.distances.length, anchors * rows);
      for (let i = 0; i < anchors; i++) {
        for (let j = 0; j < rows; j++) {
          assert.ok(Math.abs(batch.distances[i * rows + j] - squaredL2(x, i, x, j)) < 1e-6, `${i}, ${j}`);
        }
      }
    }
  });
}

test("miningBatch() is symmetric, 0 on the diagonal and never negative, also for coincident rows", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer(),
      (n, d, seed) => {
        const x = unitRows(n, d, seed);
        // Every second row repeats the one before it.
        for (let i = 1; i < n; i += 2) x.data.copyWithin(i * d, (i - 1) * d, i * d);
        const { distances } = miningBatch(x, new Int32Array(n));
        for (let i = 0; i < n; i++) {
          assert.equal(distances[i * n + i], 0);
          for (let j = 0; j < n; j++) {
            assert.ok(distances[i * n + j] >= 0);
            assert.equal(distances[i * n + j], distances[j * n + i]);
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("miningBatch() keeps the labels and the dimension, also of an empty batch", () => {
  const labels = Int32Array.from([4, 4, 9]);
  const batch = miningBatch(unitRows(3, 5, 1), labels);
  assert.deepEqual([batch.size, batch.dimension, batch.labels], [3, 5, labels]);
  assert.equal(miningBatch(matrix(0, 5), new Int32Array(0)).distances.length, 0);
});

test("miningBatch() names what does not fit", () => {
  const x = matrixFromRows([
    [1, 0],
    [0, Number.NaN],
  ]);
  assert.throws(() => miningBatch(x, new Int32Array(2)), /every value must be finite, row 1 column 1 is NaN/);
  assert.throws(() => miningBatch(x, new Int32Array(3)), /2 labels are needed.*current value is 3/);
  assert.throws(() => miningBatch(x, new Int32Array(2), { anchors: 3 }), /\[0, 2\], current value is 3/);
});
