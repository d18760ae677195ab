import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { bootstrapIdentities, shareInterval } from "../../lib/evaluate/bootstrap";
import { pairsOfLabels } from "../../lib/evaluate/pairCounts";
import { samplePairs } from "../../lib/evaluate/pairSample";
import { assertClose } from "../gradients";
import { clusteredEmbeddings } from "./embeddings";

const { x, labels } = clusteredEmbeddings(5, 240, 40, 8, 0.6);

test("samplePairs() takes all pairs where they are few, ascending, each with the weight 1", () => {
  const sample = samplePairs(x, labels, createRandom(1));
  const { same, different } = pairsOfLabels(labels);
  assert.equal(sample.distances.length, same + different);
  assert.equal(sample.first.filter((id, p) => id === sample.second[p]).length, same);
  assert.ok(sample.weights.every((weight) => weight === 1));
  assert.ok(sample.distances.every((d, p) => p === 0 || d >= sample.distances[p - 1]));
});

test("samplePairs() of many pairs keeps their total weight and every near pair", () => {
  const { same, different } = pairsOfLabels(labels);
  const most = 400;
  const sample = samplePairs(x, labels, createRandom(1), { most });
  const total = [0, 0];
  let near = 0;
  sample.weights.forEach((weight, p) => {
    const kind = sample.first[p] === sample.second[p] ? 0 : 1;
    total[kind] += weight;
    if (kind === 1 && weight === 1) near++;
  });
  assertClose(total, [same, different], 1e-5);
  // All pairs nearer than the farthest of weight 1 are there: as many as the exact count below that distance.
  const last = sample.distances.findLast(
    (_, p) => sample.weights[p] === 1 && sample.first[p] !== sample.second[p],
  );
  const { atThresholds } = allPairsVal(x, labels, { thresholds: [(last as number) + 1e-6] });
  assert.equal(near, atThresholds[0].falseAccepts);
});

test("bootstrapIdentities() holds the values of all pairs, and again with the same seed", () => {
  const { auc, points } = allPairsVal(x, labels, { fars: [0.1, 0.01] });
  const sample = samplePairs(x, labels, createRandom(1));
  const once = bootstrapIdentities(sample, [0.1, 0.01], createRandom(2));
  assert.ok(once.auc[0] < auc && auc < once.auc[1]);
  points.forEach(({ val, threshold }, i) => {
    const { val: v, threshold: t } = once.points[i];
    assert.ok(v[0] < val && val < v[1] && t[0] < threshold && threshold < t[1]);
  });
  assert.deepEqual(bootstrapIdentities(sample, [0.1, 0.01], createRandom(2)), once);
});

test("bootstrapIdentities() is wide where few people give many pairs", () => {
  // 12 people with 20 images each: 2,280 same pairs, but a resample of pairs would pretend that they are 2,280 observations.
  const few = clusteredEmbeddings(6, 240, 12, 8, 0.6);
  const sample = samplePairs(few.x, few.labels, createRandom(1));
  const [low, high] = bootstrapIdentities(sample, [0.01], createRandom(2)).points[0].val;
  const { points, samePairs } = allPairsVal(few.x, few.labels, { fars: [0.01] });
  const naive = 4 * Math.sqrt((points[0].val * (1 - points[0].val)) / samePairs);
  assert.ok(high - low > 2 * naive, `${high - low} against ${naive}`);
});

test("bootstrapIdentities() of separable people has an area of exactly 1", () => {
  const apart = clusteredEmbeddings(5, 200, 30, 16, 0.001);
  const { auc, points } = bootstrapIdentities(
    samplePairs(apart.x, apart.labels, createRandom(1)),
    [0.01],
    createRandom(1),
  );
  assertClose(auc, [1, 1], 1e-12);
  assert.deepEqual(points[0].val, [1, 1]);
});

test("bootstrapIdentities() refuses nine identities, and few resamples", () => {
  const nine = clusteredEmbeddings(1, 60, 9);
  const sample = samplePairs(nine.x, nine.labels, createRandom(1));
  assert.throws(
    () => bootstrapIdentities(sample, [], createRandom(1)),
    /at least 10 identities are needed, current value is 9/,
  );
  const enough = samplePairs(x, labels, createRandom(1));
  assert.throws(
    () => bootstrapIdentities(enough, [], createRandom(1), { resamples: 3 }),
    /at least 20 resamples/,
  );
});

test("shareInterval() is the value itself when all pairs agree, and grows with the level", () => {
  const ids = Int32Array.from({ length: 300 }, (_, p) => p % 30);
  assert.deepEqual(shareInterval(new Float32Array(300).fill(1), ids, ids, createRandom(1)), [1, 1]);
  const values = ids.map((id) => (id < 15 ? 1 : 0));
  const narrow = shareInterval(values, ids, ids, createRandom(1), { level: 0.5 });
  const wide = shareInterval(values, ids, ids, createRandom(1), { level: 0.95 });
  assert.ok(wide[0] < narrow[0] && narrow[0] <= 0.5 && 0.5 <= narrow[1] && narrow[1] < wide[1]);
  // 30 people, half of them right: the deviation of the mean is √(¼/30) = 0.091.
  assertClose(wide, [0.5 - 1.96 * 0.091, 0.5 + 1.96 * 0.091], 0.06);
});
