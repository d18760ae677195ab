import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { shareInterval } from "../../lib/evaluate/bootstrap";
import { samplePairs } from "../../lib/evaluate/pairSample";
import { ratesAtThreshold } from "../../lib/evaluate/ratesAtThreshold";
import { clusteredEmbeddings } from "./embeddings";

test("ratesAtThreshold() holds the rates of all pairs, and those of other people from the same source most of the time", () => {
  // The truth: the rates of 4,000 people. Each of 40 sets of 40 people gives an interval; at 95 % about two miss.
  const [threshold, size, sets] = [0.9, 40, 40];
  let [vals, fars] = [0, 0];
  const truth = { val: [0, 0], far: [0, 0] };
  const samples = Array.from({ length: sets }, (_, s) => {
    const { x, labels } = clusteredEmbeddings(s + 1, 4 * size, size, 8, 0.6);
    return samplePairs(x, labels, createRandom(s));
  });
  for (const { distances, first, second } of samples) {
    for (let p = 0; p < distances.length; p++) {
      const kind = first[p] === second[p] ? truth.val : truth.far;
      kind[0] += distances[p] < threshold ? 1 : 0;
      kind[1]++;
    }
  }
  const [val, far] = [truth.val[0] / truth.val[1], truth.far[0] / truth.far[1]];
  samples.forEach((sample, s) => {
    const found = ratesAtThreshold(sample, threshold, createRandom(100 + s));
    if (found.val[0] <= val && val <= found.val[1]) vals++;
    if (found.far[0] <= far && far <= found.far[1]) fars++;
    assert.ok(found.val[0] < found.val[1] && found.far[0] < found.far[1]);
  });
  // Percentile intervals of 40 people are a little narrow; 32 of 40 is what a 90 % interval reaches with probability 0.96.
  assert.ok(vals >= 32 && fars >= 32, `${vals} and ${fars} of ${sets}`);
});

test("ratesAtThreshold() at a threshold above everything is 1, at 0 it is 0", () => {
  const { x, labels } = clusteredEmbeddings(3, 60, 12);
  const sample = samplePairs(x, labels, createRandom(1));
  assert.deepEqual(ratesAtThreshold(sample, 9, createRandom(1)), { val: [1, 1], far: [1, 1] });
  assert.deepEqual(ratesAtThreshold(sample, 0, createRandom(1)), { val: [0, 0], far: [0, 0] });
  const few = samplePairs(
    x,
    labels.map((label) => label % 9),
    createRandom(1),
  );
  assert.throws(
    () => ratesAtThreshold(few, 1, createRandom(1)),
    /at least 10 identities .* current value is 9/,
  );
});

test("shareInterval() with weights equals the same values repeated as often", () => {
  const [values, ids] = [[1, 0, 1, 0, 0, 1, 1, 0, 1, 0], Array.from({ length: 10 }, (_, i) => i)];
  const weights = values.map((_, i) => 1 + (i % 3));
  const repeated = ids.flatMap((i) => Array.from({ length: weights[i] }, () => i));
  const of = (list: readonly number[]): number[] => repeated.map((i) => list[i]);
  assert.deepEqual(
    shareInterval(values, ids, ids, createRandom(4), { weights }),
    shareInterval(of(values), of(ids), of(ids), createRandom(4)),
  );
});

test("shareInterval() counts identities without a pair where it is told of them, and refuses no pairs", () => {
  const values = [1, 0, 1];
  assert.throws(() => shareInterval(values, [0, 1, 2], [0, 1, 2], createRandom(1)), /current value is 3/);
  const [low, high] = shareInterval(values, [0, 1, 2], [0, 1, 2], createRandom(1), { identities: 12 });
  assert.ok(low >= 0 && low < high && high <= 1);
  assert.throws(() => shareInterval([], [], [], createRandom(1), { identities: 12 }), /current value is 0/);
});
