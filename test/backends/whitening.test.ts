import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { transform } from "../../lib/backends/linearMap";
import { fitWhitening } from "../../lib/backends/whitening";
import { matrix, matrixFromRows, rowOf } from "../../lib/core/matrix";
import { centred, columnMeans, scatter } from "../../lib/core/scatter";
import { assertClose } from "../gradients";
import { golden, goldenFeatures, signedColumn } from "./golden";
import { sampleIdentities } from "./sampled";

test("fitWhitening() equals scikit-learn's PCA(whiten=True), golden", () => {
  const { map, variances, explained } = fitWhitening(goldenFeatures, { dimensions: 4 });
  const { data } = transform(map, goldenFeatures);
  assertClose(variances, golden.pca.variances, 1e-9);
  assertClose([explained], [golden.pca.explained], 1e-9);
  for (let k = 0; k < 4; k++) {
    assertClose(signedColumn(data, 4, k), signedColumn(golden.pca.whitened, 4, k), 1e-5);
  }
});

test("fitWhitening() gives mean 0 and covariance I, with more rows than columns and with fewer", () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(4, 90), (seed, d) => {
      const { x } = sampleIdentities(seed, { identities: 20, most: 3, d });
      const { map, variances } = fitWhitening(x);
      const kept = map.weights.rows;
      assert.equal(kept, Math.min(d, x.rows - 1));
      const y = transform(map, x);
      const mean = columnMeans(y);
      assertClose(mean, new Float64Array(kept), 1e-4);
      const covariance = scatter(centred(y, mean), y.rows, kept).map((sum) => sum / (y.rows - 1));
      const identity = Float64Array.from(covariance, (_, i) => (i % (kept + 1) === 0 ? 1 : 0));
      assertClose(covariance, identity, 1e-3);
      // The squared length of an axis is one over its variance.
      variances.forEach((value, k) => {
        const squared = rowOf(map.weights, k).reduce((sum, weight) => sum + weight * weight, 0);
        assertClose([squared * value], [1], 1e-4);
      });
    }),
    { numRuns: 30 },
  );
});

test("fitWhitening() keeps only the dimensions in which the data vary", () => {
  // (t, 2t, 0): one axis along (1, 2, 0)/√5, variance 5 · var(t) = 5 · 1 for t = −1, 0, 1.
  const x = matrixFromRows([-1, 0, 1].map((t) => [t, 2 * t, 0]));
  const { map, variances, explained } = fitWhitening(x);
  assertClose(variances, [5], 1e-12);
  assertClose([explained], [1], 1e-12);
  assertClose(transform(map, x).data, [-1, 0, 1], 1e-6);
});

test("fitWhitening() refuses constant data, NaN and dimensions below 1", () => {
  assert.throws(() => fitWhitening(matrix(3, 2)), /the rows must differ, current largest variance is 0/);
  assert.throws(() => fitWhitening(matrix(1, 2)), /at least 2 rows are needed, current value is 1/);
  assert.throws(
    () => fitWhitening(matrix(2, 1, Float32Array.of(1, Number.POSITIVE_INFINITY))),
    /row 1 column 0 is Infinity/,
  );
  assert.throws(
    () => fitWhitening(goldenFeatures, { dimensions: 0 }),
    /dimensions must be an integer of at least 1, current value is 0/,
  );
});
