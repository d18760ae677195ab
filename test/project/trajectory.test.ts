import assert from "node:assert/strict";
import test from "node:test";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { meanMotion, trajectoryNeighbors, umapTrajectory } from "../../lib/project/trajectory";
import { trustworthiness } from "../../lib/project/trustworthiness";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";

test("trajectoryNeighbors() by hand: itself, its ties at the nearest distance, then the nearest rows of its own moment", () => {
  // Points on a line at 0, 1, 3, 6, 10; at the second moment twice as far apart. The neighbours of row 0 are 1, 2, 3 at 1, 3, 6 (2, 6, 12).
  const line = [0, 1, 3, 6, 10];
  const moments = [1, 2, 2].map((scale) => matrixFromRows(line.map((v) => [scale * v])));
  const { k, indices, distances } = trajectoryNeighbors(moments, { neighbors: 4 });
  const listOf = (row: number): number[][] => [
    [...indices.subarray(k * row, k * row + k)],
    [...distances.subarray(k * row, k * row + k)],
  ];
  // First moment: one tie, to row 5 (the same point at the second moment); last moment: one tie, to row 5.
  assert.deepEqual(listOf(0), [
    [0, 5, 1, 2],
    [0, 1, 1, 3],
  ]);
  assert.deepEqual(listOf(5), [
    [5, 0, 10, 6],
    [0, 2, 2, 2],
  ]);
  assert.deepEqual(listOf(10), [
    [10, 5, 11, 12],
    [0, 2, 2, 6],
  ]);
});

test("meanMotion() by hand: a step of 2 by each point of a square with radius √2 is √2", () => {
  const square = matrixFromRows([
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ]);
  const moved = matrix(
    4,
    2,
    square.data.map((v, i) => (i % 2 === 0 ? v + 2 : v)),
  );
  assertClose(meanMotion([square, square, moved]), [0, Math.SQRT2], 1e-6);
});

test("umapTrajectory() keeps a net that does not learn nearly still, and each frame a faithful picture", async () => {
  const { x } = clusteredEmbeddings(5, 60, 3, 8, 0.1);
  const other = clusteredEmbeddings(77, 60, 3, 8, 0.1).x;
  const still = await umapTrajectory([x, x, x], { neighbors: 10, epochs: 150 });
  const jumps = await umapTrajectory([x, other, x], { neighbors: 10, epochs: 150 });
  for (const frame of still) assert.ok(trustworthiness(x, frame, 8) > 0.85);
  const [rest, motion] = [still, jumps].map((frames) => Math.max(...meanMotion(frames)));
  // Negative control: neighbourhoods that change do move.
  assert.ok(rest < 0.3 && motion > 2 * rest, `${rest} and ${motion}`);
  assert.deepEqual((await umapTrajectory([x, x, x], { neighbors: 10, epochs: 150 }))[2].data, still[2].data);
});

test("umapTrajectory() refuses no moments, moments of another size, and too few neighbours", async () => {
  const { x } = clusteredEmbeddings(5, 20, 3);
  const short = matrix(19, x.columns, x.data.slice(0, 19 * x.columns));
  await assert.rejects(umapTrajectory([]), /at least one moment is needed/);
  await assert.rejects(
    umapTrajectory([x, short]),
    /20 rows are needed at every moment, current value is 19 at moment 1/,
  );
  await assert.rejects(
    umapTrajectory([x, x, x], { neighbors: 3 }),
    /integer in \[4, 19\] for 20 rows, current value is 3/,
  );
});
