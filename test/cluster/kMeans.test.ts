import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { kMeans, lloyd, plusPlusStart } from "../../lib/cluster/kMeans";
import { matrixFromRows, rowOf, squaredL2, takeRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";
import { golden, goldenRows } from "./golden";

test("lloyd() ends in scikit-learn's clusters and inertia from the same starts", () => {
  for (const { start, inertia, clusters } of golden.kmeans) {
    const result = lloyd(goldenRows.x, takeRows(goldenRows.x, start));
    assert.deepEqual([...result.clusters], clusters);
    assertClose([result.inertia], [inertia], 1e-6);
  }
});

test("kMeans() ends where every row is nearest to its own centre and every centre is the mean of its rows", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, k) => {
      const { x } = clusteredEmbeddings(seed, 12, 3, 3, 1);
      const { clusters, centres, inertia } = kMeans(x, k, createRandom(seed), { restarts: 2 });
      let sum = 0;
      for (let i = 0; i < x.rows; i++) {
        const own = squaredL2(x, i, centres, clusters[i]);
        sum += own;
        for (let c = 0; c < k; c++) assert.ok(own <= squaredL2(x, i, centres, c) + 1e-6);
      }
      assertClose([inertia], [sum], 1e-9);
      for (let c = 0; c < k; c++) {
        const rows = [...clusters.keys()].filter((i) => clusters[i] === c);
        assert.ok(rows.length > 0, "twelve different rows leave no cluster empty");
        for (let d = 0; d < 3; d++) {
          const mean = rows.reduce((total, i) => total + x.data[i * 3 + d], 0) / rows.length;
          assertClose([centres.data[c * 3 + d]], [mean], 1e-6);
        }
      }
    }),
  );
});

test("kMeans() finds the best of all partitions of a few rows", () => {
  // Oracle: all 2^7 ways to put seven of eight rows beside the first, or not.
  const { x } = clusteredEmbeddings(5, 8, 3, 2, 1);
  let least = Number.POSITIVE_INFINITY;
  for (let mask = 0; mask < 128; mask++) {
    const groups = [0, 1].map((side) => [...Array(8).keys()].filter((i) => ((2 * mask) >> i) % 2 === side));
    let sum = 0;
    for (const rows of groups) {
      // Σ squared L2 from the mean = Σ over unordered pairs / number of rows.
      for (const i of rows) for (const j of rows) sum += squaredL2(x, i, x, j) / 2 / rows.length;
    }
    least = Math.min(least, sum);
  }
  assertClose([kMeans(x, 2, createRandom(1), { restarts: 20 }).inertia], [least], 1e-6);
});

test("lloyd() gives a cluster that lost its rows the farthest row", () => {
  // Centre 2 is nobody's nearest; row 3 is farthest from its centre (0 or 1): 9 + 0 becomes a cluster of its own.
  const x = matrixFromRows([[0], [1], [2], [12]]);
  const { clusters, inertia } = lloyd(x, matrixFromRows([[0], [2], [100]]));
  assert.equal(new Set(clusters).size, 3);
  assert.equal(clusters.filter((c) => c === clusters[3]).length, 1);
  assert.equal(inertia, 0.5);
});

test("lloyd() passes over a farthest row that is alone in its cluster", () => {
  // Row 2 is farthest (9 from centre 1) and alone; of the others, as far as each other, the first leaves.
  const { clusters, inertia } = lloyd(matrixFromRows([[0], [1], [10]]), matrixFromRows([[0.5], [7], [100]]));
  assert.deepEqual([[...clusters], inertia], [[2, 0, 1], 0]);
});

test("lloyd() goes on where a cluster was put on one of two equal rows and took neither", () => {
  // Row 0 is farthest (25), but its twin's mean is as near to it; then row 2 leaves for cluster 2.
  const x = matrixFromRows([[5], [5], [20], [21]]);
  const { clusters, inertia } = lloyd(x, matrixFromRows([[0], [20.4], [100]]));
  assert.deepEqual([[...clusters], inertia], [[0, 0, 2, 1], 0]);
});

test("lloyd() leaves no cluster empty where enough different rows exist, wherever it starts", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), (seed, k) => {
      const random = createRandom(seed);
      const x = matrixFromRows(Array.from({ length: 12 }, () => [random.integer(6), random.integer(3)]));
      const start = matrixFromRows(
        Array.from({ length: k }, () => [9 * random.normal(), 9 * random.normal()]),
      );
      const { clusters } = lloyd(x, start);
      const different = new Set(Array.from({ length: 12 }, (_, i) => [...rowOf(x, i)].join(" "))).size;
      assert.equal(new Set(clusters).size, Math.min(k, different));
    }),
  );
});

test("kMeans() of equal rows leaves clusters empty and ends with inertia 0", () => {
  const x = matrixFromRows([
    [1, 2],
    [1, 2],
    [1, 2],
    [5, 5],
  ]);
  const { clusters, inertia } = kMeans(x, 4, createRandom(1));
  assert.deepEqual([new Set(clusters).size, inertia], [2, 0]);
  assert.equal(clusters[0], clusters[2]);
});

test("kMeans() repeats itself with the same seed", () => {
  const { x } = clusteredEmbeddings(9, 60, 6);
  const run = (): number[] => [...kMeans(x, 6, createRandom(4), { restarts: 3 }).clusters];
  assert.deepEqual(run(), run());
});

test("plusPlusStart() draws the next row in proportion to its squared L2", () => {
  // From row 0 the others lie at 1 and 9: row 2 follows in 90 % of the draws. From row 1: 1 and 4. From row 2: 9 and 4.
  const x = matrixFromRows([[0], [1], [3]]);
  const random = createRandom(3);
  const seen = new Map<string, number>();
  for (let n = 0; n < 6000; n++) {
    const pair = [...plusPlusStart(x, 2, random).data].join(" ");
    seen.set(pair, (seen.get(pair) ?? 0) + 1);
  }
  const share = (a: number, b: number): number => (seen.get(`${a} ${b}`) ?? 0) / 6000;
  // Standard deviations are below 0.007; five of them are allowed.
  assert.ok(Math.abs(share(0, 3) - 0.9 / 3) < 0.035 && Math.abs(share(1, 3) - 0.8 / 3) < 0.035);
  assert.ok(Math.abs(share(3, 0) - 9 / 13 / 3) < 0.035);
  assert.equal(share(0, 0) + share(1, 1) + share(3, 3), 0);
});

test("kMeans() refuses k out of range, no restarts, NaN and squares that overflow 32-bit floats", () => {
  const x = matrixFromRows([[0], [1]]);
  const random = createRandom(1);
  for (const k of [0, 3, 1.5, Number.NaN]) {
    assert.throws(() => kMeans(x, k, random), /k must be an integer in \[1, 2\], current value is/);
  }
  assert.throws(() => kMeans(x, 1, random, { restarts: 0 }), /restarts must be at least 1/);
  assert.throws(() => kMeans(matrixFromRows([[0], [Number.NaN]]), 1, random), /row 1 column 0 is NaN/);
  const far = matrixFromRows([[3e19], [-3e19]]);
  assert.throws(() => kMeans(far, 2, random), /Cannot run k-means: squared distances must fit 32-bit floats/);
  assert.throws(() => lloyd(far, x), /squared distances must fit 32-bit floats/);
});
