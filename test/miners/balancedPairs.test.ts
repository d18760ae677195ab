import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { balancedPairs } from "../../lib/miners/balancedPairs";

test("balancedPairs() gives every pair of one identity once, and as many of two", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }), fc.integer(), (list, seed) => {
      const labels = Int32Array.from(list);
      const pairs = balancedPairs(labels, createRandom(seed));
      const wanted: string[] = [];
      list.forEach((a, i) => {
        list.forEach((b, j) => {
          if (i < j && a === b) wanted.push(`${i} ${j}`);
        });
      });
      const several = new Set(list).size > 1;
      const all = Array.from({ length: pairs.count }, (_, t) => t);
      const same = all.filter((t) => pairs.same[t] === 1).map((t) => `${pairs.first[t]} ${pairs.second[t]}`);
      assert.deepEqual(same, several ? wanted : []);
      assert.equal(pairs.count, 2 * same.length);
      for (const t of all)
        assert.equal(labels[pairs.first[t]] === labels[pairs.second[t]] ? 1 : 0, pairs.same[t]);
    }),
  );
});

test("balancedPairs() reaches every pair of two identities", () => {
  const random = createRandom(1);
  const seen = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const { count, first, second, same } = balancedPairs(Int32Array.of(0, 0, 1, 2), random);
    for (let t = 0; t < count; t++) if (!same[t]) seen.add([first[t], second[t]].sort().join(" "));
  }
  assert.deepEqual([...seen].sort(), ["0 2", "0 3", "1 2", "1 3", "2 3"]);
});
