import assert from "node:assert/strict";
import test from "node:test";
import { fitLda } from "../../lib/backends/lda";
import { transform } from "../../lib/backends/linearMap";
import { matrixFromRows } from "../../lib/core/matrix";
import { assertClose } from "../gradients";
import { golden, goldenFeatures, signedColumn } from "./golden";
import { sampleIdentities } from "./sampled";

test("fitLda() equals scikit-learn's LinearDiscriminantAnalysis(solver='eigen'), golden", () => {
  const { map, ratios } = fitLda(goldenFeatures, golden.labels, { ridge: 0 });
  const { data, columns } = transform(map, goldenFeatures);
  assert.equal(columns, golden.lda.dimensions);
  for (let k = 0; k < columns; k++) {
    assertClose(signedColumn(data, columns, k), signedColumn(golden.lda.projected, columns, k), 1e-5);
    assert.ok(k === 0 || ratios[k] <= ratios[k - 1]);
  }
});

test("fitLda() of two hand-worked identities", () => {
  // Identity 0: (±1, 2), identity 1: (±1, −2) and noise ±0.5 along the second axis. S_w = diag(1, 0.25), S_b = diag(0, 4): one axis, ratio 16,
  // scaled so that the deviation 0.5 within becomes 1: the second coordinate doubled.
  const x = matrixFromRows(
    [2, -2].flatMap((centre) => [-1, 1].flatMap((a) => [-0.5, 0.5].map((b) => [a, centre + b]))),
  );
  const { map, ratios } = fitLda(x, [0, 0, 0, 0, 1, 1, 1, 1], { ridge: 0 });
  assertClose(ratios, [16], 1e-9);
  assertClose(transform(map, x).data, [3, 5, 3, 5, -5, -3, -5, -3], 1e-6);
});

test("fitLda() with a ridge shrinks the ratios and mends a singular covariance within identities", () => {
  const { x, labels } = sampleIdentities(3, { identities: 30, most: 4, d: 3 });
  const [none, some] = [0, 0.5].map((ridge) => fitLda(x, labels, { ridge }).ratios[0]);
  assert.ok(some < none);
  const twins = matrixFromRows([
    [0, 1],
    [0, 1],
    [3, 2],
    [4, 2],
  ]);
  assert.throws(
    () => fitLda(twins, [0, 0, 1, 1], { ridge: 0 }),
    /^LabError: Cannot fit LDA: .* must be positive definite/,
  );
  assert.equal(fitLda(twins, [0, 0, 1, 1]).ratios.length, 1);
});

test("fitLda() keeps no more than the dimensions asked for, D, and identities − 1", () => {
  const { x, labels } = sampleIdentities(3, { identities: 30, most: 4, d: 5 });
  assert.equal(fitLda(x, labels, { dimensions: 2 }).map.weights.rows, 2);
  assert.equal(fitLda(x, labels).map.weights.rows, 5);
  const three = labels.map((label) => label % 3);
  assert.equal(fitLda(x, three).map.weights.rows, 2);
});

test("fitLda() refuses one identity, odd labels and options out of range", () => {
  const { x, labels } = sampleIdentities(3, { identities: 6, most: 4, d: 2 });
  assert.throws(
    () =>
      fitLda(
        x,
        labels.map(() => 1),
      ),
    /Cannot fit LDA: at least 2 identities are needed/,
  );
  assert.throws(() => fitLda(x, [0, 1]), /labels are needed, current value is 2/);
  assert.throws(() => fitLda(x, labels, { dimensions: 1.5 }), /dimensions must be an integer of at least 1/);
  assert.throws(() => fitLda(x, labels, { ridge: Number.NaN }), /the ridge must be finite and at least 0/);
});
