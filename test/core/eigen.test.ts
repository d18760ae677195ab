import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { generalizedEigen, symmetricEigen } from "../../lib/core/eigen";
import { createRandom } from "../../lib/core/random";
import { scatter } from "../../lib/core/scatter";
import { assertClose } from "../gradients";

const seedAndSize = [fc.integer(), fc.integer({ min: 1, max: 9 })] as const;

function symmetric(seed: number, d: number): Float64Array {
  const random = createRandom(seed);
  const a = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = i; j < d; j++) a[i * d + j] = a[j * d + i] = random.normal();
  return a;
}

/** vᵀ a w. */
function form(v: Float64Array, a: Float64Array, w: Float64Array): number {
  let sum = 0;
  v.forEach((left, i) => {
    w.forEach((right, j) => {
      sum += left * a[i * v.length + j] * right;
    });
  });
  return sum;
}

test("symmetricEigen() gives the axes of [[2, 1], [1, 2]]", () => {
  // (2 − λ)² = 1: λ = 3 along (1, 1)/√2, λ = 1 across it; the first of two equally large coordinates is positive.
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
  assertClose(values, [3, 1], 1e-12);
  assertClose(vectors[0], [Math.SQRT1_2, Math.SQRT1_2], 1e-12);
  assert.ok(Math.abs(vectors[1][0] + vectors[1][1]) < 1e-12);
});

test("symmetricEigen() solves A v = λ v with orthonormal vectors in descending order", () => {
  fc.assert(
    fc.property(...seedAndSize, (seed, d) => {
      const a = symmetric(seed, d);
      const { values, vectors } = symmetricEigen(a, d);
      const identity = new Float64Array(d * d);
      for (let i = 0; i < d; i++) identity[i * d + i] = 1;
      vectors.forEach((v, i) => {
        const product = Array.from({ length: d }, (_, row) =>
          v.reduce((sum, w, j) => sum + a[row * d + j] * w, 0),
        );
        assertClose(
          product,
          v.map((w) => w * values[i]),
          1e-9,
        );
        vectors.forEach((w, j) => {
          assert.ok(Math.abs(form(v, identity, w) - (i === j ? 1 : 0)) < 1e-9);
        });
        assert.ok(i === 0 || values[i] <= values[i - 1]);
        assert.ok(Math.max(...v) >= Math.max(...v.map((w) => -w)) - 1e-12);
      });
    }),
  );
});

test("generalizedEigen() makes both matrices diagonal and gives the determinant of the second", () => {
  fc.assert(
    fc.property(...seedAndSize, (seed, d) => {
      const a = symmetric(seed, d);
      const random = createRandom(seed).fork("b");
      const rows = Float64Array.from({ length: 3 * d * d }, () => random.normal());
      const b = scatter(rows, 3 * d, d);
      for (let i = 0; i < d; i++) b[i * d + i] += 0.5;
      const { values, vectors, logDeterminant } = generalizedEigen(a, b, d);
      vectors.forEach((v, i) => {
        vectors.forEach((w, j) => {
          assert.ok(Math.abs(form(v, b, w) - (i === j ? 1 : 0)) < 1e-9);
          assert.ok(Math.abs(form(v, a, w) - (i === j ? values[i] : 0)) < 1e-9);
        });
      });
      // The determinant is the product of the eigenvalues.
      const expected = symmetricEigen(b, d).values.reduce((sum, value) => sum + Math.log(value), 0);
      assertClose([logDeterminant], [expected], 1e-9);
    }),
  );
});

test("generalizedEigen() refuses a second matrix that is singular", () => {
  const identity = Float64Array.of(1, 0, 0, 1);
  for (const singular of [
    [1, 1, 1, 1],
    // Singular but for rounding: 0.1 · 0.1 is not quite 0.01.
    [0.1 * 0.1, 0.3 * 0.1, 0.3 * 0.1, 0.3 * 0.3],
    [1, 0, 0, 0],
    [1, 0, 0, -1],
  ]) {
    assert.throws(
      () => generalizedEigen(identity, Float64Array.from(singular), 2, "Cannot fit LDA"),
      /^LabError: Cannot fit LDA: the second matrix \(2×2\) must be positive definite/,
    );
  }
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const broken = Float64Array.of(odd, 0, 0, 1);
    assert.throws(() => generalizedEigen(identity, broken, 2), /both matrices \(2×2\) must be finite/);
    assert.throws(() => generalizedEigen(broken, identity, 2), /must be finite/);
  }
});
