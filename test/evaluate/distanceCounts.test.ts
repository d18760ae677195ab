import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { DistanceHistogram, SortedDistances } from "../../lib/evaluate/distanceCounts";

/** Bits of float32 values ≥ 0, many of them equal. */
function bitsOf(seed: number, count: number): Uint32Array {
  const random = createRandom(seed);
  const values = Float32Array.from(
    { length: count },
    () => Math.floor(random.next() * 50) / 2 ** random.integer(30),
  );
  return new Uint32Array(values.buffer);
}

/** Counting with a map: slow and obvious. */
function counted(same: Uint32Array, different: Uint32Array): [number, number, number][] {
  const all = [...new Set([...same, ...different])].sort((a, b) => a - b);
  const times = (values: Uint32Array, value: number): number => values.filter((v) => v === value).length;
  return all.map((value) => [value, times(same, value), times(different, value)]);
}

test("SortedDistances and DistanceHistogram visit every value once, ascending, with how often it came", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      (seed, few, many) => {
        const same = bitsOf(seed, few);
        const different = bitsOf(seed + 1, many);
        for (const kind of [SortedDistances, DistanceHistogram]) {
          const counters = [same, different].map((bits) => {
            const counter = new kind(bits.length);
            // In two parts, the second of a range inside the array.
            const middle = bits.length >> 1;
            counter.add(bits, 0, middle);
            counter.add(bits, middle, bits.length);
            counter.finish();
            assert.equal(counter.total, bits.length);
            return counter;
          });
          const visited: [number, number, number][] = [];
          const [a, b] = counters as [
            SortedDistances & DistanceHistogram,
            SortedDistances & DistanceHistogram,
          ];
          kind.visitBoth(a, b, (value, s, d) => visited.push([value, s, d]));
          assert.deepEqual(visited, counted(same, different), kind.name);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("DistanceHistogram counts more values of one drawer than wait at once", () => {
  const bits = new Uint32Array(
    Float32Array.from({ length: 100_000 }, (_, i) => 1 + (i % 7) * 2 ** -20).buffer,
  );
  const [same, none] = [new DistanceHistogram(bits.length), new DistanceHistogram(0)];
  same.add(bits, 0, bits.length);
  same.finish();
  none.finish();
  const counts: number[] = [];
  DistanceHistogram.visitBoth(same, none, (_, s) => counts.push(s));
  assert.deepEqual(counts, [14286, 14286, 14286, 14286, 14286, 14285, 14285]);
});
