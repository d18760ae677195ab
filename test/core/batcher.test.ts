import assert from "node:assert/strict";
import test from "node:test";
import { createBatcher } from "../../lib/core/batcher";

test("createBatcher() answers each request, in full batches where there are enough", async () => {
  const sizes: number[] = [];
  const double = createBatcher(3, (batch: readonly number[]) => {
    sizes.push(batch.length);
    return batch.map((value) => 2 * value);
  });
  assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(double)), [2, 4, 6, 8, 10, 12, 14]);
  assert.deepEqual(sizes, [3, 3, 1]);
  assert.equal(await double(8), 16);
});

test("createBatcher() refuses the requests of a batch that fails, and goes on with the next", async () => {
  const halve = createBatcher(2, async (batch: readonly number[]) => {
    if (batch.some((value) => value % 2)) throw new RangeError("odd");
    return batch.map((value) => value / 2);
  });
  const answers = await Promise.allSettled([2, 3, 4, 6].map(halve));
  assert.deepEqual(
    answers.map(({ status }) => status),
    ["rejected", "rejected", "fulfilled", "fulfilled"],
  );
});
