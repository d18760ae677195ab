import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows } from "../../lib/core/matrix";
import { forEachPairDistance } from "../../lib/evaluate/distances";
import { type HardPair, hardestPairs } from "../../lib/evaluate/hardest";
import { identify } from "../../lib/evaluate/identification";
import { oneShot } from "../../lib/evaluate/oneShot";
import { clusteredEmbeddings } from "./embeddings";

test("identify() equals the definition by sorting all others", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 6, max: 30 }), (seed, rows) => {
      const { x, labels } = clusteredEmbeddings(seed, rows, 4, 4, 1.5);
      const distances = new Map<string, number>();
      forEachPairDistance(x, (i, j, d) => {
        distances.set(`${i} ${j}`, d);
        distances.set(`${j} ${i}`, d);
      });
      const ranks: number[] = [];
      for (let i = 0; i < rows; i++) {
        const others = Array.from({ length: rows }, (_, j) => j).filter((j) => j !== i);
        others.sort(
          (a, b) => (distances.get(`${i} ${a}`) as number) - (distances.get(`${i} ${b}`) as number),
        );
        const first = others.findIndex((j) => labels[j] === labels[i]);
        if (first >= 0) ranks.push(first + 1);
      }
      fc.pre(ranks.length > 0);
      const result = identify(x, labels, { ranks: 5, block: 4 });
      assert.equal(result.probes, ranks.length);
      for (let r = 1; r <= 5; r++) {
        assert.equal(result.cmc[r - 1], ranks.filter((rank) => rank <= r).length / ranks.length);
      }
    }),
    { numRuns: 40 },
  );
});

test("identify() counts a tie against the probe and leaves out identities with one image", () => {
  // Probe 0 has its own image and a stranger both at distance 1.
  const result = identify(matrixFromRows([[0], [1], [-1], [50]]), [0, 0, 1, 2]);
  assert.equal(result.probes, 2);
  // Row 0: the stranger is as near as row 1: not found. Row 1: row 0 (1) is nearer than row 2 (4): found.
  assert.equal(result.rank1, 0.5);
  assert.throws(() => identify(matrixFromRows([[0], [1]]), [0, 1]), /at least one identity with two images/);
  assert.throws(() => identify(matrixFromRows([[0], [1]]), [0]), /Cannot identify: 2 labels are needed/);
});

test("hardestPairs() equals the sorted list of all pairs", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { x, labels } = clusteredEmbeddings(seed, 60, 5);
      const all: HardPair[] = [];
      forEachPairDistance(x, (first, second, distance) => all.push({ first, second, distance }));
      const top = (same: boolean, sign: number): HardPair[] =>
        all
          .filter(({ first, second }) => (labels[first] === labels[second]) === same)
          .sort((a, b) => sign * (a.distance - b.distance) || a.first - b.first || a.second - b.second)
          .slice(0, 3);
      const result = hardestPairs(x, labels, { count: 3, perIdentity: 1000 });
      assert.deepEqual(result.positives, top(true, -1));
      assert.deepEqual(result.negatives, top(false, 1));
    }),
    { numRuns: 20 },
  );
});

test("hardestPairs() with a limit takes what the whole sorted list gives, however many pairs of one identity come first", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, perIdentity) => {
      const { x, labels } = clusteredEmbeddings(seed, 70, 12);
      // 30 images of one identity far apart: 435 pairs, more than the 150 that are kept at once. And one image among all others.
      for (let i = 0; i < 30; i++) {
        labels[i] = 99;
        for (let k = 0; k < x.columns; k++) x.data[i * x.columns + k] *= i === 0 ? 0 : 5;
      }
      const all: HardPair[] = [];
      forEachPairDistance(x, (first, second, distance) => all.push({ first, second, distance }));
      const greedy = (same: boolean, sign: number): HardPair[] => {
        const used = new Map<number, number>();
        const full = (id: number): boolean => (used.get(id) ?? 0) >= perIdentity;
        return all
          .filter(({ first, second }) => (labels[first] === labels[second]) === same)
          .sort((a, b) => sign * (a.distance - b.distance) || a.first - b.first || a.second - b.second)
          .filter(({ first, second }) => {
            const ids = [...new Set([labels[first], labels[second]])];
            if (ids.some(full)) return false;
            for (const id of ids) used.set(id, (used.get(id) ?? 0) + 1);
            return true;
          })
          .slice(0, 3);
      };
      const result = hardestPairs(x, labels, { count: 3, perIdentity });
      assert.deepEqual(result.positives, greedy(true, -1));
      assert.deepEqual(result.negatives, greedy(false, 1));
    }),
    { numRuns: 20 },
  );
});

test("hardestPairs() limits the pairs of one identity", () => {
  const { x, labels } = clusteredEmbeddings(3, 80, 6);
  const { negatives } = hardestPairs(x, labels, { count: 10, perIdentity: 1 });
  const touched = negatives.flatMap(({ first, second }) => [labels[first], labels[second]]);
  assert.equal(new Set(touched).size, touched.length);
  assert.ok(negatives.length > 1 && negatives.length <= 3);
});

test("oneShot() takes the nearest training image; the error is the mean over runs", () => {
  const x = matrixFromRows([[0], [10], [1], [9], [4], [6]]);
  const right = { training: [0, 1], test: [2, 3], answer: [0, 1] };
  const half = { training: [0, 1], test: [4, 5], answer: [0, 0] };
  const result = oneShot(x, [right, half]);
  assert.equal(result.errorRate, 0.25);
  assert.equal(result.standardError, 0.25);
  assert.deepEqual([result.runs, result.trials, result.ways], [2, 4, 2]);
});
