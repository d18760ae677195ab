import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { createSampler } from "../../lib/train/sampler";

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

test("createSampler() explains when no batch can hold a positive pair", () => {
  assert.throws(
    () => createSampler(Int32Array.from([0, 1, 2, 2]), createRandom(1)),
    /at least two identities with two or more images are needed, current value is 1 \(of 3\)/,
  );
});
