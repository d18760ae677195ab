import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { createSampler } from "../../lib/samplers/identities";
import { continued } from "./samplers";

test("createSampler() draws P identities of K images, each identity once in a batch", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 12 }),
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 2, max: 4 }),
      fc.integer(),
      (sizes, p, k, seed) => {
        fc.pre(sizes.filter((size) => size > 1).length >= 2);
        const labels = Int32Array.from(sizes.flatMap((size, id) => Array.from({ length: size }, () => id)));
        const sampler = createSampler(labels, createRandom(seed), { identities: p, images: k });
        for (let b = 0; b < 5; b++) {
          const batch = sampler.next();
          assert.equal(batch.length, sampler.batchSize);
          const groups: number[] = [];
          for (let i = 0; i < batch.length; i += k) {
            const group = [...batch.subarray(i, i + k)];
            const label = labels[group[0]];
            assert.ok(group.every((row) => labels[row] === label));
            assert.ok(new Set(group).size >= Math.min(k, sizes[label]) && sizes[label] > 1);
            groups.push(label);
          }
          assert.equal(new Set(groups).size, groups.length);
        }
      },
    ),
  );
});

test("createSampler() sees every usable identity before any for the second time", () => {
  const labels = Int32Array.from({ length: 24 }, (_, i) => i >> 1);
  const sampler = createSampler(labels, createRandom(1), { identities: 4, images: 2 });
  const seen = new Set([0, 1, 2].flatMap(() => [...sampler.next()].map((row) => labels[row])));
  assert.equal(seen.size, 12);
});

test("createSampler() adds negatives of identities that are not in the batch", () => {
  const labels = Int32Array.from([0, 0, 1, 1, 2, 3, 4, 5]);
  const sampler = createSampler(labels, createRandom(1), { identities: 2, images: 2, extraNegatives: 5 });
  const batch = sampler.next();
  assert.equal(batch.length, 9);
  assert.ok([...batch.subarray(4)].every((row) => labels[row] >= 2));
});

test("createSampler() expresses the paper's batch: 40 faces of an identity and random negatives, 1,800 in all", () => {
  const labels = Int32Array.from({ length: 4000 }, (_, i) => i % 90);
  const options = { identities: 30, images: 40, extraNegatives: 600 };
  const sampler = createSampler(labels, createRandom(1), options);
  const batch = sampler.next();
  assert.equal(batch.length, 1800);
  assert.equal(sampler.batchSize, 1800);
  assert.equal(new Set(batch).size, 1800);
  const core = new Set(batch.subarray(0, 1200).map((row) => labels[row]));
  assert.equal(core.size, 30);
  assert.ok(batch.subarray(1200).every((row) => !core.has(labels[row])));
  // Without extra negatives: 45 × 40.
  assert.equal(createSampler(labels, createRandom(1), { identities: 45, images: 40 }).next().length, 1800);
});

test("createSampler() repeats extra negatives only when there are too few", () => {
  const labels = Int32Array.from([0, 0, 1, 1, 2, 3]);
  const sampler = createSampler(labels, createRandom(1), { identities: 2, images: 2, extraNegatives: 5 });
  const extra = sampler.next().subarray(4);
  assert.equal(extra.length, 5);
  assert.deepEqual([...new Set(extra)].sort(), [4, 5]);
});

test("createSampler() refuses extra negatives when the batch takes every identity", () => {
  assert.throws(
    () =>
      createSampler(Int32Array.from([0, 0, 1, 1, 1]), createRandom(1), { identities: 2, extraNegatives: 1 }),
    /identities outside the batch are needed, current value is 2 in the batch of 2 identities with 5 images/,
  );
});

test("createSampler() refuses sizes out of range", () => {
  const labels = Int32Array.from([0, 0, 1, 1]);
  for (const [options, message] of [
    [{ identities: 1 }, /identities must be an integer of at least 2, current value is 1/],
    [{ images: 2.5 }, /images must be an integer of at least 2, current value is 2.5/],
    [{ extraNegatives: -1 }, /extra negatives must be an integer of at least 0, current value is -1/],
  ] as const) {
    assert.throws(() => createSampler(labels, createRandom(1), options), message);
  }
});

test("createSampler() explains when no batch can hold a positive pair", () => {
  assert.throws(
    () => createSampler(Int32Array.from([0, 1, 2, 2]), createRandom(1)),
    /at least two identities with two or more images are needed, current value is 1 \(of 3 identities with 4 images\)/,
  );
});

test("createSampler() restored draws the same batches, bit for bit", () => {
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 7);
  const options = { identities: 3, images: 4, extraNegatives: 5 };
  for (const before of [0, 1, 5]) {
    const [expected, resumed] = continued((random) => createSampler(labels, random, options), before, 9);
    assert.deepEqual(resumed, expected);
  }
});
