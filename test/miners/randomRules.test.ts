import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import type { MiningBatch } from "../../lib/miners/batch";
import { distanceWeighted } from "../../lib/miners/distanceWeighted";
import { randomViolator } from "../../lib/miners/randomViolator";
import { semiHardRandom } from "../../lib/miners/semiHardRandom";
import type { Triplets } from "../../lib/miners/triplets";
import { batches, bruteForce, type Distance, lineBatch, listOf, pairsOf } from "./batches";

type Kept = (a: number, p: number, n: number, d: Distance) => boolean;

/** One triplet of the allowed set for every pair that has any. */
function checkDraw(batch: MiningBatch, drawn: readonly string[], keep: Kept): void {
  const allowed = bruteForce(batch, keep);
  assert.ok(drawn.every((triplet) => allowed.includes(triplet)));
  assert.deepEqual(pairsOf(drawn), [...new Set(pairsOf(allowed))]);
}

/** How often each negative was drawn for the pair (0, 1) in `draws` draws. */
function frequencies(draws: number, mine: () => Triplets): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < draws; i++) {
    const found = listOf(mine()).find((triplet) => triplet.startsWith("0 1 "));
    const negative = Number(found?.split(" ")[2]);
    counts.set(negative, (counts.get(negative) ?? 0) + 1);
  }
  return counts;
}

/** Pearson's χ² of the counts against the expected probabilities; the negatives that were seen must be exactly the expected ones. */
function chiSquare(counts: Map<number, number>, expected: ReadonlyMap<number, number>): number {
  assert.deepEqual([...counts.keys()].sort(), [...expected.keys()].sort());
  const draws = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let sum = 0;
  for (const [n, probability] of expected) {
    sum += ((counts.get(n) as number) - draws * probability) ** 2 / (draws * probability);
  }
  return sum;
}

/** 99.9 % quantile of χ² with 2 degrees of freedom: −2 ln 0.001. */
const CRITICAL = 13.82;

const uniform = (...negatives: number[]): Map<number, number> =>
  new Map(negatives.map((n) => [n, 1 / negatives.length]));

test("semiHardRandom() draws only semi-hard negatives, one for every pair that has any", () => {
  fc.assert(
    fc.property(batches, fc.integer(), (batch, seed) => {
      const drawn = listOf(semiHardRandom(batch, 0.3, createRandom(seed)));
      checkDraw(batch, drawn, (a, p, n, d) => d(a, n) > d(a, p) && d(a, n) < d(a, p) + 0.3);
    }),
  );
});

test("randomViolator() draws only violators of the margin, one for every pair that has any", () => {
  fc.assert(
    fc.property(batches, fc.integer(), (batch, seed) => {
      const drawn = listOf(randomViolator(batch, 0.3, createRandom(seed)));
      checkDraw(batch, drawn, (a, p, n, d) => d(a, n) < d(a, p) + 0.3);
    }),
  );
});

test("semiHardRandom() draws every semi-hard negative equally often", () => {
  // D(0, 1) = 1; semi-hard within 0.2 are 1.02 (D = 1.04), 1.04 (1.08) and 1.06 (1.12); 0.5 is nearer and 1.2 (1.44) beyond the margin.
  const batch = lineBatch([0, 1, 1.02, 1.04, 1.06, 0.5, 1.2], [0, 0, 1, 2, 3, 4, 5]);
  const random = createRandom(1);
  const counts = frequencies(3000, () => semiHardRandom(batch, 0.2, random));
  assert.ok(chiSquare(counts, uniform(2, 3, 4)) < CRITICAL);
});

test("randomViolator() draws every violator equally often, however near", () => {
  // D(0, 1) = 1; violators within 0.2 are 0 itself (D = 0), 0.5 (.25) and 1.04 (1.08); 1.2 (1.44) is none.
  const batch = lineBatch([0, 1, 0, 0.5, 1.04, 1.2], [0, 0, 1, 2, 3, 4]);
  const random = createRandom(1);
  const counts = frequencies(3000, () => randomViolator(batch, 0.2, random));
  assert.ok(chiSquare(counts, uniform(2, 3, 4)) < CRITICAL);
});

test("distanceWeighted() draws against the density of distances on the sphere", () => {
  // In D = 3 dimensions q(d) = d, so P(n) ∝ 1 / max(d, 0.5): negatives at d = 0.25, 0.5, 1 weigh 2, 2, 1; 1.5 is beyond 1.4.
  const batch = lineBatch([0, 0.1, 0.25, -0.5, 1, 1.5], [0, 0, 1, 2, 3, 4]);
  const random = createRandom(1);
  const counts = frequencies(3000, () => distanceWeighted(batch, random));
  const expected = new Map([
    [2, 0.4],
    [3, 0.4],
    [4, 0.2],
  ]);
  assert.ok(chiSquare(counts, expected) < CRITICAL);
  // Negative control: the uniform distribution does not fit.
  assert.ok(chiSquare(counts, uniform(2, 3, 4)) > CRITICAL);
});

test("distanceWeighted() in five dimensions weighs by d³ (1 − d²/4)", () => {
  // 1/q: d = 0.5 → 1 / (0.125 × 0.9375) = 8.5333; d = 0.8 → 1 / (0.512 × 0.84) = 2.3251; d = 1 → 1 / 0.75 = 1.3333; sum 12.1918.
  const batch = { ...lineBatch([0, 0.1, 0.5, -0.8, 1], [0, 0, 1, 2, 3]), dimension: 5 };
  const random = createRandom(2);
  const counts = frequencies(3000, () => distanceWeighted(batch, random));
  const expected = new Map([
    [2, 8.5333 / 12.1918],
    [3, 2.3251 / 12.1918],
    [4, 1.3333 / 12.1918],
  ]);
  assert.ok(chiSquare(counts, expected) < CRITICAL);
});

test("distanceWeighted() gives a triplet for every pair whose anchor has a negative nearer than the maximum", () => {
  fc.assert(
    fc.property(batches, fc.integer(), fc.constantFrom(0.6, 1, 1.4), (batch, seed, maximum) => {
      const drawn = listOf(distanceWeighted(batch, createRandom(seed), { maximum }));
      checkDraw(batch, drawn, (a, _, n, d) => d(a, n) < maximum ** 2);
    }),
  );
});

test("distanceWeighted() keeps its weights apart in 512 dimensions, where densities span hundreds of orders", () => {
  // d = 1.3 against 1.39: log q differs by 510·ln(1.39/1.3) + 254.5·ln(.516975/.5775) ≈ 34.1 − 28.2 = 5.96, so the nearer one has 99.7 %.
  const batch = { ...lineBatch([0, 0.1, 1.3, -1.39], [0, 0, 1, 2]), dimension: 512 };
  const random = createRandom(3);
  const counts = frequencies(3000, () => distanceWeighted(batch, random));
  const share = (counts.get(2) ?? 0) / 3000;
  assert.ok(share > 0.99 && share < 1, `share ${share}`);
});

test("distanceWeighted() refuses cutoffs and dimensions out of range", () => {
  const batch = lineBatch([0, 1, 2], [0, 0, 1]);
  for (const options of [{ cutoff: 0 }, { cutoff: 1.5 }, { maximum: 2 }, { maximum: Number.NaN }]) {
    assert.throws(() => distanceWeighted(batch, createRandom(1), options), /0 < cutoff < maximum < 2/);
  }
  assert.throws(() => distanceWeighted({ ...batch, dimension: 1 }, createRandom(1)), /current value is 1/);
});

test("the drawing rules give the same triplets for the same seed", () => {
  fc.assert(
    fc.property(batches, fc.integer(), (batch, seed) => {
      for (const mine of [semiHardRandom, randomViolator]) {
        assert.deepEqual(mine(batch, 0.5, createRandom(seed)), mine(batch, 0.5, createRandom(seed)));
      }
      assert.deepEqual(
        distanceWeighted(batch, createRandom(seed)),
        distanceWeighted(batch, createRandom(seed)),
      );
    }),
  );
});
