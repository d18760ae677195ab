import assert from "node:assert/strict";
import test from "node:test";
import { backendNames } from "../../lib/backends/backend";
import { takeRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { samplePairs } from "../../lib/data/split";
import { pairDistances } from "../../lib/evaluate/distances";
import { verification } from "../../lib/evaluate/verification";
import { backendStage, type FrozenFeatures } from "../../lib/walk/backendStage";
import { sampleIdentities } from "../backends/sampled";

/** One linear Gaussian world; identities below 300 train, the others are tested. */
function sides(testedFrom: number = 300): FrozenFeatures {
  const { x, labels } = sampleIdentities(2, { identities: 500, most: 5, d: 6 });
  const rowsOf = (keep: (label: number) => boolean): number[] =>
    [...labels.keys()].filter((row) => keep(labels[row]));
  const side = (rows: number[]) => ({
    x: takeRows(x, rows),
    labels: Int32Array.from(rows, (row) => labels[row]),
  });
  const test = side(rowsOf((label) => label >= testedFrom));
  const items = Array.from(test.labels, (label) => ({ label }));
  const pairs = samplePairs({ items }, Int32Array.from(items.keys()), createRandom(1), 2000);
  return { train: side(rowsOf((label) => label < 300)), test: { ...test, pairs } };
}

test("backendStage() verifies squared L2 as without a back-end, and Joint Bayesian beats it in its own world", async () => {
  const features = sides();
  const results = await backendStage(features);
  assert.deepEqual(
    results.map(({ backend }) => backend.name),
    backendNames,
  );
  const { x, pairs } = features.test;
  const plain = verification({ ...pairs, distances: pairDistances(x, pairs.first, pairs.second) });
  const [l2, lda, joint] = results;
  assert.ok(Math.abs(l2.verification.accuracy - plain.accuracy) < 1e-9);
  assert.equal(l2.thresholdScore, -l2.verification.threshold);
  assert.ok(joint.verification.auc > l2.verification.auc + 0.03, `${joint.verification.auc}`);
  assert.ok(lda.verification.auc > l2.verification.auc, `${lda.verification.auc}`);
  // A log-likelihood ratio is calibrated: the best threshold is near 0 where both kinds are equally frequent.
  assert.ok(Math.abs(joint.thresholdScore) < 1, `${joint.thresholdScore}`);
});

test("backendStage() refuses an identity on both sides", async () => {
  await assert.rejects(backendStage(sides(299), { names: ["lda"] }), /current value is 1 such identities/);
});

test("backendStage() gives the same numbers for the same seed, and stops when told to", async () => {
  const features = sides();
  const accuracy = async (seed: number): Promise<number> =>
    (await backendStage(features, { names: ["chi-squared"], seed }))[0].verification.auc;
  assert.equal(await accuracy(1), await accuracy(1));
  assert.notEqual(await accuracy(1), await accuracy(2));
  await assert.rejects(backendStage(features, { signal: AbortSignal.abort() }), /Stopped/);
});
