import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { fitLogistic } from "../../lib/backends/logistic";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { assertClose, numericalGradient } from "../gradients";
import { golden, goldenFeatures } from "./golden";

for (const { ridge, weights, bias } of golden.logistic) {
  test(`fitLogistic() equals scikit-learn's LogisticRegression with ridge ${ridge}, golden`, () => {
    const fitted = fitLogistic(goldenFeatures, golden.positive, { ridge });
    assertClose([...fitted.weights, fitted.bias], [...weights, bias], 1e-6);
  });
}

test("fitLogistic() with a ridge that allows no weight gives the log odds of the kinds as bias", () => {
  // Three of four rows are positive: p = 3/4, b = ln 3.
  const { weights, bias } = fitLogistic(matrixFromRows([[1], [2], [3], [4]]), [1, 1, 1, 0], { ridge: 1e9 });
  assertClose([weights[0], bias], [0, Math.log(3)], 1e-6);
});

test("fitLogistic() ends where the gradient by central differences is 0, and its objective never rises", () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(1e-6, 1e-3, 0.1), (seed, ridge) => {
      const random = createRandom(seed);
      const [n, d] = [12, 3];
      const x = matrix(
        n,
        d,
        Float32Array.from({ length: n * d }, () => 3 * random.normal()),
      );
      const positive = Array.from({ length: n }, (_, i) => (i < 2 ? i : random.integer(2)));
      const { weights, bias, trace } = fitLogistic(x, positive, { ridge });
      const objective = (at: Float64Array): number => {
        let sum = 0;
        for (let i = 0; i < n; i++) {
          let logit = at[d];
          for (let k = 0; k < d; k++) logit += at[k] * x.data[i * d + k];
          sum += Math.log(1 + Math.exp(positive[i] === 1 ? -logit : logit)) / n;
        }
        return sum + (ridge / 2) * at.subarray(0, d).reduce((total, value) => total + value * value, 0);
      };
      const at = Float64Array.of(...weights, bias);
      assertClose([trace[trace.length - 1]], [objective(at)], 1e-10);
      assertClose(numericalGradient(objective, at, 1e-4), new Float64Array(d + 1), 1e-6);
      for (let i = 1; i < trace.length; i++) assert.ok(trace[i] < trace[i - 1]);
      assertClose([trace[0]], [Math.LN2], 1e-12);
    }),
  );
});

test("fitLogistic() refuses one kind only, NaN, odd lengths and options out of range", () => {
  const x = matrixFromRows([[1], [2]]);
  assert.throws(() => fitLogistic(x, [1, 1]), /both kinds of rows are needed, current values are 2 and 0/);
  assert.throws(() => fitLogistic(x, [1]), /2 labels are needed, current value is 1/);
  assert.throws(() => fitLogistic(matrixFromRows([[Number.NaN], [1]]), [0, 1]), /row 0 column 0 is NaN/);
  assert.throws(() => fitLogistic(x, [0, 1], { ridge: 0 }), /the ridge must be finite and above 0/);
  assert.throws(() => fitLogistic(x, [0, 1], { iterations: 0 }), /iterations must be an integer/);
  assert.throws(() => fitLogistic(x, [0, 1], { tolerance: -1 }), /the tolerance must be finite/);
});
