import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows, squaredL2, takeRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { engineProducts } from "../../lib/engine/products";
import { plainProducts } from "../../lib/evaluate/distances";
import { knnIdentification, knnPredict, vote } from "../../lib/evaluate/knn";
import { nearestRows } from "../../lib/evaluate/nearest";
import { golden, goldenRows } from "../cluster/golden";
import { assertClose } from "../gradients";
import { clusteredEmbeddings } from "./embeddings";

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test("nearestRows() equals sorting the gallery by distance and row, in any blocks", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      // Small integers: many equal distances, all exact.
      fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })), { minLength: 2, maxLength: 20 }),
      fc.boolean(),
      (k, rows, leaveOneOut) => {
        const gallery = matrixFromRows(rows);
        fc.pre(k < rows.length);
        const { indices, distances } = nearestRows(gallery, gallery, k, { leaveOneOut, block: 3 });
        for (let i = 0; i < rows.length; i++) {
          const order = range(0, rows.length)
            .filter((j) => !leaveOneOut || j !== i)
            .map((j) => ({ j, d: squaredL2(gallery, i, gallery, j) }))
            .sort((a, b) => a.d - b.d || a.j - b.j)
            .slice(0, k);
          assert.deepEqual(
            [...indices.subarray(i * k, (i + 1) * k)],
            order.map(({ j }) => j),
          );
          assert.deepEqual(
            [...distances.subarray(i * k, (i + 1) * k)],
            order.map(({ d }) => d),
          );
        }
      },
    ),
  );
});

test("nearestRows() finds the neighbours of real-valued rows across gallery blocks", () => {
  const { x: gallery } = clusteredEmbeddings(4, 9000, 40, 4, 0.5);
  const { x: probes } = clusteredEmbeddings(5, 6, 40, 4, 0.5);
  const { indices } = nearestRows(probes, gallery, 3);
  for (let i = 0; i < probes.rows; i++) {
    const order = range(0, gallery.rows).sort(
      (a, b) => squaredL2(probes, i, gallery, a) - squaredL2(probes, i, gallery, b),
    );
    assert.deepEqual([...indices.subarray(3 * i, 3 * i + 3)], order.slice(0, 3));
  }
});

test("nearestRows() gives exactly 0 for equal rows far from the origin", () => {
  const x = matrixFromRows([
    [1000.1, 0.3],
    [1000.1, 0.3],
    [1000.2, 0.3],
  ]);
  assert.deepEqual([...nearestRows(x, x, 1, { leaveOneOut: true }).distances.subarray(0, 2)], [0, 0]);
});

test("nearestRows() refuses k above the gallery, other columns, NaN and squares that overflow 32-bit floats", () => {
  const x = matrixFromRows([[0], [1]]);
  assert.throws(() => nearestRows(x, x, 3), /k must be an integer in \[1, 2\], current value is 3/);
  assert.throws(() => nearestRows(x, x, 2, { leaveOneOut: true }), /in \[1, 1\], current value is 2/);
  assert.throws(
    () => nearestRows(x, matrixFromRows([[0, 1]]), 1),
    /rows of 1 columns, current value is 1 rows of 2/,
  );
  assert.throws(() => nearestRows(x, matrix(0, 1), 1), /current value is 0 rows/);
  assert.throws(() => nearestRows(matrixFromRows([[Number.NaN]]), x, 1), /the probes.*row 0 column 0 is NaN/);
  const far = matrixFromRows([[3e19]]);
  for (const [probes, gallery] of [
    [far, x],
    [x, far],
  ]) {
    assert.throws(
      () => nearestRows(probes, gallery, 1),
      /Cannot search a gallery: squared distances must fit 32-bit floats, the largest value is 3/,
    );
  }
});

test("knnPredict() gives a label with scikit-learn's largest share of votes, ties and duplicates included", () => {
  let unanimous = 0;
  for (const { data, gallery, k, vote: rule, shares, ambiguous } of golden.votes) {
    const x = goldenRows[data];
    const labels = data === "x" ? golden.labels : golden.gridLabels;
    const probes = takeRows(x, range(gallery, x.rows));
    const predicted = knnPredict(probes, takeRows(x, range(0, gallery)), labels, { k, vote: rule });
    shares.forEach((share, i) => {
      // Where other rows are as far as the k-th, the neighbours themselves are a matter of taste.
      if (ambiguous[i]) return;
      const most = Math.max(...share);
      assertClose([share[predicted[i]]], [most], 1e-6);
      if (share.filter((s) => s > most - 1e-6).length === 1) unanimous++;
    });
  }
  assert.ok(unanimous > 200, `only ${unanimous} votes without a tie`);
});

test("vote() by hand: majority, distance, a neighbour at 0, and ties", () => {
  const labels = [7, 8, 8, 9];
  const of = (distances: number[], rule: "majority" | "distance"): number =>
    vote(
      { k: 4, indices: Int32Array.from([0, 1, 2, 3]), distances: Float32Array.from(distances) },
      labels,
      rule,
    )[0];
  assert.equal(of([1, 4, 4, 9], "majority"), 8);
  // 1/1 for 7 against 1/2 + 1/2 for 8: a tie that the nearer image wins.
  assert.equal(of([1, 4, 4, 9], "distance"), 7);
  // 1/2 + 1/2 for 8 is more than 1/1.1.
  assert.equal(of([1.21, 4, 4, 9], "distance"), 8);
  assert.equal(of([0, 0.01, 0.01, 1], "distance"), 7);
  assert.equal(of([0, 0, 0, 1], "distance"), 8);
  assert.throws(() => of([1, 1, 1, 1], "best" as "majority"), /must be one of majority, distance/);
});

test("knnIdentification() leaves each image out and counts only identities with two images", () => {
  // Rows 0 and 1 find each other; row 2 (alone) is no probe; rows 3 and 4 have row 2 or each other nearest: 3 → 2, 4 → 3.
  const x = matrixFromRows([[0], [1], [10], [11], [13]]);
  const { accuracy, probes, predicted } = knnIdentification(x, [5, 5, 6, 7, 7]);
  assert.deepEqual([accuracy, probes, [...predicted]], [0.75, 4, [5, 5, 7, 6, 7]]);
  assert.throws(() => knnIdentification(x, [1, 2, 3, 4, 5]), /at least one identity with two images/);
  assert.throws(() => knnIdentification(x, [1, 1, 3, 4, 5], { k: 5 }), /k must be an integer in \[1, 4\]/);
});

test("nearestRows() on the engine, which hands out only what can be near, finds what plain products find", () => {
  const random = createRandom(21);
  // Small integers, so that rows occur many times and distances are whole numbers: which of equal rows is found may depend on rounding, their distances may not.
  const x = matrix(
    6 * 2048 + 45,
    5,
    Float32Array.from({ length: (6 * 2048 + 45) * 5 }, () => Math.floor(6 * random.next()) - 2),
  );
  const probes = takeRows(
    x,
    Array.from({ length: 70 }, (_, i) => i * 170),
  );
  for (const k of [1, 9, 40]) {
    assert.deepEqual(
      nearestRows(probes, x, k, { products: engineProducts, block: 33 }).distances,
      nearestRows(probes, x, k).distances,
      `k = ${k}`,
    );
  }
  const few = takeRows(
    x,
    Array.from({ length: 4200 }, (_, i) => i),
  );
  const alone = { leaveOneOut: true };
  const found = nearestRows(few, few, 3, { ...alone, products: engineProducts });
  assert.deepEqual(found.distances, nearestRows(few, few, 3, alone).distances);
  found.indices.forEach((row, o) => {
    assert.notEqual(row, Math.floor(o / 3));
  });
});

test("engineProducts.above() visits each product above its row's limit once, whether they are few or many", () => {
  const random = createRandom(22);
  const [m, d] = [7, 3];
  const a = Float32Array.from({ length: m * d }, () => random.normal());
  for (const n of [320, 333]) {
    const b = Float32Array.from({ length: n * d }, () => random.normal());
    const all = plainProducts(a, m, b, n, d);
    for (const limit of [-9, 0, 4, 1e9]) {
      const limits = Float32Array.from({ length: m }, (_, i) => limit + i / 8);
      const seen = new Map<number, number>();
      engineProducts.above?.(a, m, b, n, d, limits, (row, column, values) => {
        values.forEach((value, j) => {
          const place = row * n + column + j;
          assert.ok(!seen.has(place));
          seen.set(place, value);
        });
      });
      all.forEach((value, place) => {
        const found = seen.get(place);
        if (found !== undefined) assertClose([found], [value], 1e-5);
        else assert.ok(value <= limits[Math.floor(place / n)] + 1e-5);
      });
    }
  }
});
