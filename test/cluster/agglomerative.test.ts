import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { agglomerative, type Linkage, linkages } from "../../lib/cluster/agglomerative";
import { adjustedRandIndex } from "../../lib/cluster/countingScores";
import { cutAt, cutInto } from "../../lib/cluster/dendrogram";
import { bestOfSweep, thresholdSweep } from "../../lib/cluster/thresholdSweep";
import { type Matrix, matrixFromRows, squaredL2 } from "../../lib/core/matrix";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";
import { golden, goldenRows } from "./golden";

const same = (a: ArrayLike<number>, b: ArrayLike<number>): void => assert.equal(adjustedRandIndex(a, b), 1);

/** The definition: distances of clusters from all pairs of their rows, the nearest two joined. */
function heightsByDefinition(x: Matrix, linkage: Linkage): number[] {
  let groups = Array.from({ length: x.rows }, (_, i) => [i]);
  const apart = (a: number[], b: number[]): number => {
    const between = a.flatMap((i) => b.map((j) => squaredL2(x, i, x, j)));
    const inside = (rows: number[]): number =>
      rows.reduce((sum, i) => sum + rows.reduce((s, j) => s + squaredL2(x, i, x, j), 0), 0) /
      rows.length ** 2;
    const mean = between.reduce((sum, d) => sum + d, 0) / between.length;
    if (linkage === "single") return Math.min(...between);
    if (linkage === "complete") return Math.max(...between);
    // ‖mean A − mean B‖² = mean between − half the mean inside each.
    const centres = mean - inside(a) / 2 - inside(b) / 2;
    return linkage === "average" ? mean : ((2 * a.length * b.length) / (a.length + b.length)) * centres;
  };
  const heights: number[] = [];
  while (groups.length > 1) {
    const pairs = groups.flatMap((a, i) => groups.slice(i + 1).map((b) => ({ a, b, d: apart(a, b) })));
    const { a, b, d } = pairs.reduce((best, pair) => (pair.d < best.d ? pair : best));
    heights.push(d);
    groups = [...groups.filter((g) => g !== a && g !== b), [...a, ...b]];
  }
  return heights;
}

test("agglomerative() equals scikit-learn's heights and clusters for every linkage", () => {
  assert.deepEqual(
    golden.trees.map(({ linkage }) => linkage),
    linkages,
  );
  for (const { linkage, heights, threshold, below, ten } of golden.trees) {
    const tree = agglomerative(goldenRows.x, { linkage });
    assertClose(tree.heights, heights, 1e-5);
    same(cutAt(tree, threshold), below);
    same(cutInto(tree, 10), ten);
  }
});

test("agglomerative() has the heights of the definition", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 14 }), (seed, rows) => {
      const { x } = clusteredEmbeddings(seed, rows, 3, 3, 1);
      for (const linkage of linkages) {
        const { heights } = agglomerative(x, { linkage, block: 5 });
        assertClose(heights, heightsByDefinition(x, linkage), 1e-5);
      }
    }),
    { numRuns: 40 },
  );
});

test("agglomerative() by hand: rows 0, 1, 3 and 7 on a line", () => {
  // Squared: 0–1 is 1, 1–3 is 4, 0–3 is 9, 3–7 is 16. Single: 1, 4, 16. Complete: 1, 9, 49.
  const x = matrixFromRows([[0], [1], [3], [7]]);
  assert.deepEqual([...agglomerative(x, { linkage: "single" }).heights], [1, 4, 16]);
  assert.deepEqual([...agglomerative(x, { linkage: "complete" }).heights], [1, 9, 49]);
  // Average: 1, (9 + 4)/2, (49 + 36 + 16)/3. Ward: 1, 2·2/3 · 2.5², 2·3/4 · (7 − 4/3)².
  assertClose(agglomerative(x).heights, [1, 6.5, 101 / 3], 1e-6);
  const ward = agglomerative(x, { linkage: "ward" });
  assertClose(ward.heights, [1, (4 / 3) * 6.25, 1.5 * (17 / 3) ** 2], 1e-6);
  assert.deepEqual(
    [[...ward.first], [...ward.second], [...ward.sizes]],
    [
      [0, 2, 3],
      [1, 4, 5],
      [2, 3, 4],
    ],
  );
});

test("cutAt() leaves a join at the threshold undone; cutInto() counts clusters", () => {
  const tree = agglomerative(matrixFromRows([[7], [0], [1], [3]]), { linkage: "single" });
  assert.deepEqual([...cutAt(tree, 1)], [0, 1, 2, 3]);
  assert.deepEqual([...cutAt(tree, 1.01)], [0, 1, 1, 2]);
  assert.deepEqual([...cutAt(tree, Number.POSITIVE_INFINITY)], [0, 0, 0, 0]);
  assert.deepEqual([...cutInto(tree, 2)], [0, 1, 1, 1]);
  for (const count of [0, 5, 1.5]) assert.throws(() => cutInto(tree, count), /integer in \[1, 4\]/);
  assert.throws(() => cutAt(tree, Number.NaN), /threshold must be a number/);
});

test("agglomerative() joins equal rows at height 0, whatever the ties", () => {
  for (const linkage of linkages) {
    const tree = agglomerative(matrixFromRows(Array.from({ length: 9 }, () => [3, 4])), { linkage });
    assert.deepEqual([...tree.heights], Array(8).fill(0));
    assert.deepEqual([...cutAt(tree, 1e-9)], Array(9).fill(0));
  }
  const grid = agglomerative(goldenRows.grid, { linkage: "single" });
  assertClose(grid.heights, heightsByDefinition(goldenRows.grid, "single"), 0);
});

test("agglomerative() of one row has no joins; too many rows and NaN are refused", () => {
  assert.equal(agglomerative(matrixFromRows([[1]])).heights.length, 0);
  assert.throws(
    () => agglomerative(matrixFromRows([[1], [2]]), { mostRows: 1 }),
    /\[1, 1\], current value is 2/,
  );
  assert.throws(() => agglomerative(matrixFromRows([[1], [Number.NaN]])), /row 1 column 0 is NaN/);
});

test("agglomerative() refuses rows whose heights overflow 32-bit floats: Ward's are up to N / 2 times a squared distance", () => {
  const far = matrixFromRows([3e19, -3e19].flatMap((a) => [0, 1].map((b) => [a, b])));
  for (const linkage of linkages) {
    assert.throws(
      () => agglomerative(far, { linkage }),
      /squared distances.* must fit 32-bit floats, .* is 3/,
    );
  }
  const two = matrixFromRows(Array.from({ length: 40 }, (_, i) => [i < 20 ? 3e18 : -3e18]));
  // (6e18)² fits and 20 times as much does not.
  assertClose([agglomerative(two).heights[38] / 3.6e37], [1], 1e-6);
  assert.throws(() => agglomerative(two, { linkage: "ward" }), /squared distances times 20 must fit/);
});

test("thresholdSweep() goes from all alone to all together, and bestOfSweep() takes the largest BCubed F", () => {
  const { x, labels } = clusteredEmbeddings(2, 60, 5, 8, 0.2);
  const tree = agglomerative(x);
  const points = thresholdSweep(tree, labels, { count: 20 });
  assert.equal(points.length, 20);
  // The first threshold lies above the lowest join.
  assert.deepEqual([points[0].clusters, points[19].clusters], [59, 1]);
  for (let i = 1; i < 20; i++) {
    assert.ok(points[i].threshold > points[i - 1].threshold);
    assert.ok(points[i].bcubed.recall >= points[i - 1].bcubed.recall);
  }
  const best = bestOfSweep(points);
  assert.equal(best.bcubed.f, Math.max(...points.map((point) => point.bcubed.f)));
  assert.deepEqual(thresholdSweep(tree, labels, { thresholds: [best.threshold] })[0], best);
  assert.throws(() => bestOfSweep([]), /at least one point/);
});
