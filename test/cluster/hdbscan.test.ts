import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { condensed } from "../../lib/cluster/condensedTree";
import { type Dendrogram, numbered } from "../../lib/cluster/dendrogram";
import { hdbscan, reachabilityTree } from "../../lib/cluster/hdbscan";
import { packageRoot } from "../../lib/core/folders";
import { matrix, matrixFromRows, squaredL2, takeRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";

interface Golden {
  readonly cases: readonly {
    readonly columns: number;
    readonly x: readonly number[];
    readonly fits: readonly {
      readonly smallest: number;
      readonly least: number;
      readonly clusters: readonly number[];
    }[];
  }[];
}

// Made by scikit-learn 1.9.1 with `python test/golden/hdbscan.py` on 2026-11-25.
const golden: Golden = JSON.parse(
  readFileSync(join(packageRoot(), "test", "golden", "hdbscan.json"), "utf8"),
);

/** For each row, whether a join of its own lowest height is made elsewhere in the tree too. */
function tied({ rows, first, second, heights }: Dendrogram): boolean[] {
  const own = new Float64Array(rows);
  heights.forEach((height, m) => {
    for (const node of [first[m], second[m]]) if (node < rows) own[node] = height;
  });
  return Array.from(own, (height) => heights.filter((other) => other === height).length > 1);
}

test("hdbscan() equals scikit-learn's clusters, but for rows whose distances are tied at an edge", () => {
  let ties = 0;
  for (const { columns, x, fits } of golden.cases) {
    const rows = matrix(x.length / columns, columns, Float32Array.from(x));
    for (const { smallest, least, clusters } of fits) {
      const found = hdbscan(rows, { smallest, least });
      const at = tied(reachabilityTree(rows, least));
      const names = new Map<number, number>();
      const odd = clusters.flatMap((theirs, i) => {
        if (theirs >= 0 && found[i] >= 0 && !names.has(theirs)) names.set(theirs, found[i]);
        // scikit-learn undoes tied joins one after the other, so that one side of a split may keep the row.
        if (theirs >= 0 && found[i] === -1 && at[i]) return [i];
        assert.equal(found[i], theirs < 0 ? -1 : names.get(theirs), `row ${i} of ${smallest} ${least}`);
        return [];
      });
      ties += odd.length;
      assert.equal(new Set(names.values()).size, Math.max(...clusters) + 1);
    }
  }
  // 10 of the 18 fits' 2,160 rows.
  assert.ok(ties <= 21, `${ties} rows at ties`);
});

test("hdbscan() by hand: two groups are kept, a lonely row is noise", () => {
  // Core distances with least 2 are those of the nearest other row: 1, 1, 1 | 1, 1, 1 | 50. λ of the split of the groups is 1/8, of the rest 1.
  const x = matrixFromRows([[0], [1], [2], [10], [11], [12], [62]]);
  assert.deepEqual([...hdbscan(x, { smallest: 3, least: 2 })], [0, 0, 0, 1, 1, 1, -1]);
  // Root: row 62 falls out at λ 1/50, the groups (3 + 3 rows) at 1/8; each group lives from 1/8 to 1.
  const tree = condensed(reachabilityTree(x, 2), 3);
  assert.deepEqual(tree.parents, [-1, 0, 0]);
  assertClose(tree.stability, [1 / 50 + 6 / 8, 3 * (1 - 1 / 8), 3 * (1 - 1 / 8)], 1e-12);
  assert.deepEqual(
    [...tree.cluster].map((c) => c > 0),
    [true, true, true, true, true, true, false],
  );
});

test("reachabilityTree() has the weight of Kruskal's minimum spanning tree", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, least) => {
      const { x } = clusteredEmbeddings(seed, 24, 4, 3, 0.7);
      const squared = (i: number, j: number): number => squaredL2(x, i, x, j);
      const rows = Array.from({ length: x.rows }, (_, i) => i);
      const core = rows.map((i) => rows.map((j) => squared(i, j)).sort((a, b) => a - b)[least - 1]);
      const edges = rows
        .flatMap((i) =>
          rows.slice(i + 1).map((j) => ({ i, j, d: Math.max(core[i], core[j], squaredL2(x, i, x, j)) })),
        )
        .sort((a, b) => a.d - b.d);
      const group = [...rows];
      const heights = edges
        .filter(({ i, j }) => {
          const [a, b] = [group[i], group[j]];
          if (a !== b) for (const row of rows) if (group[row] === b) group[row] = a;
          return a !== b;
        })
        .map(({ d }) => d);
      assertClose([...reachabilityTree(x, least).heights], heights, 1e-12);
    }),
    { numRuns: 30 },
  );
});

test("hdbscan() finds separate groups whatever the order of the rows, and whatever their scale", () => {
  const { x, labels } = clusteredEmbeddings(8, 80, 4, 16, 0.05);
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(1e-3, 1, 1000), (seed, scale) => {
      const order = createRandom(seed).shuffle([...labels.keys()]);
      const rows = takeRows(x, order);
      const scaled = matrix(
        rows.rows,
        rows.columns,
        rows.data.map((value) => scale * value),
      );
      const expected = numbered(order.map((row) => labels[row]));
      assert.deepEqual([...hdbscan(scaled, { smallest: 4 })], [...expected]);
    }),
    { numRuns: 20 },
  );
});

test("hdbscan() finds small groups whose heaps lie far apart", () => {
  // Rounding of products is relative to the whole set: at 1000 it is as large as the squared distances within the groups.
  const random = createRandom(1);
  const labels = Array.from({ length: 108 }, (_, i) => Math.floor(i / 12));
  const rows = labels.map((label) => [
    1000 * Math.floor(label / 3) + 0.1 * (label % 3) + 0.01 * random.normal(),
    0.01 * random.normal(),
  ]);
  assert.deepEqual([...hdbscan(matrixFromRows(rows))], labels);
});

test("hdbscan() keeps rows apart whose squares are beyond 32-bit floats", () => {
  const far = matrixFromRows([3e19, 3e38, -3e38].flatMap((a) => [0, 1, 2].map((b) => [a, b])));
  assert.deepEqual([...hdbscan(far, { smallest: 3 })], [0, 0, 0, 1, 1, 1, 2, 2, 2]);
});

test("hdbscan() of equal rows keeps two heaps apart; all rows together are never one cluster", () => {
  assert.deepEqual(
    [...hdbscan(matrixFromRows([[1], [1], [1], [4], [4], [4]]), { smallest: 3 })],
    [0, 0, 0, 1, 1, 1],
  );
  assert.deepEqual([...hdbscan(matrixFromRows([[1], [1], [1]]), { smallest: 2 })], [-1, -1, -1]);
  assert.deepEqual([...hdbscan(matrixFromRows([[1]]))], [-1]);
});

test("hdbscan() refuses clusters of one row, too many neighbours and NaN", () => {
  const x = matrixFromRows([[0], [1]]);
  assert.throws(() => hdbscan(x, { smallest: 1 }), /at least 2 rows, current value is 1/);
  assert.throws(() => hdbscan(x, { smallest: 2, least: 3 }), /integer in \[1, 2\], current value is 3/);
  assert.throws(() => hdbscan(matrixFromRows([[Number.NaN], [1]]), { smallest: 2 }), /row 0 column 0 is NaN/);
});
