import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { chineseWhispers } from "../../lib/cluster/chineseWhispers";
import { dbscan } from "../../lib/cluster/dbscan";
import { silhouette } from "../../lib/cluster/silhouette";
import { matrixFromRows, squaredL2 } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";
import { golden, goldenRows } from "./golden";

/** Finite rows whose squares are beyond 32-bit floats. */
const far = matrixFromRows([3e19, -3e19].flatMap((a) => [0, 1].map((b) => [a, b])));

test("dbscan() equals scikit-learn's numbers row by row, with rows exactly at the radius", () => {
  for (const { data, radius, least, clusters } of golden.dbscan) {
    assert.deepEqual([...dbscan(goldenRows[data], { radius, least, block: 16 })], clusters);
  }
});

test("dbscan() by hand: a border row joins the first cluster, a lonely row is noise", () => {
  // Only −1 and 1 have four rows within squared L2 1 (themselves, their two followers and row 6). Row 6 is in reach of both; row 7 of nobody.
  const x = matrixFromRows([[-1], [-1.5], [-2], [1], [1.5], [2], [0], [50]]);
  assert.deepEqual([...dbscan(x, { radius: 1, least: 4 })], [0, 0, 0, 1, 1, 1, 0, -1]);
});

test("dbscan() of equal rows is one cluster; with least 1 nothing is noise", () => {
  const equal = matrixFromRows([[1], [1], [1], [9]]);
  assert.deepEqual([...dbscan(equal, { radius: 0.1 })], [0, 0, 0, -1]);
  assert.deepEqual([...dbscan(equal, { radius: 0.1, least: 1 })], [0, 0, 0, 1]);
});

test("dbscan() refuses a radius of 0, no neighbours, NaN and squares that overflow 32-bit floats", () => {
  const x = matrixFromRows([[0], [1]]);
  assert.throws(() => dbscan(x, { radius: 0 }), /radius must be above 0, current value is 0/);
  assert.throws(() => dbscan(x, { radius: Number.NaN }), /current value is NaN/);
  assert.throws(() => dbscan(x, { radius: 1, least: 0 }), /at least 1, current value is 0/);
  assert.throws(() => dbscan(matrixFromRows([[Number.NaN]]), { radius: 1 }), /row 0 column 0 is NaN/);
  assert.throws(
    () => dbscan(far, { radius: 1 }),
    /Cannot run DBSCAN: squared distances must fit 32-bit floats/,
  );
});

test("chineseWhispers() finds separate groups exactly, whatever the order", () => {
  const { x, labels } = clusteredEmbeddings(8, 60, 4, 16, 0.05);
  // Different centres lie farther apart than 0.5 for this seed, images of one nearer.
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const clusters = chineseWhispers(x, createRandom(seed), { threshold: 0.5 });
      const first = new Map<number, number>();
      for (const [i, label] of labels.entries()) {
        if (!first.has(label)) first.set(label, clusters[i]);
        assert.equal(clusters[i], first.get(label));
      }
      assert.deepEqual([...new Set(clusters)], [0, 1, 2, 3]);
    }),
    { numRuns: 20 },
  );
});

test("chineseWhispers() ends where every row has a commonest name of its neighbours", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { x } = clusteredEmbeddings(seed, 30, 4, 3, 0.8);
      const clusters = chineseWhispers(x, createRandom(seed), { threshold: 0.6, block: 7 });
      for (let i = 0; i < x.rows; i++) {
        const votes = new Map<number, number>();
        for (let j = 0; j < x.rows; j++) {
          if (j !== i && squaredL2(x, i, x, j) < 0.6)
            votes.set(clusters[j], (votes.get(clusters[j]) ?? 0) + 1);
        }
        if (votes.size > 0) assert.equal(votes.get(clusters[i]), Math.max(...votes.values()));
        else assert.equal(clusters.filter((c) => c === clusters[i]).length, 1);
      }
    }),
    { numRuns: 40 },
  );
});

test("chineseWhispers() refuses too many edges, a threshold of 0, NaN and squares that overflow 32-bit floats", () => {
  const x = matrixFromRows([[0], [1], [2]]);
  const random = createRandom(1);
  assert.throws(
    () => chineseWhispers(x, random, { threshold: 9, mostEdges: 2 }),
    /at most 2 pairs may lie below the threshold 9, current value is 3/,
  );
  assert.throws(() => chineseWhispers(x, random, { threshold: 0 }), /must be above 0/);
  assert.throws(() => chineseWhispers(matrixFromRows([[Number.NaN]]), random, { threshold: 1 }), /is NaN/);
  assert.throws(() => chineseWhispers(far, random, { threshold: 1 }), /must fit 32-bit floats/);
});

test("silhouette() equals scikit-learn's mean", () => {
  for (const { clusters, mean } of golden.silhouettes) {
    assertClose([silhouette(goldenRows.x, clusters, { block: 16 })], [mean], 1e-6);
  }
});

test("silhouette() by hand, with a row alone; refuses one cluster, all alone, NaN and squares that overflow 32-bit floats", () => {
  // Rows 0, 1 | 4: a = 1, b = 4 and 3, then 0 for the single: (3/4 + 2/3 + 0) / 3.
  const x = matrixFromRows([[0], [1], [4]]);
  assertClose([silhouette(x, [0, 0, 1])], [(3 / 4 + 2 / 3) / 3], 1e-12);
  assertClose([silhouette(x, [0, 0, -1])], [(3 / 4 + 2 / 3) / 3], 1e-12);
  assert.throws(
    () => silhouette(x, [0, 0, 0]),
    /3 rows must lie in 2 to 2 clusters, current values are 3 and 1/,
  );
  assert.throws(() => silhouette(x, [0, 1, 2]), /3 and 3/);
  assert.throws(() => silhouette(far, [0, 0, 1, 1]), /must fit 32-bit floats/);
  assert.throws(
    () => silhouette(matrixFromRows([[0], [1], [Number.NaN]]), [0, 0, 1]),
    /row 2 column 0 is NaN/,
  );
});
