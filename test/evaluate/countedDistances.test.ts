import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { addCounts, countedDistances, emptyCounts, pairCountsOf } from "../../lib/evaluate/countedDistances";
import { pairBlocks } from "../../lib/evaluate/pairCounts";
import { clusteredEmbeddings } from "./embeddings";

test("addCounts() of the parts of all pairs is the count of the whole, however they are cut and in any order", () => {
  const { x, labels } = clusteredEmbeddings(3, 60, 7, 4, 0.5);
  const blocks = pairBlocks(x, labels, { block: 10 });
  const whole = countedDistances(blocks.countPairs());
  assert.equal(blocks.count, 21);
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 20 })), fc.boolean(), (cuts, backwards) => {
      const bounds = [0, ...cuts.toSorted((a, b) => a - b), blocks.count];
      const parts = bounds.slice(1).map((to, i) => countedDistances(blocks.countPairs(bounds[i], to)));
      const sum = (backwards ? parts.toReversed() : parts).reduce(addCounts, emptyCounts(0));
      assert.deepEqual(sum.bits, whole.bits);
      assert.deepEqual([...sum.same], [...whole.same]);
      assert.deepEqual([...sum.different], [...whole.different]);
    }),
    { numRuns: 20 },
  );
});

test("pairCountsOf() visits what was counted, ascending", () => {
  // Hand-worked: 5 occurs in both, 3 and 9 in one.
  const a = { bits: Uint32Array.of(3, 5), same: Float64Array.of(1, 2), different: Float64Array.of(0, 4) };
  const b = { bits: Uint32Array.of(5, 9), same: Uint32Array.of(1, 0), different: Uint32Array.of(1, 7) };
  const counts = pairCountsOf(addCounts(a, b));
  const seen: number[][] = [];
  counts.forEach((...row) => void seen.push(row));
  assert.deepEqual(seen, [
    [3, 1, 0],
    [5, 3, 5],
    [9, 0, 7],
  ]);
  assert.deepEqual([counts.samePairs, counts.differentPairs], [4, 12]);
});
