import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { countTriplets } from "../../lib/miners/countTriplets";
import { batches, bruteForce, lineBatch } from "./batches";

test("countTriplets() equals the enumeration by kind", () => {
  fc.assert(
    fc.property(batches, fc.constantFrom(0.05, 0.2, 1), (batch, margin) => {
      const counts = countTriplets(batch, margin);
      const total = bruteForce(batch).length;
      const hard = bruteForce(batch, (a, p, n, d) => d(a, n) <= d(a, p)).length;
      const easy = bruteForce(batch, (a, p, n, d) => d(a, n) >= d(a, p) + margin).length;
      const semiHard = bruteForce(
        batch,
        (a, p, n, d) => d(a, p) < d(a, n) && d(a, n) < d(a, p) + margin,
      ).length;
      assert.deepEqual(
        [counts.total, counts.hard, counts.semiHard, counts.easy],
        [total, hard, semiHard, easy],
      );
      assert.equal(counts.activeFraction, total === 0 ? 0 : (semiHard + hard) / total);
    }),
  );
});

test("countTriplets() calls a negative as far as the positive hard, and one at the margin easy", () => {
  // Anchor 0 and its positive at 0.5 (D = .25), exact in binary. Negatives: −0.5 (D = .25, a tie), 0.75 (.5625), 1 (1, the margin's end).
  // The other anchor, 0.5: D(a, p) = .25; negatives at D = 1 (easy), .0625 (hard), .25 (a tie: hard).
  const batch = lineBatch([0, 0.5, -0.5, 0.75, 1], [0, 0, 1, 2, 3]);
  assert.deepEqual(countTriplets(batch, 0.75), {
    total: 6,
    easy: 2,
    semiHard: 1,
    hard: 3,
    activeFraction: 4 / 6,
  });
});

test("countTriplets() of one identity is zero, with an active fraction of 0", () => {
  assert.deepEqual(countTriplets(lineBatch([0, 1, 2], [1, 1, 1]), 0.2), {
    total: 0,
    easy: 0,
    semiHard: 0,
    hard: 0,
    activeFraction: 0,
  });
});

test("countTriplets() counts the 123,552,000 triplets of the paper's batch", () => {
  const labels = Int32Array.from({ length: 1800 }, (_, i) => Math.floor(i / 40));
  const distances: Float32Array = new Float32Array(1800 ** 2).fill(1);
  const counts = countTriplets({ size: 1800, distances, labels, dimension: 128 }, 0.2);
  assert.deepEqual([counts.total, counts.hard], [1800 * 39 * 1760, 1800 * 39 * 1760]);
});
