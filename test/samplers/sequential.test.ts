import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { createSequentialSampler } from "../../lib/samplers/sequential";
import { continued, draw } from "./samplers";

const labels: Int32Array = Int32Array.from({ length: 23 }, (_, i) => i % 5);

test("createSequentialSampler() shows every image once per epoch, in full batches without repeats", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 23 }), fc.integer(), (batchSize, seed) => {
      const sampler = createSequentialSampler(labels, createRandom(seed), { batchSize });
      const batches = draw(sampler, 23);
      for (const batch of batches) assert.equal(new Set(batch).size, batchSize);
      // 23 batches are exactly `batchSize` epochs.
      const counts = new Int32Array(23);
      for (const batch of batches) for (const row of batch) counts[row]++;
      assert.ok(counts.every((count) => count === batchSize));
    }),
  );
});

test("createSequentialSampler() shuffles each epoch anew", () => {
  const sampler = createSequentialSampler(labels, createRandom(1), { batchSize: 23 });
  const [first, second] = draw(sampler, 2);
  assert.notDeepEqual(first, second);
  assert.deepEqual(first.toSorted(), second.toSorted());
});

test("createSequentialSampler() restored draws the same batches, bit for bit", () => {
  for (const before of [0, 1, 5]) {
    const [expected, resumed] = continued(
      (random) => createSequentialSampler(labels, random, { batchSize: 6 }),
      before,
      9,
    );
    assert.deepEqual(resumed, expected);
  }
});

test("createSequentialSampler() explains what it cannot draw", () => {
  const few = (batchSize: number) => () => createSequentialSampler(labels, createRandom(1), { batchSize });
  assert.throws(few(24), /a batch of 24 needs as many images, current value is 23 \(of 5 identities\)/);
  assert.throws(few(1), /the batch size must be an integer of at least 2, current value is 1/);
  assert.throws(
    () => createSequentialSampler(Int32Array.from([0, 1, 2]), createRandom(1), { batchSize: 2 }),
    /at least two identities with two or more images are needed, current value is 0 \(of 3 identities with 3 images\)/,
  );
});
