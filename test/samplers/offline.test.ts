import assert from "node:assert/strict";
import test from "node:test";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { plainProducts } from "../../lib/evaluate/distances";
import { offlineTriplets } from "../../lib/miners/offline";
import { createOfflineSampler, type RowTriplets } from "../../lib/samplers/offline";
import { continued, draw } from "./samplers";

const labels: Int32Array = Int32Array.from([0, 0, 1, 1, 2, 2, 3, 3]);

const rowTriplets = (...rows: [number, number, number][]): RowTriplets => ({
  count: rows.length,
  anchor: Int32Array.from(rows, (row) => row[0]),
  positive: Int32Array.from(rows, (row) => row[1]),
  negative: Int32Array.from(rows, (row) => row[2]),
});

const mined: RowTriplets = rowTriplets([0, 1, 2], [2, 3, 5], [4, 5, 7], [7, 6, 0], [1, 0, 6]);

const triplesOf = (batch: Int32Array): string[] =>
  Array.from({ length: batch.length / 3 }, (_, t) => batch.subarray(3 * t, 3 * t + 3).join(" "));

test("createOfflineSampler() shows every mined triplet once before any for the second time", () => {
  const sampler = createOfflineSampler(labels, createRandom(1), mined, { triplets: 2 });
  assert.equal(sampler.batchSize, 6);
  // Five batches of two are two passes over five triplets.
  const shown = draw(sampler, 5).flatMap(triplesOf);
  const all = ["0 1 2", "1 0 6", "2 3 5", "4 5 7", "7 6 0"];
  assert.deepEqual(shown.slice(0, 5).sort(), all);
  assert.deepEqual(shown.slice(5).sort(), all);
});

test("createOfflineSampler() takes what offlineTriplets() mined on a subset of a data set", () => {
  const random = createRandom(3);
  const rows = [0, 1, 4, 5, 6];
  const embeddings = matrixFromRows(rows.map(() => [random.normal(), random.normal()]));
  const subset = Int32Array.from(rows, (row) => labels[row]);
  const triplets = offlineTriplets(embeddings, subset, { rows, products: plainProducts });
  const batch = createOfflineSampler(labels, random, triplets, { triplets: 4 }).next();
  // Rows 0, 1, 4 and 5 have a positive in the subset; 6 has none and is a negative only.
  assert.deepEqual([...batch].filter((_, i) => i % 3 === 0).sort(), [0, 1, 4, 5]);
  for (let t = 0; t < 12; t += 3) {
    assert.equal(labels[batch[t]], labels[batch[t + 1]]);
    assert.notEqual(labels[batch[t]], labels[batch[t + 2]]);
  }
});

test("createOfflineSampler() begins anew with replaced triplets", () => {
  const sampler = createOfflineSampler(labels, createRandom(1), mined, { triplets: 1 });
  sampler.next();
  sampler.replace(rowTriplets([3, 2, 7]));
  assert.deepEqual(triplesOf(sampler.next()), ["3 2 7"]);
});

test("createOfflineSampler() restored draws the same batches, bit for bit, also of triplets mined later", () => {
  for (const before of [0, 1, 4]) {
    const [expected, resumed] = continued(
      (random) => createOfflineSampler(labels, random, mined, { triplets: 2 }),
      before,
      9,
    );
    assert.deepEqual(resumed, expected);
  }
  const random = createRandom(5);
  const original = createOfflineSampler(labels, random, mined, { triplets: 2 });
  original.replace(rowTriplets([3, 2, 7], [5, 4, 0], [6, 7, 1]));
  original.next();
  const resumed = createOfflineSampler(labels, createRandom(random.state()), mined, { triplets: 2 });
  resumed.restore(original.state());
  assert.deepEqual(draw(resumed, 5), draw(original, 5));
});

test("createOfflineSampler() refuses what is no triplet of the data", () => {
  const make = (triplets: RowTriplets) => () => createOfflineSampler(labels, createRandom(1), triplets);
  assert.throws(make(rowTriplets()), /current value is 0 rows \(of 4 identities with 8 images\)/);
  for (const wrong of [
    [0, 0, 2],
    [0, 2, 4],
    [0, 1, 1],
    [0, 1, 8],
    [8, 9, 0],
  ] as [number, number, number][]) {
    assert.throws(
      make(rowTriplets([0, 1, 2], wrong)),
      new RegExp(`triplet 1 is the rows ${wrong.join(", ")} `),
    );
  }
  const sampler = createOfflineSampler(labels, createRandom(1), mined);
  assert.throws(() => sampler.restore({ order: [], position: 0 }), /holds triplets, current value is none/);
  assert.throws(
    () => createOfflineSampler(labels, createRandom(1), mined, { triplets: 0 }),
    /triplets must be an integer of at least 1, current value is 0/,
  );
});
