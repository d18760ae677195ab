import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { createPairSampler } from "../../lib/samplers/pairs";
import { continued } from "./samplers";

const labelsOf = (sizes: readonly number[]): Int32Array =>
  Int32Array.from(sizes.flatMap((size, id) => Array(size).fill(id)));

test("createPairSampler() draws as many pairs of one identity as of two", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 9 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer(),
      (sizes, pairs, seed) => {
        fc.pre(sizes.filter((size) => size > 1).length >= 2);
        const labels = labelsOf(sizes);
        const sampler = createPairSampler(labels, createRandom(seed), { pairs });
        assert.equal(sampler.batchSize, 4 * pairs);
        for (let b = 0; b < 4; b++) {
          const batch = sampler.next();
          assert.equal(batch.length, 4 * pairs);
          for (let t = 0; t < 2 * pairs; t++) {
            const [i, j] = [batch[2 * t], batch[2 * t + 1]];
            assert.notEqual(i, j);
            assert.equal(labels[i] === labels[j], t < pairs);
          }
        }
      },
    ),
  );
});

test("createPairSampler() sees every usable identity in a same pair before any for the second time", () => {
  const labels = labelsOf([2, 3, 1, 2, 5, 2, 2]);
  const batch = createPairSampler(labels, createRandom(1), { pairs: 6 }).next();
  const same = Array.from({ length: 6 }, (_, t) => labels[batch[2 * t]]);
  assert.deepEqual(same.sort(), [0, 1, 3, 4, 5, 6]);
});

test("createPairSampler() reaches every pair, single images included", () => {
  const labels = Int32Array.from([0, 0, 1, 1, 2]);
  const sampler = createPairSampler(labels, createRandom(1), { pairs: 8 });
  const seen = new Set<string>();
  for (let b = 0; b < 60; b++) {
    const batch = sampler.next();
    for (let i = 0; i < batch.length; i += 2) seen.add(`${batch[i]} ${batch[i + 1]}`);
  }
  // Every ordered pair of different images: two of one identity (0 1, 1 0, 2 3, 3 2), all others of two.
  assert.equal(seen.size, 5 * 4);
});

test("createPairSampler() restored draws the same batches, bit for bit", () => {
  const labels = labelsOf([2, 3, 4, 2, 5]);
  for (const before of [0, 1, 7]) {
    const [expected, resumed] = continued(
      (random) => createPairSampler(labels, random, { pairs: 3 }),
      before,
      9,
    );
    assert.deepEqual(resumed, expected);
  }
});

test("createPairSampler() explains when there can be no pairs", () => {
  assert.throws(
    () => createPairSampler(Int32Array.from([0, 0, 0, 1, 2]), createRandom(1)),
    /current value is 1 \(of 3 identities with 5 images\)/,
  );
  assert.throws(
    () => createPairSampler(Int32Array.from([0, 0, 1, 1]), createRandom(1), { pairs: 0 }),
    /pairs must be an integer of at least 1, current value is 0/,
  );
});
