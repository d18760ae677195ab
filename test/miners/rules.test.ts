import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { allTriplets } from "../../lib/miners/allTriplets";
import { batchHard } from "../../lib/miners/batchHard";
import { semiHardNearest } from "../../lib/miners/semiHardNearest";
import { semiHardRandom } from "../../lib/miners/semiHardRandom";
import type { MiningBatch, Triplets } from "../../lib/miners/triplets";

/** Points on a line: squared distances that a reader can check by eye. */
function lineBatch(positions: readonly number[], labels: readonly number[]): MiningBatch {
  const size = positions.length;
  const distances = new Float32Array(size * size);
  positions.forEach((x, i) => {
    positions.forEach((y, j) => {
      distances[i * size + j] = (x - y) ** 2;
    });
  });
  return { size, distances, labels: Int32Array.from(labels) };
}

const batches = fc
  .integer({ min: 2, max: 10 })
  .chain((n) =>
    fc.tuple(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: n, maxLength: n }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: n, maxLength: n }),
    ),
  )
  .map(([positions, labels]) =>
    lineBatch(
      positions.map((p) => p / 10),
      labels,
    ),
  );

const listOf = (t: Triplets): string[] =>
  Array.from({ length: t.count }, (_, i) => `${t.anchor[i]} ${t.positive[i]} ${t.negative[i]}`).sort();

/** The oracle: filter all triplets by the definition, in the order of the text. */
function bruteForce(
  batch: MiningBatch,
  keep: (a: number, p: number, n: number, d: (i: number, j: number) => number) => boolean,
): string[] {
  const d = (i: number, j: number): number => batch.distances[i * batch.size + j];
  const all = allTriplets(batch);
  const kept: string[] = [];
  for (let t = 0; t < all.count; t++) {
    const [a, p, n] = [all.anchor[t], all.positive[t], all.negative[t]];
    if (keep(a, p, n, d)) kept.push(`${a} ${p} ${n}`);
  }
  return kept.sort();
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test("allTriplets() enumerates P·K·(K−1)·(P−1)·K triplets of a P×K batch", () => {
  const labels = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3];
  assert.equal(allTriplets(lineBatch(labels, labels)).count, 4 * 3 * 2 * 3 * 3);
});

test("semiHardNearest() takes the nearest negative beyond the positive", () => {
  // Anchor 0 with positive at 1 (D = 1): negatives at 0.5 (D = .25, nearer), 1.05 (D = 1.1025), 1.08 (D = 1.1664), 3.
  const batch = lineBatch([0, 1, 0.5, 1.08, 1.05, 3], [0, 0, 1, 1, 2, 2]);
  assert.ok(listOf(semiHardNearest(batch, 0.2)).includes("0 1 4"));
  assert.ok(!listOf(semiHardNearest(batch, 0.05)).some((t) => t.startsWith("0 1 ")));
});

test("semiHardNearest() equals brute force as a set", () => {
  fc.assert(
    fc.property(batches, fc.constantFrom(0.05, 0.2, 1), (batch, margin) => {
      const expected = bruteForce(batch, (a, p, n, d) => {
        const semiHard = (m: number): boolean =>
          batch.labels[m] !== batch.labels[a] && d(a, m) > d(a, p) && d(a, m) < d(a, p) + margin;
        const better = (m: number): boolean =>
          semiHard(m) && (d(a, m) < d(a, n) || (d(a, m) === d(a, n) && m < n));
        return semiHard(n) && !range(batch.size).some(better);
      });
      assert.deepEqual(listOf(semiHardNearest(batch, margin)), expected);
    }),
  );
});

test("semiHardRandom() draws only semi-hard negatives, one for every pair that has any", () => {
  fc.assert(
    fc.property(batches, fc.integer(), (batch, seed) => {
      const drawn = listOf(semiHardRandom(batch, 0.3, createRandom(seed)));
      const allowed = new Set(
        bruteForce(batch, (a, p, n, d) => d(a, n) > d(a, p) && d(a, n) < Math.fround(d(a, p) + 0.3)),
      );
      assert.ok(drawn.every((t) => allowed.has(t)));
      const pairs = (list: Iterable<string>): Set<string> =>
        new Set([...list].map((t) => t.split(" ").slice(0, 2).join(" ")));
      assert.deepEqual(pairs(drawn), pairs(allowed));
      assert.equal(drawn.length, pairs(drawn).size);
    }),
  );
});

test("semiHardRandom() reaches every semi-hard negative", () => {
  const batch = lineBatch([0, 1, 1.02, 1.04, 1.06], [0, 0, 1, 2, 3]);
  const random = createRandom(1);
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++) for (const t of listOf(semiHardRandom(batch, 0.2, random))) seen.add(t);
  for (const n of [2, 3, 4]) assert.ok(seen.has(`0 1 ${n}`));
});

test("batchHard() equals brute force as a set", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const expected = bruteForce(batch, (a, p, n, d) => {
        const same = (m: number): boolean => m !== a && batch.labels[m] === batch.labels[a];
        const farther = (m: number): boolean =>
          same(m) && (d(a, m) > d(a, p) || (d(a, m) === d(a, p) && m < p));
        const other = (m: number): boolean => batch.labels[m] !== batch.labels[a];
        const nearer = (m: number): boolean =>
          other(m) && (d(a, m) < d(a, n) || (d(a, m) === d(a, n) && m < n));
        return !range(batch.size).some(farther) && !range(batch.size).some(nearer);
      });
      assert.deepEqual(listOf(batchHard(batch)), expected);
    }),
  );
});

test("the miners give no triplet for one identity and refuse sizes that do not fit", () => {
  const alone = lineBatch([0, 1, 2], [5, 5, 5]);
  for (const mine of [semiHardNearest, batchHard, allTriplets]) assert.equal(mine(alone, 0.2).count, 0);
  assert.throws(() => batchHard({ ...alone, size: 4 }), /16 distances and 4 labels are needed/);
});
