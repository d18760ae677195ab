import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { plainProducts } from "../../lib/evaluate/distances";
import { miningBatch } from "../../lib/miners/batch";
import { batchHard } from "../../lib/miners/batchHard";
import { offlineTriplets } from "../../lib/miners/offline";
import { listOf } from "./batches";

const products = plainProducts;

/** Points on a circle, seven identities in turn. */
function circle(count: number, seed: number) {
  const random = createRandom(seed);
  const angles = Array.from({ length: count }, () => 2 * Math.PI * random.next());
  const embeddings = matrixFromRows(angles.map((angle) => [Math.cos(angle), Math.sin(angle)]));
  return { embeddings, labels: Int32Array.from({ length: count }, (_, i) => i % 7) };
}

test("offlineTriplets() equals batch-hard on the whole subset, whatever the block", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer(),
      (n, block, seed) => {
        const { embeddings, labels } = circle(n, seed);
        const expected = listOf(batchHard(miningBatch(embeddings, labels, { products })));
        assert.deepEqual(listOf(offlineTriplets(embeddings, labels, { block, products })), expected);
      },
    ),
  );
});

test("offlineTriplets() takes the farthest positive and the nearest negative by hand", () => {
  // Unit vectors at 0°, 30°, 90°, 100°, 180°: anchor 0 (identity 5) has positives at 30° and 90°, negatives at 100° and 180°.
  const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const embeddings = matrixFromRows([0, 30, 90, 100, 180].map(at));
  const found = offlineTriplets(embeddings, Int32Array.from([5, 5, 5, 6, 6]), { products });
  assert.deepEqual(listOf(found), ["0 2 3", "1 2 3", "2 0 3", "3 4 2", "4 3 2"]);
});

test("offlineTriplets() names rows of the data set", () => {
  const { embeddings, labels } = circle(14, 1);
  const rows = Int32Array.from({ length: 14 }, (_, i) => 100 + 3 * i);
  const own = offlineTriplets(embeddings, labels, { products });
  const named = offlineTriplets(embeddings, labels, { rows, products });
  assert.deepEqual(
    named.negative,
    own.negative.map((row) => rows[row]),
  );
  assert.deepEqual(
    named.anchor,
    own.anchor.map((row) => rows[row]),
  );
  assert.deepEqual(
    named.positive,
    own.positive.map((row) => rows[row]),
  );
});

test("offlineTriplets() gives nothing without a positive or a negative, and names what does not fit", () => {
  const { embeddings } = circle(3, 1);
  assert.equal(offlineTriplets(embeddings, Int32Array.from([1, 1, 1]), { products }).count, 0);
  assert.equal(offlineTriplets(embeddings, Int32Array.from([1, 2, 3]), { products }).count, 0);
  assert.equal(offlineTriplets(matrix(0, 2), new Int32Array(0), { products }).count, 0);
  assert.throws(() => offlineTriplets(embeddings, new Int32Array(2)), /3 labels are needed/);
  assert.throws(
    () => offlineTriplets(embeddings, new Int32Array(3), { rows: [1] }),
    /current values are 1 and/,
  );
  assert.throws(() => offlineTriplets(embeddings, new Int32Array(3), { block: 0 }), /and 0$/);
});
