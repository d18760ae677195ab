import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { createDeck } from "../../lib/samplers/deck";

const items = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 12 });

test("createDeck() takes no item twice in one call of at most all items", () => {
  fc.assert(
    fc.property(items, fc.array(fc.nat(), { maxLength: 8 }), fc.integer(), (all, sizes, seed) => {
      const deck = createDeck(all, createRandom(seed));
      for (const size of sizes) {
        const taken = deck.take(size % (all.length + 1));
        assert.equal(new Set(taken).size, taken.length);
        assert.ok(taken.every((item) => all.includes(item)));
      }
    }),
  );
});

test("createDeck() draws every item equally often over whole passes", () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 30 }), fc.integer(), (all, size, seed) => {
      const deck = createDeck(all, createRandom(seed));
      const taken = Array.from({ length: all.length }, () => deck.take(size)).flat();
      for (const item of all) assert.equal(taken.filter((other) => other === item).length, size);
    }),
  );
});

test("createDeck() shuffles: each of the 24 orders of four items comes about equally often", () => {
  const random = createRandom(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 2400; i++) {
    const order = createDeck([1, 2, 3, 4], random).take(4).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  // χ² with 23 degrees of freedom: 99.9 % quantile 49.7.
  const chi = [...counts.values()].reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
  assert.ok(chi < 49.7, `χ² ${chi}`);
});

test("createDeck() refuses the state of other items", () => {
  const deck = createDeck([3, 5, 8], createRandom(1));
  for (const state of [
    { order: [3, 5], position: 0 },
    { order: [3, 5, 5], position: 0 },
    { order: [3, 5, 9], position: 0 },
    { order: [3, 5, 8], position: 4 },
    { order: [], position: 1 },
  ]) {
    assert.throws(() => deck.restore(state), /Cannot resume the sampler: .* of the 3 items/);
  }
});
