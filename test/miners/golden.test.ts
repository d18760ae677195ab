/**
 * Golden: the triplets of pytorch-metric-learning 2.9.0 (torch 2.14.1, 2026-11-25) on one batch of 20 unit vectors of six identities, one of them
 * with a single image. Made by test/golden/metricLearningMiners.py; compared as sets.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { allTriplets } from "../../lib/miners/allTriplets";
import { type MiningBatch, miningBatch } from "../../lib/miners/batch";
import { batchHard } from "../../lib/miners/batchHard";
import { countTriplets } from "../../lib/miners/countTriplets";
import { distanceWeighted } from "../../lib/miners/distanceWeighted";
import { easyPositive } from "../../lib/miners/easyPositive";
import { hardestNegative } from "../../lib/miners/hardestNegative";
import { randomViolator } from "../../lib/miners/randomViolator";
import { semiHardNearest } from "../../lib/miners/semiHardNearest";
import { semiHardRandom } from "../../lib/miners/semiHardRandom";
import { listOf, pairsOf } from "./batches";

interface Golden {
  readonly margin: number;
  readonly labels: readonly number[];
  readonly embeddings: readonly number[];
  readonly tripletMargin: Readonly<Record<"all" | "semihard" | "hard" | "easy", readonly number[]>>;
  readonly batchHard: readonly number[];
  readonly easyPositiveSemihard: readonly number[];
  readonly easyPositiveHard: readonly number[];
  readonly allPositivesHard: readonly number[];
  /** Probability of each negative (column) for each anchor (row). */
  readonly distanceWeights: readonly number[];
}

const file = join(packageRoot(), "test", "golden", "metricLearningMiners.json");
const golden: Golden = JSON.parse(readFileSync(file, "utf8"));
const { margin } = golden;
const size = golden.labels.length;
const batch: MiningBatch = miningBatch(
  matrix(size, golden.embeddings.length / size, Float32Array.from(golden.embeddings)),
  Int32Array.from(golden.labels),
);

/** Flat (a, p, n) as sorted strings. */
const theirs = (flat: readonly number[]): string[] =>
  Array.from({ length: flat.length / 3 }, (_, t) => flat.slice(3 * t, 3 * t + 3).join(" ")).sort();

test("allTriplets() has exactly the triplets that TripletMarginMiner sorts into easy and violating", () => {
  const { easy, all } = golden.tripletMargin;
  assert.deepEqual(listOf(allTriplets(batch)), theirs([...easy, ...all]));
});

test("countTriplets() counts what TripletMarginMiner lists", () => {
  const { easy, semihard, hard, all } = golden.tripletMargin;
  const total = (easy.length + all.length) / 3;
  assert.deepEqual(countTriplets(batch, margin), {
    total,
    easy: easy.length / 3,
    semiHard: semihard.length / 3,
    hard: hard.length / 3,
    activeFraction: all.length / 3 / total,
  });
});

test("semiHardNearest() is the nearest of TripletMarginMiner's semihard triplets for every pair", () => {
  const nearest = new Map<string, string>();
  const distanceOf = (triplet: string): number => {
    const [a, , n] = triplet.split(" ").map(Number);
    return batch.distances[a * size + n];
  };
  for (const triplet of theirs(golden.tripletMargin.semihard)) {
    const [pair] = pairsOf([triplet]);
    const best = nearest.get(pair);
    if (!best || distanceOf(triplet) < distanceOf(best)) nearest.set(pair, triplet);
  }
  assert.deepEqual(listOf(semiHardNearest(batch, margin)), [...nearest.values()].sort());
});

for (const [name, mine, kind] of [
  ["semiHardRandom", semiHardRandom, "semihard"],
  ["randomViolator", randomViolator, "all"],
] as const) {
  test(`${name}() reaches exactly TripletMarginMiner's ${kind} triplets`, () => {
    const random = createRandom(1);
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++)
      for (const triplet of listOf(mine(batch, margin, random))) seen.add(triplet);
    assert.deepEqual([...seen].sort(), theirs(golden.tripletMargin[kind]));
  });
}

test("batchHard() equals BatchHardMiner", () => {
  assert.deepEqual(listOf(batchHard(batch)), theirs(golden.batchHard));
});

test("hardestNegative() equals BatchEasyHardMiner with all positives and hard negatives", () => {
  assert.deepEqual(listOf(hardestNegative(batch)), theirs(golden.allPositivesHard));
});

test("easyPositive() equals BatchEasyHardMiner with easy positives", () => {
  assert.deepEqual(listOf(easyPositive(batch)), theirs(golden.easyPositiveSemihard));
  assert.deepEqual(listOf(easyPositive(batch, { negative: "hardest" })), theirs(golden.easyPositiveHard));
});

/** The largest difference between shares and probabilities, in standard errors of the share (plus one draw, for tiny probabilities). */
function largestDeviation(shares: readonly number[], wanted: readonly number[], draws: Int32Array): number {
  const deviations = shares.map((share, i) => {
    const count = draws[Math.floor(i / size)];
    const error = Math.sqrt((wanted[i] * (1 - wanted[i])) / count) + 1 / count;
    return Math.abs(share - wanted[i]) / error;
  });
  return Math.max(...deviations);
}

test("distanceWeighted() draws with the probabilities of DistanceWeightedMiner", () => {
  const random = createRandom(1);
  const counts = new Int32Array(size * size);
  const draws = new Int32Array(size);
  for (let i = 0; i < 2000; i++) {
    const { count, anchor, negative } = distanceWeighted(batch, random);
    for (let t = 0; t < count; t++) {
      counts[anchor[t] * size + negative[t]]++;
      draws[anchor[t]]++;
    }
  }
  // The identity with one image has no pair, so nothing is drawn for it.
  const paired = [...draws.keys()].filter((a) => draws[a] > 0);
  assert.equal(paired.length, size - 1);
  const rowsOf = (values: ArrayLike<number>): number[] =>
    paired.flatMap((a) => Array.from({ length: size }, (_, n) => values[a * size + n]));
  const shares = rowsOf(Float64Array.from(counts, (count, i) => count / draws[Math.floor(i / size)]));
  const drawn = Int32Array.from(paired, (a) => draws[a]);
  assert.ok(largestDeviation(shares, rowsOf(golden.distanceWeights), drawn) < 4.5);
  assert.ok(rowsOf(golden.distanceWeights).every((weight, i) => weight > 0 || shares[i] === 0));
  // Negative control: probabilities that are 10 % off where they are large do not fit.
  const off = rowsOf(golden.distanceWeights).map((weight) => (weight > 0.1 ? 0.9 * weight : weight));
  assert.ok(largestDeviation(shares, off, drawn) > 4.5);
});
