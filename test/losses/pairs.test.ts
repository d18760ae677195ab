import assert from "node:assert/strict";
import test from "node:test";
import { allPairs } from "../../lib/losses/pairs";

test("allPairs() lists every i < j with its flag", () => {
  const { count, first, second, same } = allPairs(Int32Array.of(7, 8, 7));
  assert.deepEqual([count, ...first], [3, 0, 0, 1]);
  assert.deepEqual([...second], [1, 2, 2]);
  assert.deepEqual([...same], [0, 1, 0]);
});

test("allPairs() of fewer than two rows is empty", () => {
  for (const labels of [new Int32Array(), Int32Array.of(3)]) assert.equal(allPairs(labels).count, 0);
});
