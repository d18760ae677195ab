import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { contrastiveLoss } from "../../lib/losses/contrastive";
import { balancedPairs, drawnPairs } from "../../lib/miners/balancedPairs";
import { createPairSampler } from "../../lib/samplers/pairs";
import { createObjective } from "../../lib/train/objectives";

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

test("drawnPairs() takes a pair sampler's batch as it is, and refuses another", () => {
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 8);
  const rows = createPairSampler(labels, createRandom(1), { pairs: 6 }).next();
  const drawn = rows.map((row) => labels[row]);
  assert.deepEqual(drawnPairs(drawn), {
    count: 12,
    first: Int32Array.from({ length: 12 }, (_, t) => 2 * t),
    second: Int32Array.from({ length: 12 }, (_, t) => 2 * t + 1),
    same: Uint8Array.from({ length: 12 }, (_, t) => (t < 6 ? 1 : 0)),
  });
  assert.throws(
    () => drawnPairs(Int32Array.of(1, 1, 2, 2)),
    /current value is 4 rows, and pair 1 of labels 2 and 2/,
  );
  assert.throws(() => drawnPairs(Int32Array.of(1, 1, 2)), /current value is 3 rows/);
});

test("the contrastive loss of a pair sampler's batch is that of its pairs alone", () => {
  const random = createRandom(2);
  const classes = Int32Array.of(0, 0, 1, 1, 0, 1, 1, 2);
  const x = matrix(
    8,
    4,
    Float32Array.from({ length: 32 }, () => random.normal()),
  );
  const context = { classes: 3, dimension: 4, random: createRandom(3), pairsDrawn: true };
  const { loss, terms } = createObjective({ name: "contrastive" }, context).evaluate(
    x,
    classes,
    new Float32Array(0),
  );
  assert.equal(terms, 4);
  assert.ok(Math.abs(loss - contrastiveLoss(x, drawnPairs(classes)).loss) < 1e-5);
});
