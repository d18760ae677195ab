import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { hdbscan } from "../../lib/cluster/hdbscan";
import { packageRoot } from "../../lib/core/folders";
import { matrix, matrixFromRows } from "../../lib/core/matrix";

/** scikit-learn's answers; `made` in the file names command, versions and date. */
interface Golden {
  readonly sets: readonly {
    readonly columns: number;
    readonly x: readonly number[];
    readonly fits: readonly {
      readonly smallest: number;
      readonly least: number;
      readonly clusters: readonly number[];
    }[];
  }[];
}

/** Clusters in order of first row, noise as it is: the numbering of other programs is a matter of taste. */
function canonical(clusters: ArrayLike<number>): number[] {
  const names = new Map<number, number>();
  return Array.from(clusters, (cluster) => {
    if (cluster < 0) return cluster;
    const name = names.get(cluster) ?? names.size;
    names.set(cluster, name);
    return name;
  });
}

test("hdbscan() equals scikit-learn's clusters and noise row by row", () => {
  const file = join(packageRoot(), "test", "golden", "hdbscan.json");
  const { sets }: Golden = JSON.parse(readFileSync(file, "utf8"));
  let noise = 0;
  for (const { x, columns, fits } of sets) {
    const rows = matrix(x.length / columns, columns, Float32Array.from(x));
    for (const { smallest, least, clusters } of fits) {
      assert.deepEqual([...hdbscan(rows, { smallest, least })], canonical(clusters), `${smallest} ${least}`);
      noise += clusters.filter((cluster) => cluster < 0).length;
    }
  }
  assert.ok(noise > 0, "the golden file has noise");
});

test("hdbscan() by hand: two groups of different density, and a row far from both is noise", () => {
  // Steps of 1 and of 10: no single radius gives both groups without joining the lonely row or losing one.
  const x = matrixFromRows([[0], [1], [2], [100], [110], [120], [1000]]);
  assert.deepEqual([...hdbscan(x, { smallest: 3, least: 2 })], [0, 0, 0, 1, 1, 1, -1]);
});

test("hdbscan() of equal rows, of one row and of rows without groups is noise", () => {
  for (const rows of [[[1], [1], [1], [1]], [[1]], [[1], [2], [3], [4]]]) {
    const clusters = hdbscan(matrixFromRows(rows), { smallest: 2, least: 1 });
    assert.ok(clusters.every((cluster) => Number.isInteger(cluster)));
    assert.equal(clusters.length, rows.length);
  }
  assert.deepEqual([...hdbscan(matrixFromRows([[1]]), { smallest: 2, least: 1 })], [-1]);
});

test("hdbscan() of two groups of equal rows finds both", () => {
  const x = matrixFromRows([[0], [0], [0], [5], [5], [5]]);
  assert.deepEqual([...hdbscan(x, { smallest: 3 })], [0, 0, 0, 1, 1, 1]);
});

test("hdbscan() refuses sizes out of range and NaN", () => {
  const x = matrixFromRows([[0], [1]]);
  assert.throws(() => hdbscan(x, { smallest: 1 }), /smallest must be .* at least 2, current value is 1/);
  assert.throws(() => hdbscan(x), /least must be an integer in \[1, 2\], current value is 5/);
  assert.throws(() => hdbscan(matrixFromRows([[Number.NaN]]), { least: 1 }), /row 0 column 0 is NaN/);
});
