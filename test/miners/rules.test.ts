import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { allTriplets } from "../../lib/miners/allTriplets";
import type { MiningBatch } from "../../lib/miners/batch";
import { batchHard } from "../../lib/miners/batchHard";
import { easyPositive } from "../../lib/miners/easyPositive";
import { hardestNegative } from "../../lib/miners/hardestNegative";
import { type MiningRule, miningRuleNames, miningRules } from "../../lib/miners/rules";
import { semiHardNearest } from "../../lib/miners/semiHardNearest";
import { batches, bruteForce, type Distance, isBest, lineBatch, listOf, pairsOf } from "./batches";

const margins = fc.constantFrom(0.05, 0.2, 1);

const nearestFirst =
  (a: number, d: Distance) =>
  (m: number, other: number): number =>
    d(a, m) - d(a, other);

const negativeOf =
  ({ labels }: MiningBatch, a: number) =>
  (m: number): boolean =>
    labels[m] !== labels[a];

const positiveOf =
  ({ labels }: MiningBatch, a: number) =>
  (m: number): boolean =>
    m !== a && labels[m] === labels[a];

test("allTriplets() enumerates P·K·(K−1)·(P−1)·K triplets of a P×K batch", () => {
  const labels = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3];
  assert.equal(allTriplets(lineBatch(labels, labels)).count, 4 * 3 * 2 * 3 * 3);
});

test("allTriplets() equals three nested loops as a set", () => {
  fc.assert(fc.property(batches, (batch) => assert.deepEqual(listOf(allTriplets(batch)), bruteForce(batch))));
});

test("allTriplets() refuses more triplets than the limit, before it lists any", () => {
  const labels = Array.from({ length: 1800 }, (_, i) => Math.floor(i / 40));
  const batch = { size: 1800, distances: new Float32Array(1800 ** 2), labels: Int32Array.from(labels) };
  // 1,800 anchors × 39 positives × 1,760 negatives
  assert.throws(() => allTriplets({ ...batch, dimension: 128 }), {
    name: "LabError",
    message: /at most 10000000, current value is 123552000/,
  });
  const four = lineBatch([0, 1, 2, 3], [0, 0, 1, 1]);
  assert.throws(() => allTriplets(four, { limit: 7 }), /current value is 8\b/);
  assert.equal(allTriplets(four, { limit: 8 }).count, 8);
});

test("semiHardNearest() takes the nearest negative beyond the positive", () => {
  // Anchor 0 with positive at 1 (D = 1): negatives at 0.5 (D = .25, nearer), 1.05 (D = 1.1025), 1.08 (D = 1.1664), 3.
  const batch = lineBatch([0, 1, 0.5, 1.08, 1.05, 3], [0, 0, 1, 1, 2, 2]);
  assert.ok(listOf(semiHardNearest(batch, 0.2)).includes("0 1 4"));
  assert.ok(!listOf(semiHardNearest(batch, 0.05)).some((t) => t.startsWith("0 1 ")));
});

test("semiHardNearest() equals brute force as a set", () => {
  fc.assert(
    fc.property(batches, margins, (batch, margin) => {
      const expected = bruteForce(batch, (a, p, n, d) => {
        const semiHard = (m: number): boolean =>
          negativeOf(batch, a)(m) && d(a, m) > d(a, p) && d(a, m) < d(a, p) + margin;
        return isBest(batch, n, semiHard, nearestFirst(a, d));
      });
      assert.deepEqual(listOf(semiHardNearest(batch, margin)), expected);
    }),
  );
});

test("semiHardNearest() equals brute force for distances of any magnitude, down to denormal ones", () => {
  const magnitudes = fc.oneof(
    fc.float({ min: 0, max: 4, noNaN: true }),
    fc.integer({ min: -149, max: 1 }).map((e) => 2 ** e),
  );
  fc.assert(
    fc.property(fc.array(magnitudes, { minLength: 81, maxLength: 81 }), (values) => {
      const labels = Int32Array.from([0, 0, 0, 0, 0, 1, 1, 2, 3]);
      const batch = { size: 9, distances: Float32Array.from(values), labels, dimension: 3 };
      const expected = bruteForce(batch, (a, p, n, d) => {
        const semiHard = (m: number): boolean =>
          negativeOf(batch, a)(m) && d(a, m) > d(a, p) && d(a, m) < d(a, p) + 0.2;
        return isBest(batch, n, semiHard, nearestFirst(a, d));
      });
      assert.deepEqual(listOf(semiHardNearest(batch, 0.2)), expected);
    }),
    { numRuns: 500 },
  );
});

test("batchHard() equals brute force as a set", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const expected = bruteForce(
        batch,
        (a, p, n, d) =>
          isBest(batch, p, positiveOf(batch, a), (m, other) => nearestFirst(a, d)(other, m)) &&
          isBest(batch, n, negativeOf(batch, a), nearestFirst(a, d)),
      );
      assert.deepEqual(listOf(batchHard(batch)), expected);
    }),
  );
});

test("hardestNegative() equals brute force as a set", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const expected = bruteForce(batch, (a, _, n, d) =>
        isBest(batch, n, negativeOf(batch, a), nearestFirst(a, d)),
      );
      assert.deepEqual(listOf(hardestNegative(batch)), expected);
    }),
  );
});

test("easyPositive() equals brute force as a set, with both choices of the negative", () => {
  fc.assert(
    fc.property(batches, fc.constantFrom("semi-hard" as const, "hardest" as const), (batch, negative) => {
      const expected = bruteForce(batch, (a, p, n, d) => {
        const allowed = (m: number): boolean =>
          negativeOf(batch, a)(m) && (negative === "hardest" || d(a, m) > d(a, p));
        return (
          isBest(batch, p, positiveOf(batch, a), nearestFirst(a, d)) &&
          isBest(batch, n, allowed, nearestFirst(a, d))
        );
      });
      assert.deepEqual(listOf(easyPositive(batch, { negative })), expected);
    }),
  );
});

test("easyPositive() puts the nearest positive before the nearest negative beyond it", () => {
  // Anchor 0: positives at 2 (D = 4) and −1 (D = 1), negatives at 0.5 (D = .25) and 3 (D = 9).
  const batch = lineBatch([0, 2, -1, 0.5, 3], [0, 0, 0, 1, 1]);
  assert.ok(listOf(easyPositive(batch)).includes("0 2 4"));
  assert.ok(listOf(easyPositive(batch, { negative: "hardest" })).includes("0 2 3"));
});

/** What a rule promises at most: one triplet for every … */
const places: Readonly<Record<MiningRule, "anchor" | "pair" | "triplet">> = {
  "semi-hard-nearest": "pair",
  "semi-hard-random": "pair",
  "random-violator": "pair",
  "batch-hard": "anchor",
  "hardest-negative": "pair",
  "easy-positive": "anchor",
  "easy-positive-hardest": "anchor",
  "distance-weighted": "pair",
  all: "triplet",
};

for (const name of miningRuleNames) {
  const mine = miningRules[name];

  test(`${name}: miningRules gives valid triplets, at most one a place, and counts the places`, () => {
    fc.assert(
      fc.property(batches, margins, fc.integer(), (batch, margin, seed) => {
        const triplets = mine(batch, margin, createRandom(seed));
        const list = listOf(triplets);
        const all = bruteForce(batch);
        const valid = new Set(all);
        assert.ok(list.every((triplet) => valid.has(triplet)));
        const place = (triplet: string): string =>
          places[name] === "anchor"
            ? triplet.split(" ")[0]
            : places[name] === "pair"
              ? pairsOf([triplet])[0]
              : triplet;
        assert.equal(new Set(list.map(place)).size, list.length);
        const { size, labels } = batch;
        const pairs = [...Array(size).keys()].flatMap((a) => [...labels.keys()].filter(positiveOf(batch, a)));
        assert.equal(
          triplets.possible,
          { anchor: size, pair: pairs.length, triplet: all.length }[places[name]],
        );
        assert.deepEqual(
          [triplets.anchor.length, triplets.positive.length, triplets.negative.length],
          Array(3).fill(list.length),
        );
      }),
    );
  });

  test(`${name}: miningRules gives nothing for an empty batch, one identity, or no positive pair`, () => {
    const nothing = [lineBatch([], []), lineBatch([0, 1, 2], [5, 5, 5]), lineBatch([0, 0.1, 0.2], [1, 2, 3])];
    for (const batch of nothing) assert.equal(mine(batch, 0.2, createRandom(1)).count, 0);
  });

  test(`${name}: miningRules refuses sizes that do not fit`, () => {
    const batch = lineBatch([0, 1, 2], [0, 0, 1]);
    const wanted = /a distance of every anchor to every label are needed, current values are 3 labels/;
    assert.throws(() => mine({ ...batch, size: 4 }, 0.2, createRandom(1)), wanted);
    assert.throws(() => mine({ ...batch, size: 2 }, 0.2, createRandom(1)), wanted);
  });
}

for (const name of ["semi-hard-nearest", "semi-hard-random", "random-violator"] as const) {
  test(`${name}: miningRules refuses a margin outside (0, 4)`, () => {
    for (const margin of [0, -0.1, 4, Number.NaN]) {
      assert.throws(
        () => miningRules[name](lineBatch([0, 1, 2], [0, 0, 1]), margin, createRandom(1)),
        new RegExp(`margin on squared L2 must lie in \\(0, 4\\), current value is ${margin}`),
      );
    }
  });
}

for (const name of ["semi-hard-nearest", "batch-hard", "hardest-negative", "easy-positive", "all"] as const) {
  test(`${name}: miningRules follows a permutation of a batch without ties`, () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 14 }), { minLength: 4, maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 2 })),
        fc.integer(),
        (exponents, identities, seed) => {
          // Powers of two have no two equal differences.
          const points = exponents.map((e) => 2 ** e / 2 ** 7);
          const labels = [...identities.take(points.length)];
          const order = createRandom(seed).shuffle([...points.keys()]);
          const shuffled = lineBatch(
            order.map((i) => points[i]),
            order.map((i) => labels[i]),
          );
          const found = miningRules[name](shuffled, 0.2, createRandom(1));
          const back = (rows: Int32Array): Int32Array => rows.map((row) => order[row]);
          const named = {
            count: found.count,
            anchor: back(found.anchor),
            positive: back(found.positive),
            negative: back(found.negative),
          };
          assert.deepEqual(
            listOf(named),
            listOf(miningRules[name](lineBatch(points, labels), 0.2, createRandom(1))),
          );
        },
      ),
    );
  });
}
