import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { packageRoot } from "../../lib/core/folders";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { engineProducts } from "../../lib/engine/products";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { forEachDistanceBlock, forEachPairDistance, pairDistances } from "../../lib/evaluate/distances";
import { rocCurve } from "../../lib/evaluate/roc";
import { assertClose } from "../gradients";
import { clusteredEmbeddings } from "./embeddings";

/** All pairs by the double loop, from the same block code so that equal floats are equal. */
function pairsOf(x: ReturnType<typeof clusteredEmbeddings>["x"], labels: ArrayLike<number>) {
  const same: number[] = [];
  const different: number[] = [];
  forEachPairDistance(x, (i, j, d) => (labels[i] === labels[j] ? same : different).push(Math.fround(d)));
  return { same: same.sort((a, b) => a - b), different: different.sort((a, b) => a - b) };
}

test("forEachDistanceBlock() visits only the blocks that hold a pair before the ends", () => {
  const { x } = clusteredEmbeddings(1, 10, 3, 4);
  const seen: string[] = [];
  const visit = ({ rowStart, columnStart }: { rowStart: number; columnStart: number }): number =>
    seen.push(`${rowStart} ${columnStart}`);
  // Blocks of 4: rows 0 to 3 reach to column 5, rows 4 to 7 to column 8, rows 8 and 9 to the last.
  const ends = Int32Array.of(2, 2, 6, 6, 6, 6, 8, 8, 10, 10);
  forEachDistanceBlock(x, visit, { block: 4, triangle: true, ends });
  assert.deepEqual(seen, ["0 0", "0 4", "4 4", "8 8"]);
});

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

interface Golden {
  readonly cases: readonly {
    readonly name: string;
    readonly rows: number[][];
    readonly labels: number[];
    readonly same: number;
    readonly different: number;
    readonly auc: number;
    readonly points: readonly { readonly far: number; readonly val: number }[];
  }[];
}

/** Made by scikit-learn 1.9.1 and numpy 2.4.6 with test/golden/verification.py on 2026-11-25. */
const golden: Golden = JSON.parse(
  readFileSync(join(packageRoot(), "test", "golden", "verification.json"), "utf8"),
);

test("allPairsVal() equals scikit-learn's roc_curve and auc, also with many equal distances", () => {
  for (const { name, rows, labels, same, different, auc, points } of golden.cases) {
    for (const products of [undefined, engineProducts]) {
      const fars = points.map((point) => point.far);
      const result = allPairsVal(matrixFromRows(rows), labels, { fars, products });
      assert.deepEqual([result.samePairs, result.differentPairs], [same, different], name);
      assertClose([result.auc], [auc], 1e-12);
      assertClose(
        result.points.map((point) => point.val),
        points.map((point) => point.val),
        1e-12,
      );
    }
  }
});

test("allPairsVal() has the area and the equal error rate of rocCurve() on the same pairs", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 8, max: 40 }), (seed, rows) => {
      const { x, labels } = clusteredEmbeddings(seed, rows, 4, 2);
      // Few distinct values, so that ties are common.
      for (let o = 0; o < x.data.length; o++) x.data[o] = Math.round(2 * x.data[o]);
      const { same, different } = pairsOf(x, labels);
      fc.pre(same.length > 0 && different.length > 0);
      const kinds = [...same.map(() => 1), ...different.map(() => 0)];
      const { auc, eer } = rocCurve([...same, ...different], kinds);
      const all = allPairsVal(x, labels);
      assertClose([all.auc, all.eer], [auc, eer], 1e-12);
    }),
  );
});

test("allPairsVal() of equal rows is at chance, and nothing passes at any FAR", () => {
  const x = matrix(6, 3, new Float32Array(18).fill(0.1));
  const { auc, eer, points, roc } = allPairsVal(x, [0, 0, 0, 1, 1, 2]);
  assert.deepEqual([auc, eer], [0.5, 0.5]);
  assert.ok([...points, ...roc].every((p) => p.val === 0 && p.threshold === 0 && p.falseAccepts === 0));
});

test("allPairsVal() puts copies of a row 0 apart, far from the origin too", () => {
  const { x, labels } = clusteredEmbeddings(3, 12, 4);
  x.data.copyWithin(8, 0, 8);
  for (let o = 0; o < x.data.length; o++) x.data[o] += 100;
  labels[0] = 0;
  labels[1] = 1;
  for (const products of [undefined, engineProducts]) {
    const { different } = pairsOf(x, labels);
    const { roc } = allPairsVal(x, labels, { products });
    assert.equal(roc[0].falseAccepts, 1);
    // Products of rows of length 280 alone would be wrong by about 0.01.
    assertClose([roc[0].threshold], [different[1]], 1e-4);
    assert.equal(different[0], 0);
  }
});

test("allPairsVal() of one pair of each kind: either all or nothing", () => {
  const x = matrixFromRows([[0], [1], [9]]);
  const { samePairs, differentPairs, smallestFar, points } = allPairsVal(x, [0, 0, 1], { fars: [0.5] });
  assert.deepEqual([samePairs, differentPairs, smallestFar], [1, 2, 0.5]);
  // Different: 81 and 64. One may pass: below 81 are 64 and the same pair.
  assert.deepEqual(points, [{ far: 0.5, val: 1, threshold: 81, falseAccepts: 1 }]);
});

test("allPairsVal() counts what given thresholds accept, at a distance itself and beside it", () => {
  const x = matrixFromRows([[0], [1], [3], [6]]);
  const thresholds = [-1, 0, 9, 9.000000001, Number.POSITIVE_INFINITY];
  const { atThresholds } = allPairsVal(x, [0, 0, 1, 1], { fars: [], thresholds });
  // Same: 1, 9. Different: 4, 9, 25, 36.
  assert.deepEqual(
    atThresholds.map(({ accepts, falseAccepts }) => [accepts, falseAccepts]),
    [
      [0, 0],
      [0, 0],
      [1, 1],
      [2, 2],
      [2, 4],
    ],
  );
});

test("allPairsVal() refuses rows that are not finite, squares that overflow, and labels that do not fit", () => {
  const rows = matrixFromRows([[0], [Number.NaN], [3]]);
  assert.throws(() => allPairsVal(rows, [0, 0, 1]), /every value must be finite, row 1 column 0 is NaN/);
  assert.throws(() => allPairsVal(matrixFromRows([[1e19], [0], [1]]), [0, 0, 1]), /must fit 32-bit floats/);
  assert.throws(
    () => allPairsVal(matrixFromRows([[1], [0]]), [0]),
    /2 labels are needed, current value is 1/,
  );
});
