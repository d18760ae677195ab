import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { takeRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { dealIdentities, holdOut } from "../../lib/evaluate/holdOut";
import { meanAndStandardError } from "../../lib/evaluate/statistics";
import { assertClose } from "../gradients";
import { clusteredEmbeddings } from "./embeddings";

test("dealIdentities() gives every row to one set and no identity to two", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 5 }), (seed, splits) => {
      const { labels } = clusteredEmbeddings(seed, 120, 25);
      const sets = dealIdentities(labels, splits, createRandom(seed));
      assert.deepEqual(
        sets.flat().sort((a, b) => a - b),
        Array.from(labels.keys()),
      );
      const people = sets.map((rows) => new Set(rows.map((row) => labels[row])));
      assert.equal(
        people.reduce((sum, set) => sum + set.size, 0),
        new Set(labels).size,
      );
    }),
    { numRuns: 50 },
  );
});

test("holdOut() is the mean and standard error of VAL over the sets, each with its own threshold", () => {
  const { x, labels } = clusteredEmbeddings(2, 200, 30, 8, 0.6);
  const { points, splits } = holdOut(x, labels, createRandom(3), { fars: [0.1, 0.01, 1e-6] });
  const sets = dealIdentities(labels, 5, createRandom(3));
  const vals = sets.map((rows) => {
    const own = rows.map((row) => labels[row]);
    return allPairsVal(takeRows(x, rows), own, { fars: [0.1] }).points[0].val;
  });
  const { mean, standardError } = meanAndStandardError(vals);
  assertClose([points[0].val, points[0].standardError], [mean, standardError], 1e-12);
  assert.equal(
    splits.reduce((sum, split) => sum + split.identities, 0),
    new Set(labels).size,
  );
  // One in a million is less than one of a set's pairs.
  assert.deepEqual(
    points.map((point) => point.far),
    [0.1, 0.01],
  );
});

test("holdOut() refuses more splits than the identities allow", () => {
  const { x, labels } = clusteredEmbeddings(1, 40, 8);
  assert.throws(
    () => holdOut(x, labels, createRandom(1)),
    /10 identities, 5 of them with two images, are needed/,
  );
});
