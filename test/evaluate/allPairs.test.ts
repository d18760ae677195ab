import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { engineProducts } from "../../lib/engine/products";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { forEachDistanceBlock, forEachPairDistance, pairDistances } from "../../lib/evaluate/distances";
import { assertClose } from "../gradients";
import { clusteredEmbeddings } from "./embeddings";

/** All pairs by the double loop, from the same block code so that equal floats are equal. */
function pairsOf(x: ReturnType<typeof clusteredEmbeddings>["x"], labels: ArrayLike<number>) {
  const same: number[] = [];
  const different: number[] = [];
  forEachPairDistance(x, (i, j, d) => (labels[i] === labels[j] ? same : different).push(Math.fround(d)));
  return { same: same.sort((a, b) => a - b), different: different.sort((a, b) => a - b) };
}

test("forEachDistanceBlock() equals the double loop for any block size, with either products", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 23 }),
      fc.integer({ min: 1, max: 9 }),
      (seed, rows, block) => {
        const { x } = clusteredEmbeddings(seed, rows, 3);
        const expected = new Float32Array(rows * rows);
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < rows; j++) expected[i * rows + j] = pairDistances(x, [i], [j])[0];
        }
        for (const products of [undefined, engineProducts]) {
          const all = new Float32Array(rows * rows).fill(Number.NaN);
          forEachDistanceBlock(
            x,
            (b) => {
              for (let i = 0; i < b.rows; i++) {
                for (let j = 0; j < b.columns; j++) {
                  all[(b.rowStart + i) * rows + b.columnStart + j] = b.values[i * b.columns + j];
                }
              }
            },
            { block, products },
          );
          assertClose(all, expected, 1e-5);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("forEachPairDistance() visits every unordered pair once", () => {
  const { x } = clusteredEmbeddings(1, 17, 3);
  const seen = new Set<string>();
  forEachPairDistance(
    x,
    (i, j) => {
      assert.ok(i < j && !seen.has(`${i} ${j}`));
      seen.add(`${i} ${j}`);
    },
    { block: 4 },
  );
  assert.equal(seen.size, (17 * 16) / 2);
});

test("allPairsVal() on four points by hand", () => {
  // On a line at 0, 1 (A) and 3, 6 (B). Same: 1, 9. Different: 9 (0–3), 36, 4 (1–3), 25. Sorted different: 4, 9, 25, 36.
  const x = matrixFromRows([[0], [1], [3], [6]]);
  const result = allPairsVal(x, [0, 0, 1, 1], { fars: [0.25, 0.5, 0.75] });
  assert.equal(result.smallestFar, 0.25);
  // FAR ¼: one may pass, the threshold is the second, 9: same pairs below 9: only 1.
  assert.deepEqual(result.points, [
    { far: 0.25, val: 0.5, threshold: 9, falseAccepts: 1 },
    { far: 0.5, val: 1, threshold: 25, falseAccepts: 2 },
    { far: 0.75, val: 1, threshold: 36, falseAccepts: 3 },
  ]);
});

test("allPairsVal() equals order statistics of the sorted pairs", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 8, max: 40 }),
      fc.double({ min: 0.02, max: 0.9 }),
      (seed, rows, share) => {
        const { x, labels } = clusteredEmbeddings(seed, rows, 4);
        const { same, different } = pairsOf(x, labels);
        fc.pre(same.length > 0 && different.length > 0);
        const far = Math.max(share, 1 / different.length);
        fc.pre(far < 1);
        const [point] = allPairsVal(x, labels, { fars: [far], block: 7 }).points;
        const limit = different[Math.floor(far * different.length * (1 + 1e-12))];
        assert.equal(point.threshold, limit);
        assert.equal(point.val, same.filter((d) => d < limit).length / same.length);
        assert.equal(point.falseAccepts, different.filter((d) => d < limit).length);
        assert.ok(point.falseAccepts / different.length <= far * (1 + 1e-12));
      },
    ),
  );
});

test("allPairsVal() refuses a FAR below one in the number of different pairs", () => {
  const { x, labels } = clusteredEmbeddings(1, 20, 4);
  const { differentPairs, smallestFar, points } = allPairsVal(x, labels);
  assert.equal(smallestFar, 1 / differentPairs);
  assert.ok(points.every((point) => point.far >= smallestFar));
  assert.throws(
    () => allPairsVal(x, labels, { fars: [smallestFar / 2] }),
    /it must lie in \[.*, 1\).*current value is/,
  );
  assert.throws(() => allPairsVal(x, new Int32Array(20)), /same and different pairs are needed/);
});
