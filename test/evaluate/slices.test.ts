import assert from "node:assert/strict";
import test from "node:test";
import { takeRows } from "../../lib/core/matrix";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { slicesOf } from "../../lib/evaluate/slices";
import { clusteredEmbeddings } from "./embeddings";

const { x, labels } = clusteredEmbeddings(9, 300, 20, 8, 0.6);
const { points } = allPairsVal(x, labels);

test("slicesOf() gives each value what its rows alone give, with the thresholds of all pairs beside", () => {
  const values = Array.from(labels, (_, row) => (row % 3 === 0 ? "yes" : row % 3 === 1 ? "no" : ""));
  const { slices, without, refused } = slicesOf(x, labels, "glasses", values, points);
  assert.deepEqual([without, refused], [100, undefined]);
  assert.deepEqual(
    slices.map((slice) => [slice.value, slice.images]),
    [
      ["no", 100],
      ["yes", 100],
    ],
  );
  const rows = Array.from(labels.keys()).filter((row) => row % 3 === 0);
  const own = rows.map((row) => labels[row]);
  const thresholds = points.map((point) => point.threshold);
  assert.deepEqual(slices[1].verification, allPairsVal(takeRows(x, rows), own, { thresholds }));
});

test("slicesOf() says what is too few and gives no number for it", () => {
  const values = Array.from(labels, (_, row) => (row < 6 ? "rare" : "usual"));
  const [rare, usual] = slicesOf(x, labels, "kind", values, points).slices;
  assert.match(String(rare.tooFew), /^too few to measure: .*of 30 same pairs, \d+ of 1000 different pairs$/);
  assert.equal(rare.verification, undefined);
  assert.equal(rare.pairs.same + rare.pairs.different, 15);
  assert.ok(usual.verification);
});

test("slicesOf() cuts many numbers at their quartiles and refuses many words", () => {
  const numbers = Array.from(labels, (_, row) => String(row));
  const { slices } = slicesOf(x, labels, "yaw", numbers, points);
  assert.deepEqual(
    slices.map(({ value, images }) => [value, images]),
    [
      ["quarter 1: 0 to 75", 75],
      ["quarter 2: 75 to 150", 75],
      ["quarter 3: 150 to 225", 75],
      ["quarter 4: 225 to 299", 75],
    ],
  );
  const words = numbers.map((n) => `w${n}`);
  assert.match(String(slicesOf(x, labels, "word", words, points).refused), /^300 values: at most 12/);
});
