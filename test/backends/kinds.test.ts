import assert from "node:assert/strict";
import test from "node:test";
import { backendNames } from "../../lib/backends/backend";
import { backendKinds } from "../../lib/backends/kinds";
import { matrix, squaredL2 } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { rocCurve } from "../../lib/evaluate/roc";
import { assertClose } from "../gradients";
import { sampleIdentities } from "./sampled";

const training = sampleIdentities(1, { identities: 300, most: 5, d: 6 });
/** Pairs of rows: neighbours of one identity, and strangers. */
const pairs = (() => {
  const { labels } = training;
  const all = labels.slice(1).map((_, i) => [i, i + 1, labels[i] === labels[i + 1] ? 1 : 0]);
  return {
    first: all.map(([i]) => i),
    second: all.map(([, j]) => j),
    same: all.map(([, , same]) => same),
  };
})();

for (const name of backendNames) {
  const fitted = () => backendKinds[name].fit(training.x, training.labels, createRandom(3));

  test(`${name}: score() is the same for both orders, is larger for one identity, and a second fit gives the same`, () => {
    const backend = fitted();
    const scores = backend.score(training.x, pairs);
    const swapped = backend.score(training.x, { first: pairs.second, second: pairs.first });
    assert.deepEqual(scores, swapped);
    assert.deepEqual(fitted().score(training.x, pairs), scores);
    const { auc } = rocCurve(
      scores.map((score) => -score),
      pairs.same,
    );
    assert.ok(auc > 0.6, `AUC ${auc}`);
  });

  test(`${name}: restore() from its parameters scores the same bit for bit, and refuses those of another width`, () => {
    const backend = fitted();
    const kind = backendKinds[name];
    assert.deepEqual(Object.keys(backend.parameters), kind.parameters);
    const again = kind.restore(6, backend.parameters);
    assert.deepEqual(again.score(training.x, pairs), backend.score(training.x, pairs));
    if (kind.parameters.length > 0) {
      assert.throws(() => kind.restore(5, backend.parameters), /Cannot restore a back-end: .* must be/);
    }
  });

  test(`${name}: fit() and score() refuse bad input`, () => {
    const kind = backendKinds[name];
    const { x, labels } = training;
    const random = createRandom(1);
    assert.throws(
      () =>
        kind.fit(
          x,
          labels.map(() => 0),
          random,
        ),
      /at least 2 identities are needed/,
    );
    assert.throws(() => kind.fit(x, [0], random), /labels are needed, current value is 1/);
    const broken = matrix(x.rows, 6, x.data.slice().fill(Number.NaN, 6, 7));
    assert.throws(() => kind.fit(broken, labels, random), /row 1 column 0 is NaN/);
    const backend = fitted();
    assert.throws(() => backend.score(broken, pairs), /row 1 column 0 is NaN/);
    assert.throws(() => backend.score(matrix(1, 5), { first: [0], second: [0] }), /must have 6 columns/);
    assert.throws(() => backend.score(x, { first: [0], second: [-1] }), /rows are 0 to .* pair 0 is -1/);
    assert.equal(backend.score(x, { first: [], second: [] }).length, 0);
  });
}

test("joint-bayesian: restore() refuses a negative ratio", () => {
  const kind = backendKinds["joint-bayesian"];
  const { parameters } = kind.fit(training.x, training.labels, createRandom(1));
  const ratios = matrix(1, 6, parameters.ratios.data.slice().fill(-0.25, 5));
  assert.throws(
    () => kind.restore(6, { ...parameters, ratios }),
    /ratios must be at least 0, current value is -0.25/,
  );
});

test("squared-l2: score() is minus squared L2", () => {
  const backend = backendKinds["squared-l2"].fit(training.x, training.labels, createRandom(1));
  const [score] = backend.score(training.x, { first: [2], second: [7] });
  assert.equal(score, -squaredL2(training.x, 2, training.x, 7));
});

test("lda and joint-bayesian: score() does not change under an invertible linear map of all features", () => {
  const { x, labels } = training;
  const mapped = matrix(x.rows, 6);
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < 6; k++)
      mapped.data[i * 6 + k] = 2 * x.data[i * 6 + k] - x.data[i * 6 + ((k + 1) % 6)] + 1;
  }
  for (const name of ["lda", "joint-bayesian"] as const) {
    const fit = (features: typeof x) =>
      backendKinds[name].fit(features, labels, createRandom(1)).score(features, pairs);
    // Whitening makes the ridges the same too; what is left is float32.
    assertClose(fit(mapped), fit(x), 1e-3);
  }
});

test("joint-bayesian and lda: fit() works on features that vary in fewer dimensions than they have", () => {
  const { x, labels } = training;
  const wide = matrix(x.rows, 9);
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < 9; k++)
      wide.data[i * 9 + k] = k < 6 ? x.data[i * 6 + k] : k === 6 ? 4 : x.data[i * 6 + k - 6];
  }
  for (const name of ["lda", "joint-bayesian"] as const) {
    const scores = backendKinds[name].fit(wide, labels, createRandom(1)).score(wide, pairs);
    const plain = backendKinds[name].fit(x, labels, createRandom(1)).score(x, pairs);
    assertClose(scores, plain, 1e-3);
  }
});
