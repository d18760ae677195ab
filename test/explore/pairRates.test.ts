import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows, squaredL2 } from "../../lib/core/matrix";
import { niceStep, pairRates, pointExtremes } from "../../lib/explore/pairRates";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";

test("pairRates() counts what lies below each threshold, worked by hand", () => {
  // Points 0, 1, 3 on a line, the first two of one identity. Squared L2: same 1; different 9 and 4.
  const x = matrixFromRows([[0], [1], [3]]);
  const { same, different } = pairRates(x, [0, 0, 1], 1, 11);
  assert.deepEqual([...same], [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual([...different], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]);
});

test("pairRates() equals counting all pairs", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 30 }), (seed, rows) => {
      const { x, labels } = clusteredEmbeddings(seed, rows, 4);
      const rates = pairRates(x, labels, 0.37, 13);
      for (let t = 0; t < 13; t++) {
        let [same, different] = [0, 0];
        for (let i = 0; i < rows; i++) {
          for (let j = i + 1; j < rows; j++) {
            // Distances of unit vectors differ from 0.37·t by more than rounding, but for t = 0.
            if (!(squaredL2(x, i, x, j) < 0.37 * t)) continue;
            if (labels[i] === labels[j]) same++;
            else different++;
          }
        }
        assert.deepEqual([rates.same[t], rates.different[t]], [same, different]);
      }
    }),
  );
});

test("pairRates() refuses a step that is not above 0", () => {
  const x = matrixFromRows([[0], [1]]);
  assert.throws(() => pairRates(x, [0, 0], 0, 3), /the step must be above 0, current value is 0/);
  assert.throws(() => pairRates(x, [0, 0], Number.NaN, 3), /current value is NaN/);
});

test("pointExtremes() finds the nearest other and the farthest own point of every row", () => {
  const x = matrixFromRows([[0], [1], [3], [7]]);
  const { nearestNegative, farthestPositive, largest } = pointExtremes(x, [0, 0, 0, 1]);
  assertClose(nearestNegative, [49, 36, 16, 16], 1e-5);
  assertClose(farthestPositive, [9, 4, 9, -1], 1e-5);
  assert.equal(largest, 49);
  assert.equal(pointExtremes(x, [0, 0, 0, 0]).nearestNegative[0], Number.POSITIVE_INFINITY);
});

test("niceStep() is 1, 2 or 5 times a power of ten and reaches the largest value", () => {
  assertClose(
    [niceStep(4, 1000), niceStep(3.1, 1000), niceStep(1.7, 1000), niceStep(600, 100)],
    [0.005, 0.005, 0.002, 10],
    1e-12,
  );
  assert.equal(niceStep(0, 1000), 1);
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (largest) => {
      const step = niceStep(largest, 1000);
      assert.ok(
        step * 1000 >= largest * (1 - 1e-9) && step * 1000 <= largest * 2.6,
        `${step} for ${largest}`,
      );
    }),
  );
});
