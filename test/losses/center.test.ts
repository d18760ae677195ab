import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { centerLoss, updatedCenters } from "../../lib/losses/center";
import { assertClose, numericalGradient } from "../gradients";
import { randomBatch } from "./batches";
import { l2, mean, pointsOf } from "./oracle";

test("centerLoss() is λ/2 times the squared distance to the own centre", () => {
  // Rows 5 and 1 from their centres: λ/2·(25 + 1) = 6.5 at λ = ½; gradient λ(x − c).
  const x = matrixFromRows([
    [3, 4],
    [9, 10],
  ]);
  const centers = matrixFromRows([
    [9, 9],
    [0, 0],
  ]);
  const result = centerLoss(x, Int32Array.of(1, 0), centers, { lambda: 0.5, reduction: "sum" });
  assert.equal(result.loss, 6.5);
  assert.deepEqual(Array.from(result.gradient.data), [1.5, 2, 0, 0.5]);
});

test("centerLoss() has the value and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { x, labels, weights: centers } = randomBatch(createRandom(seed), 8, 4, 3);
      const goals = pointsOf(centers.data, 4);
      const f = (at: ArrayLike<number>): number =>
        mean(pointsOf(at, 4).map((point, i) => 0.15 * l2(point, goals[labels[i]]) ** 2));
      const result = centerLoss(x, labels, centers, { lambda: 0.3 });
      assertClose([result.loss], [f(x.data)], 1e-9);
      assertClose(result.gradient.data, numericalGradient(f, Float64Array.from(x.data)), 1e-6);
    }),
    { numRuns: 30 },
  );
});

test("centerLoss() with λ = 0 is 0", () => {
  const { x, labels, weights } = randomBatch(createRandom(1), 5, 3, 2);
  const result = centerLoss(x, labels, weights, { lambda: 0 });
  assert.equal(result.loss, 0);
  assert.ok(result.gradient.data.every((g) => g === 0));
});

test("updatedCenters() moves a centre by α Σ(x − c) / (1 + n) and leaves absent identities", () => {
  // Centre 0 at 0 with rows 3 and 6: ½·9/(1 + 2) = 1.5. Centre 1 at 10 with row 4: 10 + ½·(−6)/(1 + 1) = 8.5. Centre 2 has no rows.
  const centers = matrixFromRows([[0], [10], [7]]);
  const x = matrixFromRows([[3], [4], [6]]);
  const moved = updatedCenters(x, Int32Array.of(0, 1, 0), centers);
  assert.deepEqual(Array.from(moved.data), [1.5, 8.5, 7]);
  assert.deepEqual(Array.from(centers.data), [0, 10, 7], "the centres given stay as they are");
});

test("updatedCenters() with rate 0 changes nothing, and repeated it arrives at the means", () => {
  const { x, labels, weights } = randomBatch(createRandom(2), 12, 3, 3);
  assert.deepEqual(updatedCenters(x, labels, weights, { rate: 0 }), weights);
  let centers = weights;
  for (let t = 0; t < 200; t++) centers = updatedCenters(x, labels, centers);
  const points = pointsOf(x.data, 3);
  const means = [0, 1, 2].flatMap((y) =>
    [0, 1, 2].map((k) => mean(points.filter((_, i) => labels[i] === y).map((point) => point[k]))),
  );
  assertClose(centers.data, means, 1e-5);
});

test("centerLoss() and updatedCenters() refuse options out of range", () => {
  const { x, labels, weights } = randomBatch(createRandom(1), 5, 3, 2);
  assert.throws(
    () => centerLoss(x, labels, weights, { lambda: -1 }),
    /lambda must lie in \[0, ∞\), current value is -1/,
  );
  assert.throws(
    () => updatedCenters(x, labels, weights, { rate: 1.5 }),
    /rate must lie in \[0, 1\], current value is 1.5/,
  );
});
