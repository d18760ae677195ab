import assert from "node:assert/strict";
import test from "node:test";
import { drawn } from "../../lib/miners/drawn";
import { lineBatch, listOf } from "./batches";

test("drawn() takes rows 3t, 3t + 1 and 3t + 2 as the triplets that they are", () => {
  const batch = lineBatch([0, 1, 5, 2, 3, 9], [4, 4, 7, 7, 7, 1]);
  const triplets = drawn(batch);
  assert.deepEqual(listOf(triplets), ["0 1 2", "3 4 5"]);
  assert.equal(triplets.possible, 2);
  assert.equal(drawn(lineBatch([], [])).count, 0);
});

test("drawn() refuses a batch that no offline sampler drew", () => {
  assert.throws(() => drawn(lineBatch([0, 1, 2], [1, 2, 3])), /current labels are 1, 2, 3/);
  assert.throws(() => drawn(lineBatch([0, 1, 2], [1, 1, 1])), /current labels are 1, 1, 1/);
  assert.throws(() => drawn(lineBatch([0, 1], [1, 1])), /rows 0, 1, 2 must be two of one identity/);
});
