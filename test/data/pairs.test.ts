import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import type { DataSet } from "../../lib/data/dataset";
import { parsePairList, parsePairs } from "../../lib/data/pairs";
import { samplePairs, splitByIdentity } from "../../lib/data/split";

const find = (identity: string, number: number): number | undefined =>
  ["A", "B", "C"].includes(identity) && number <= 3
    ? ["A", "B", "C"].indexOf(identity) * 3 + number - 1
    : undefined;

test("parsePairs() reads View 1: N same, then N different pairs", () => {
  const list = parsePairs("2\nA\t1\t2\nB\t1\t3\nA\t1\tB\t2\nB\t3\tC\t1\n", "pairs.txt", find);
  assert.deepEqual([...list.first], [0, 3, 0, 5]);
  assert.deepEqual([...list.second], [1, 5, 4, 6]);
  assert.deepEqual([...list.same], [1, 1, 0, 0]);
  assert.equal(list.folds, 2);
  assert.deepEqual([...list.fold].sort(), [0, 0, 1, 1]);
});

test("parsePairs() reads View 2: folds of N same and N different pairs", () => {
  const list = parsePairs("2 1\nA\t1\t2\nA\t1\tB\t2\nC\t1\t2\nB\t3\tC\t1\n", "pairs.txt", find);
  assert.deepEqual([...list.fold], [0, 0, 1, 1]);
  assert.deepEqual([...list.same], [1, 0, 1, 0]);
});

test("parsePairs() names file and line of what is wrong", () => {
  const bad = (text: string, message: RegExp): void =>
    assert.throws(() => parsePairs(text, "pairs.txt", find), message);
  bad("x\n", /Cannot read pairs\.txt: line 1: one or two counts are wanted, current value is "x"/);
  bad("1\nA\t1\t2\n", /2 pairs are wanted after the first line, current value is 1/);
  bad("1\nA\t1\t2\nA\t1\tB\n", /line 3: name, number, name, number are wanted/);
  bad("1\nA\t1\t9\nA\t1\tB\t1\n", /line 2: there is no image 9 of "A"/);
  bad("1\nNobody\t1\t2\nA\t1\tB\t1\n", /line 2: there is no image 1 of "Nobody"/);
  bad("1\nA\tone\t2\nA\t1\tB\t1\n", /line 2: an image number is wanted, current value is one/);
});

/** A data set of `sizes[k]` images of identity k; groups of `perGroup` identities. */
function madeOf(sizes: readonly number[], perGroup: number = 0): DataSet {
  const identities = sizes.map((_, k) => `identity ${k}`);
  const items = sizes.flatMap((size, label) =>
    Array.from({ length: size }, (_, i) => ({ name: `${label}/${i}`, label, source: { path: "" } })),
  );
  const groups = perGroup > 0 ? sizes.map((_, k) => String(Math.floor(k / perGroup))) : undefined;
  return { name: "made", kind: "faces", identities, items, skipped: [], groups };
}

const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 6, maxLength: 30 });

test("splitByIdentity() puts no identity and no group on both sides, and every image on one", () => {
  fc.assert(
    fc.property(
      sizes,
      fc.integer(),
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      fc.constantFrom(0, 2),
      (list, seed, testFraction, perGroup) => {
        const dataSet = madeOf(list, perGroup);
        let split: ReturnType<typeof splitByIdentity>;
        try {
          split = splitByIdentity(dataSet, { seed, testFraction });
        } catch (error) {
          assert.match((error as Error).message, /^Cannot split made/);
          assert.ok(list.filter((n) => n > 1).length < 4 || perGroup > 0);
          return;
        }
        const side = (rows: Int32Array, of: (label: number) => string): Set<string> =>
          new Set([...rows].map((i) => of(dataSet.items[i].label)));
        for (const of of [String, (label: number) => dataSet.groups?.[label] ?? String(label)]) {
          const train = side(split.train, of);
          assert.ok([...side(split.test, of)].every((name) => !train.has(name)));
        }
        assert.equal(split.train.length + split.test.length, dataSet.items.length);
        const tested = new Set(split.test);
        split.pairs.same.forEach((same, p) => {
          const [a, b] = [split.pairs.first[p], split.pairs.second[p]];
          assert.ok(tested.has(a) && tested.has(b) && a !== b);
          assert.equal(dataSet.items[a].label === dataSet.items[b].label, same === 1);
        });
      },
    ),
  );
});

test("splitByIdentity() gives the same split for the same seed", () => {
  const dataSet = madeOf(Array.from({ length: 40 }, () => 3));
  assert.deepEqual(splitByIdentity(dataSet, { seed: 4 }), splitByIdentity(dataSet, { seed: 4 }));
  assert.notDeepEqual(splitByIdentity(dataSet, { seed: 4 }).test, splitByIdentity(dataSet, { seed: 5 }).test);
});

test("splitByIdentity() says what is needed when there are too few identities", () => {
  assert.throws(
    () => splitByIdentity(madeOf([5, 1, 1, 3, 2])),
    /at least 4 identities with two or more images are needed \(two to train, two to test\), current value is 3 of 5/,
  );
  assert.throws(
    () => splitByIdentity(madeOf([2, 2, 2, 2]), { testFraction: 1 }),
    /test fraction must lie in \(0, 1\)/,
  );
});

test("samplePairs() takes every same pair of a small set, as many different ones, none twice, in balanced folds", () => {
  const dataSet = madeOf([4, 4, 4, 4]);
  const pairs = samplePairs(dataSet, Int32Array.from(dataSet.items.keys()), createRandom(1), 1000);
  assert.equal(
    pairs.same.reduce((a, b) => a + b, 0),
    4 * 6,
  );
  assert.equal(pairs.same.length, 48);
  const keys = new Set(
    Array.from(pairs.same, (_, p) => [pairs.first[p], pairs.second[p]].sort((a, b) => a - b).join(" ")),
  );
  assert.equal(keys.size, 48);
  for (let fold = 0; fold < pairs.folds; fold++) {
    const kinds = [...pairs.same].filter((_, p) => pairs.fold[p] === fold);
    assert.ok(Math.abs(kinds.filter((k) => k === 1).length - kinds.filter((k) => k === 0).length) <= 1);
  }
});

const items = {
  names: ["Ann/Ann_0001.jpg", "Ann/Ann_0002.jpg", "Bo/Bo_0001.jpg", "Bo/Bo_0002.jpg"],
  labels: [0, 0, 1, 1],
};

test("parsePairList() reads LFW's form by the names of images", () => {
  const { first, second, same } = parsePairList("1\nAnn\t1\t2\nAnn\t2\tBo\t1\n", "pairs.txt", items);
  assert.deepEqual(
    [[...first], [...second], [...same]],
    [
      [0, 1],
      [1, 2],
      [1, 0],
    ],
  );
});

test("parsePairList() reads CSV, with what is the same from the identities or from its own column", () => {
  const [a, b, c] = items.names;
  const plain = parsePairList(`first,second\n${a},${b}\n${a},${c}\n`, "p.csv", items);
  assert.deepEqual([...plain.same], [1, 0]);
  const own = parsePairList(`second,fold,first,same\n${a},x,${b},0\n${a},y,${c},1\n`, "p.csv", items);
  assert.deepEqual([[...own.first], [...own.same], [...own.fold], own.folds], [[1, 2], [0, 1], [0, 1], 2]);
});

test("parsePairList() refuses what it cannot use, with the line", () => {
  const refused = (text: string, message: RegExp): void =>
    assert.throws(() => parsePairList(text, "p.csv", items), message);
  refused(
    "a,b\n",
    /p\.csv: line 1: the columns first and second, or LFW's counts, are wanted, current value is a, b/,
  );
  refused("first,second\nAnn/Ann_0001.jpg,Cy\n", /line 2: there is no "Cy" among the embeddings/);
  refused("first,second\nAnn/Ann_0001.jpg\n", /line 2: 2 cells are wanted, current value is 1/);
  refused("first,second,same\nAnn/Ann_0001.jpg,Bo/Bo_0001.jpg,yes\n", /line 2: same must be 1 or 0/);
  refused("first,second\nAnn/Ann_0001.jpg,Bo/Bo_0001.jpg\n", /same and different pairs are needed/);
});

test("parsePairList() refuses a name that several items have, where a pair uses it", () => {
  const twice = {
    names: ["1/Ann_0001.jpg", "2/Ann_0001.jpg", "Ann_0002.jpg", "Bo_0001.jpg", "Bo_0001.jpg"],
    labels: [0, 0, 0, 1, 1],
  };
  assert.throws(
    () => parsePairList("1\nAnn\t2\t1\nAnn\t2\tBo\t1\n", "pairs.txt", twice),
    /pairs\.txt: line 2: there is more than one image 1 of "Ann"/,
  );
  const csv = "first,second\n1/Ann_0001.jpg,2/Ann_0001.jpg\n";
  assert.throws(
    () => parsePairList(`${csv}Ann_0002.jpg,Bo_0001.jpg\n`, "p.csv", twice),
    /p\.csv: line 3: there is more than one "Bo_0001\.jpg" among the embeddings/,
  );
  const { second } = parsePairList(`${csv}Ann_0002.jpg,Bo.jpg\n`, "p.csv", {
    names: [...twice.names, "Bo.jpg"],
    labels: [...twice.labels, 1],
  });
  assert.deepEqual([...second], [1, 5]);
});
