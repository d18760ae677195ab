import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { pairDistances } from "../../lib/evaluate/distances";
import { nearestNeighbors } from "../../lib/project/neighbors";
import { effectiveRank, ontoAxes, pca } from "../../lib/project/pca";
import { trustworthiness } from "../../lib/project/trustworthiness";
import { umapProjection } from "../../lib/project/umap";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";

test("nearestNeighbors() equals sorting all distances, each row itself first", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 3, max: 25 }),
      fc.integer({ min: 1, max: 3 }),
      (seed, rows, k) => {
        const { x } = clusteredEmbeddings(seed, rows, 3);
        const found = nearestNeighbors(x, k, { block: 7 });
        for (let i = 0; i < rows; i++) {
          assert.equal(found.indices[i * k], i);
          const all = Array.from({ length: rows }, (_, j) => pairDistances(x, [i], [j])[0]).sort(
            (a, b) => a - b,
          );
          assertClose(found.distances.subarray(i * k, i * k + k), all.slice(0, k).map(Math.sqrt), 2e-3);
        }
      },
    ),
  );
});

test("nearestNeighbors() keeps each row first among duplicates and refuses k above N", () => {
  const x = matrixFromRows([
    [1, 0],
    [1, 0],
    [1, 0],
  ]);
  assert.deepEqual(
    [...nearestNeighbors(x, 2).indices].filter((_, i) => i % 2 === 0),
    [0, 1, 2],
  );
  assert.throws(() => nearestNeighbors(x, 4), /k must be an integer in \[1, 3\], current value is 4/);
});

test("pca() finds the line that the points lie on", () => {
  // Points on (3, 4)·t: all variance on one axis, coordinates 5t around their mean.
  const x = matrixFromRows([-2, -1, 0, 1, 2].map((t) => [3 * t, 4 * t]));
  const { projection, explained } = pca(x, 2);
  assertClose(explained, [1, 0], 1e-6);
  assertClose(
    [0, 1, 2, 3, 4].map((i) => projection.data[2 * i]),
    [-10, -5, 0, 5, 10],
    1e-5,
  );
});

test("ontoAxes() puts new rows where the axes of another matrix see them", () => {
  // The axis of the points (3, 4)·t is (0.6, 0.8) through the origin: (10, 0) lies at 6, (0, 10) at 8.
  const axes = pca(matrixFromRows([-2, -1, 0, 1, 2].map((t) => [3 * t, 4 * t])), 1);
  const seen = ontoAxes(
    matrixFromRows([
      [10, 0],
      [0, 10],
      [0, 0],
    ]),
    axes,
  );
  assertClose(seen.data, [6, 8, 0], 1e-5);
  assert.throws(
    () => ontoAxes(matrixFromRows([[1, 2, 3]]), axes),
    /2 columns are needed, current value is 3/,
  );
});

test("effectiveRank() is about D for a round cloud and 1 for a collapsed one", () => {
  const random = createRandom(1);
  const round = matrix(
    4000,
    6,
    Float32Array.from({ length: 24_000 }, () => random.normal()),
  );
  assert.ok(Math.abs(effectiveRank(round) - 6) < 0.1);
  assert.equal(effectiveRank(matrix(10, 6, new Float32Array(60).fill(0.4))), 1);
});

test("trustworthiness() is 1 for the data itself and equals the definition", () => {
  const { x } = clusteredEmbeddings(2, 40, 4);
  assert.equal(trustworthiness(x, x, 5), 1);
  // Four points on a line, in the picture 2 and 3 are swapped: neighbours (k = 1) by hand.
  // Picture 0,1,3,2 → nearest: 0→1, 1→0, the one at 2 (row 3) →1, the one at 3 (row 2) → row 3.
  const data = matrixFromRows([[0], [1.1], [2], [3]]);
  const picture = matrixFromRows([[0], [1], [3.1], [2.2]]);
  // Row 3's picture neighbour is row 2 (0.9): data rank 1, no penalty; row 2's is row 3: data rank 2 → 1; rows 0, 1: 1→0 has rank 2 → 1.
  assertClose([trustworthiness(data, picture, 1)], [1 - (2 * 2) / (4 * 1 * (8 - 3 - 1))], 1e-12);
});

test("umapProjection() gives the same picture for the same seed and keeps clusters together", async () => {
  const { x, labels } = clusteredEmbeddings(5, 90, 3, 8, 0.1);
  const a = await umapProjection(x, { epochs: 120, seed: 4 });
  const b = await umapProjection(x, { epochs: 120, seed: 4 });
  const c = await umapProjection(x, { epochs: 120, seed: 5 });
  assert.deepEqual(a.data, b.data);
  assert.notDeepEqual(a.data, c.data);
  assert.ok(trustworthiness(x, a, 10) > 0.85);
  const near = nearestNeighbors(a, 4);
  const agree = Array.from({ length: 90 }, (_, i) => labels[near.indices[4 * i + 1]] === labels[i]).filter(
    Boolean,
  );
  assert.ok(agree.length > 85);
});

test("umapProjection() with three components keeps what two cannot: three axes that all spread", async () => {
  const { x, labels } = clusteredEmbeddings(5, 90, 6, 8, 0.1);
  const solid = await umapProjection(x, { epochs: 120, seed: 4, components: 3 });
  assert.deepEqual([solid.rows, solid.columns], [90, 3]);
  const { explained } = pca(solid, 3);
  assert.ok(explained[2] > 0.02, `the third axis holds ${explained[2]} of the variance`);
  const near = nearestNeighbors(solid, 2);
  const agree = Array.from(labels).filter((label, i) => labels[near.indices[2 * i + 1]] === label);
  assert.ok(agree.length > 85);
  await assert.rejects(
    umapProjection(x, { components: 4 as 3 }),
    /components must be 2 or 3, current value is 4/,
  );
});

test("umapProjection() refuses options out of range, NaN, and stops when told to", async () => {
  const { x } = clusteredEmbeddings(5, 20, 3);
  await assert.rejects(
    umapProjection(x, { neighbors: 20 }),
    /neighbours must be an integer in \[2, 19\] for 20 rows/,
  );
  await assert.rejects(umapProjection(x, { minDistance: 2 }), /least distance must be in \[0, 1\]/);
  const broken = matrix(20, 8, x.data.slice().fill(Number.NaN, 8, 9));
  await assert.rejects(umapProjection(broken), /row 1 column 0 is NaN/);
  await assert.rejects(umapProjection(x, { signal: AbortSignal.abort() }), /Stopped/);
});
