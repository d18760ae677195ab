import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { centred, columnMeans, scatter, timesTransposed } from "../../lib/core/scatter";
import { assertClose } from "../gradients";

test("columnMeans() and centred() of a hand-worked matrix", () => {
  // Columns (1, 3) and (2, 6): means 2 and 4.
  const x = matrixFromRows([
    [1, 2],
    [3, 6],
  ]);
  const mean = columnMeans(x);
  assert.deepEqual([...mean], [2, 4]);
  assert.deepEqual([...centred(x, mean)], [-1, -2, 1, 2]);
  assert.throws(() => columnMeans(matrix(0, 2)), /at least one row is needed, current value is 0/);
});

test("scatter() and timesTransposed() equal their sums written out, for every number of rows", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 5 }),
      (seed, n, d) => {
        const random = createRandom(seed);
        const x = Float64Array.from({ length: n * d }, () => random.normal());
        const expected = new Float64Array(d * d);
        const products = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          for (let a = 0; a < d; a++) {
            for (let b = 0; b < d; b++) expected[a * d + b] += x[i * d + a] * x[i * d + b];
            for (let j = 0; j < n; j++) products[i * n + j] += x[i * d + a] * x[j * d + a];
          }
        }
        assertClose(scatter(x, n, d), expected, 1e-12);
        assertClose(timesTransposed(x, n, x, n, d), products, 1e-12);
      },
    ),
  );
});
