import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { fitJointBayesian, type JointBayesian } from "../../lib/backends/jointBayesian";
import { jointBayesianScore } from "../../lib/backends/jointBayesianScore";
import { transform } from "../../lib/backends/linearMap";
import { type Matrix, matrix, matrixFromRows, rowOf } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { columnMeans } from "../../lib/core/scatter";
import { assertClose } from "../gradients";
import { inverse, logGaussian, product, sampleIdentities } from "./sampled";

/** Runs a property on small samples of identities: seed, D. */
function forSamples(body: (seed: number, d: number) => void): void {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), body), { numRuns: 30 });
}

function centredRows(x: Matrix): number[][] {
  const mean = columnMeans(x);
  return Array.from({ length: x.rows }, (_, i) => Array.from(rowOf(x, i), (value, k) => value - mean[k]));
}

/** The stacked rows of each identity. */
function identitiesOf(x: Matrix, labels: readonly number[]): number[][][] {
  const rows = centredRows(x);
  return [...new Set(labels)].map((label) => rows.filter((_, i) => labels[i] === label));
}

/** Covariance of the stacked images of one identity: S_μ everywhere, S_ε on the diagonal blocks. */
function stacked(s: Pick<JointBayesian, "identityCovariance" | "withinCovariance">, d: number) {
  return (i: number, j: number): number => {
    const at = (i % d) * d + (j % d);
    const sameImage = Math.floor(i / d) === Math.floor(j / d);
    return s.identityCovariance[at] + (sameImage ? s.withinCovariance[at] : 0);
  };
}

function scoreOf(model: JointBayesian, x: Matrix, i: number, j: number): number {
  const y = transform(model.map, x);
  return jointBayesianScore(model.ratios, rowOf(y, i), rowOf(y, j));
}

test("jointBayesianScore() of two ones with λ = 1", () => {
  // Same: S = [[2, 1], [1, 2]], |S| = 3, xᵀS⁻¹x = 2/3. Different: 2I, determinant 4, xᵀx/2 = 1. ½(ln 4 − ln 3) + ½(1 − 2/3).
  assertClose([jointBayesianScore([1], [1], [1])], [0.5 * Math.log(4 / 3) + 1 / 6], 1e-12);
  // x = (1, −1): xᵀS⁻¹x = 2.
  assertClose([jointBayesianScore([1], [1], [-1])], [0.5 * Math.log(4 / 3) - 0.5], 1e-12);
  assert.equal(jointBayesianScore([0], [3], [-5]), 0);
});

test("jointBayesianScore() equals its definition by 2D×2D Gaussians, and the paper's A and G", () => {
  forSamples((seed, d) => {
    const { x, labels } = sampleIdentities(seed, { identities: 12, most: 4, d });
    const model = fitJointBayesian(x, labels, { iterations: 5 });
    const rows = centredRows(x);
    const { identityCovariance: mu, withinCovariance: epsilon } = model;
    const none = {
      identityCovariance: new Float64Array(d * d),
      withinCovariance: mu.map((v, k) => v + epsilon[k]),
    };
    const pair = [...rows[0], ...rows[x.rows - 1]];
    const definition = logGaussian(pair, stacked(model, d)) - logGaussian(pair, stacked(none, d));
    const score = scoreOf(model, x, 0, x.rows - 1);
    assertClose([score], [definition], 1e-4);

    // Eqs. 4 to 6: F = S_ε⁻¹, G = −(2 S_μ + S_ε)⁻¹ S_μ S_ε⁻¹, A = (S_μ + S_ε)⁻¹ − (F + G).
    const f = inverse(epsilon, d);
    const g = product(
      product(
        inverse(
          mu.map((v, k) => 2 * v + epsilon[k]),
          d,
        ),
        mu,
        d,
      ),
      f,
      d,
    ).map((v) => -v);
    const a = inverse(none.withinCovariance, d).map((v, k) => v - f[k] - g[k]);
    const form = (m: Float64Array, u: readonly number[], v: readonly number[]): number =>
      u.reduce((sum, p, i) => sum + v.reduce((inner, q, j) => inner + p * m[i * d + j] * q, 0), 0);
    const [u, v] = [rows[0], rows[x.rows - 1]];
    const paper = (form(a, u, u) + form(a, v, v) - 2 * form(g, u, v)) / 2;
    const zero = new Float64Array(d);
    assertClose([score - jointBayesianScore(model.ratios, zero, zero)], [paper], 1e-4);
  });
});

test("fitJointBayesian() traces the exact log-likelihood of the data", () => {
  forSamples((seed, d) => {
    const { x, labels } = sampleIdentities(seed, { identities: 10, most: 4, d });
    const model = fitJointBayesian(x, labels, { iterations: 3, tolerance: 0, ridge: 0 });
    const expected = identitiesOf(x, labels).reduce(
      (sum, images) => sum + logGaussian(images.flat(), stacked(model, d)),
      0,
    );
    assertClose([model.trace[3]], [expected], 1e-8);
  });
});

/** One step of EM from the posterior of μ given the stacked images, by the rules of conditional Gaussians. */
function oracleStep(before: JointBayesian, images: readonly number[][][], d: number, posterior: boolean) {
  const mu = before.identityCovariance;
  const identityCovariance = new Float64Array(d * d);
  const withinCovariance = new Float64Array(d * d);
  const total = images.reduce((sum, own) => sum + own.length, 0);
  for (const own of images) {
    const size = own.length * d;
    const covariance = stacked(before, d);
    const inverted = inverse(
      Float64Array.from({ length: size * size }, (_, i) => covariance(Math.floor(i / size), i % size)),
      size,
    );
    // [S_μ … S_μ] Σ⁻¹
    const gain = (a: number, column: number): number => {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += mu[a * d + (k % d)] * inverted[k * size + column];
      return sum;
    };
    const all = own.flat();
    const mean = Array.from({ length: d }, (_, a) =>
      all.reduce((sum, value, c) => sum + gain(a, c) * value, 0),
    );
    for (let a = 0; a < d; a++) {
      for (let b = 0; b < d; b++) {
        let left = mu[a * d + b];
        for (let c = 0; c < size; c++) left -= gain(a, c) * mu[(c % d) * d + b];
        const uncertainty = posterior ? left : 0;
        identityCovariance[a * d + b] += (mean[a] * mean[b] + uncertainty) / images.length;
        for (const image of own) {
          withinCovariance[a * d + b] += ((image[a] - mean[a]) * (image[b] - mean[b]) + uncertainty) / total;
        }
      }
    }
  }
  return { identityCovariance, withinCovariance };
}

for (const update of ["exact", "means"] as const) {
  test(`fitJointBayesian() with the update "${update}" steps as the posterior by conditional Gaussians says`, () => {
    forSamples((seed, d) => {
      const { x, labels } = sampleIdentities(seed, { identities: 10, most: 4, d });
      const options = { update, tolerance: 0, ridge: 0 };
      const before = fitJointBayesian(x, labels, { ...options, iterations: 1 });
      const after = fitJointBayesian(x, labels, { ...options, iterations: 2 });
      const expected = oracleStep(before, identitiesOf(x, labels), d, update === "exact");
      assertClose(after.identityCovariance, expected.identityCovariance, 1e-9);
      assertClose(after.withinCovariance, expected.withinCovariance, 1e-9);
    });
  });
}

test("fitJointBayesian() never lets its objective fall, with and without a ridge", () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0, 1e-6, 0.5), (seed, ridge) => {
      const { x, labels } = sampleIdentities(seed, { identities: 15, most: 5, d: 4 });
      const { trace } = fitJointBayesian(x, labels, { iterations: 30, tolerance: 0, ridge });
      assert.ok(trace.length > 2);
      for (let i = 1; i < trace.length; i++) {
        assert.ok(trace[i] >= trace[i - 1] - 1e-9 * Math.abs(trace[i]), `${trace[i - 1]} to ${trace[i]}`);
      }
    }),
    { numRuns: 30 },
  );
});

test("fitJointBayesian() recovers the covariances that the data were drawn from; the paper's update finds too little variance within", () => {
  const drawn = sampleIdentities(4, { identities: 4000, most: 4, d: 3 });
  const exact = fitJointBayesian(drawn.x, drawn.labels, { iterations: 200, tolerance: 1e-6 });
  // Sampling error of 4,000 identities and 10,000 images is 2 to 3 %.
  assertClose(exact.identityCovariance, drawn.identityCovariance, 0.07);
  assertClose(exact.withinCovariance, drawn.withinCovariance, 0.07);
  const means = fitJointBayesian(drawn.x, drawn.labels, { update: "means", iterations: 200, tolerance: 0 });
  const trace = (s: Float64Array): number => s[0] + s[4] + s[8];
  assert.ok(trace(means.withinCovariance) < 0.85 * trace(drawn.withinCovariance));
  const last = means.trace[means.trace.length - 1];
  assert.ok(last < Math.max(...means.trace) - 1, "the likelihood did not fall on the way");
  assert.ok(last < exact.trace[exact.trace.length - 1] - 100);
});

test("fitJointBayesian() gives the same scores after any invertible linear map of the features", () => {
  forSamples((seed, d) => {
    const { x, labels } = sampleIdentities(seed, { identities: 15, most: 4, d });
    const random = createRandom(seed).fork("map");
    const shift = Array.from({ length: d }, () => random.normal());
    // Upper triangular with ones and twos on the diagonal: never singular.
    const moved = matrixFromRows(
      Array.from({ length: x.rows }, (_, i) =>
        shift.map((offset, a) => {
          let sum = offset + (1 + (a % 2)) * rowOf(x, i)[a];
          for (let b = a + 1; b < d; b++) sum += shift[b] * rowOf(x, i)[b];
          return sum;
        }),
      ),
    );
    const options = { iterations: 4, tolerance: 0, ridge: 0 };
    const [plain, mapped] = [fitJointBayesian(x, labels, options), fitJointBayesian(moved, labels, options)];
    for (const [i, j] of [
      [0, 1],
      [1, x.rows - 1],
    ]) {
      assertClose([scoreOf(mapped, moved, i, j)], [scoreOf(plain, x, i, j)], 2e-3);
      assert.equal(scoreOf(plain, x, i, j), scoreOf(plain, x, j, i));
    }
  });
});

test("fitJointBayesian() refuses bad input by name", () => {
  const { x, labels } = sampleIdentities(1, { identities: 5, most: 3, d: 2 });
  const fit =
    (features: Matrix, by: ArrayLike<number>, options = {}): (() => unknown) =>
    () =>
      fitJointBayesian(features, by, options);
  const broken = matrix(x.rows, 2, x.data.slice().fill(Number.NaN, 3, 4));
  assert.throws(fit(broken, labels), /row 1 column 1 is NaN/);
  assert.throws(fit(x, labels.slice(1)), /labels are needed, current value is/);
  assert.throws(
    fit(
      x,
      labels.map(() => 7),
    ),
    /at least 2 identities are needed, current value is 1/,
  );
  assert.throws(
    fit(
      x,
      labels.map((_, i) => i),
    ),
    /an identity with two or more images is needed/,
  );
  assert.throws(fit(matrix(x.rows, 2), labels), /the features must vary, current variance is 0/);
  const copied = matrix(
    x.rows,
    4,
    Float32Array.from({ length: 4 * x.rows }, (_, i) => x.data[i >> 1]),
  );
  assert.throws(fit(copied, labels, { ridge: 0 }), /must be positive definite/);
  assert.ok(fitJointBayesian(copied, labels, { ridge: 1e-3 }).trace.every(Number.isFinite));
  for (const [options, message] of [
    [{ iterations: 0 }, /iterations must be an integer of at least 1, current value is 0/],
    [{ tolerance: Number.NaN }, /the tolerance must be finite and at least 0, current value is NaN/],
    [{ ridge: -1 }, /the ridge must be finite and at least 0, current value is -1/],
  ] as const) {
    assert.throws(fit(x, labels, options), message);
  }
});
