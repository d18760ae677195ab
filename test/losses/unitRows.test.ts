import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { throughUnitRows, unitRows } from "../../lib/losses/unitRows";
import { assertClose, numericalGradient } from "../gradients";
import { normalMatrix } from "./batches";
import { dot, pointsOf, sum } from "./oracle";

test("unitRows() divides each row by its L2 norm and leaves a row of zeros", () => {
  const x = matrixFromRows([
    [3, 4],
    [0, 0],
  ]);
  const { data, norms } = unitRows(x);
  assert.deepEqual([...data], [0.6, 0.8, 0, 0]);
  assert.deepEqual([...norms], [5, 0]);
  // g = (1, 0): (1 − 0.6·0.6, −0.6·0.8) / 5; the row of zeros gets nothing.
  assertClose(throughUnitRows(Float32Array.of(1, 0, 1, 0), unitRows(x)), [0.128, -0.096, 0, 0], 1e-12);
});

test("throughUnitRows() is the gradient of g·x/‖x‖ by central differences in float64, orthogonal to x", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, d) => {
      const random = createRandom(seed);
      const x = normalMatrix(random, 3, d);
      const g = normalMatrix(random, 3, d).data;
      const f = (at: ArrayLike<number>): number =>
        sum(pointsOf(at, d).map((point, i) => dot(point, pointsOf(g, d)[i]) / Math.hypot(...point)));
      const gradient = throughUnitRows(g, unitRows(x));
      if (d > 1) assertClose(gradient, numericalGradient(f, Float64Array.from(x.data)), 1e-5);
      const rows = pointsOf(gradient, d);
      assertClose(
        pointsOf(x.data, d).map((point, i) => dot(point, rows[i])),
        [0, 0, 0],
        1e-9,
      );
    }),
    { numRuns: 30 },
  );
});

test("unitRows() has no rows for an empty matrix", () => {
  assert.equal(unitRows(matrix(0, 4)).norms.length, 0);
});
