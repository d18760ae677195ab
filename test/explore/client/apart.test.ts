import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../../lib/core/random";
import { apart } from "../../../lib/explore/client/apart";

test("apart() shows each point in turn that overlaps none before it, and leaves out the others", () => {
  // Squares of 10: points 0 and 1 are 6 apart, 1 and 2 are 6 apart, 0 and 2 are 12 apart; 3 touches 2 and overlaps nothing.
  const screen = Float32Array.of(0, 0, 6, 0, 12, 0, 22, 0);
  assert.deepEqual([...apart([0, 1, 2, 3], screen, () => 10, 10)], [1, 0, 1, 1]);
  assert.deepEqual([...apart([1, 0, 2, 3], screen, () => 10, 10)], [0, 1, 0, 1]);
  // A point that comes twice does not stand in its own way, and one that never comes is not shown.
  assert.deepEqual([...apart([2, 2, 0], screen, () => 10, 10)], [1, 0, 1, 0]);
});

test("apart() decides as comparing with all points before does, whatever the sides", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, most) => {
      const random = createRandom(seed);
      const screen = Float32Array.from({ length: 80 }, () => 300 * random.next() - 50);
      const sides = Array.from({ length: 40 }, () => most * random.next());
      const expected: number[] = [];
      for (let i = 0; i < 40; i++) {
        const free = expected.every((j) => {
          const [x, y] = [screen[2 * i] - screen[2 * j], screen[2 * i + 1] - screen[2 * j + 1]];
          return Math.max(Math.abs(x), Math.abs(y)) >= (sides[i] + sides[j]) / 2;
        });
        if (free) expected.push(i);
      }
      const shown = apart(sides.keys(), screen, (point) => sides[point], most);
      assert.deepEqual(
        [...sides.keys()].filter((point) => shown[point]),
        expected,
      );
    }),
  );
});
