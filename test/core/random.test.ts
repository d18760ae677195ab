import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";

test("createRandom() gives the same stream for the same seed and another for another", () => {
  const draw = (seed: number): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 50 }, () => random.next());
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  assert.notDeepEqual(draw(7), draw(7 + 2 ** 40));
});

test("createRandom() goes on from a saved state", () => {
  const random = createRandom(3);
  random.next();
  const copy = createRandom(random.state());
  assert.equal(copy.next(), random.next());
  assert.equal(copy.normal(), random.normal());
});

test("createRandom() refuses a seed that is no integer", () => {
  assert.throws(() => createRandom(1.5), /seed must be an integer, current value is 1.5/);
});

test("next() is uniform and normal() has mean 0 and variance 1", () => {
  const random = createRandom(1);
  const n = 40_000;
  let uniform = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i < n; i++) {
    uniform += random.next();
    const z = random.normal();
    first += z;
    second += z * z;
  }
  assert.ok(Math.abs(uniform / n - 0.5) < 0.01);
  assert.ok(Math.abs(first / n) < 0.02);
  assert.ok(Math.abs(second / n - 1) < 0.03);
});

test("integer() reaches every value below n and none else", () => {
  const random = createRandom(5);
  const seen = new Set(Array.from({ length: 500 }, () => random.integer(6)));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5]);
});

test("shuffle() keeps the items", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const shuffled = createRandom(seed).shuffle([...items]);
      assert.deepEqual(
        [...shuffled].sort((a, b) => a - b),
        [...items].sort((a, b) => a - b),
      );
    }),
  );
});

test("fork() gives streams that differ by name and leave the parent alone", () => {
  const random = createRandom(1);
  const before = random.state();
  assert.notEqual(random.fork("a").next(), random.fork("b").next());
  assert.deepEqual(random.state(), before);
});
