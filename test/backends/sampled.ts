import { type Matrix, matrix } from "../../lib/core/matrix";
import { createRandom, type Random } from "../../lib/core/random";
import { scatter } from "../../lib/core/scatter";

/** A random positive definite d×d matrix. */
export function randomCovariance(random: Random, d: number): Float64Array {
  const rows = Float64Array.from({ length: (d + 2) * d }, () => random.normal());
  return scatter(rows, d + 2, d).map((sum, i) => sum / (d + 2) + (i % (d + 1) === 0 ? 0.1 : 0));
}

/** Options of {@link sampleIdentities}. */
export interface SampleOptions {
  readonly identities: number;
  /** Images per identity: uniform in [1, most], but the first identity has `most`. */
  readonly most: number;
  readonly d: number;
}

/** Labelled features of a linear Gaussian world: x = A μ + B ε. */
export function sampleIdentities(
  seed: number,
  { identities, most, d }: SampleOptions,
): { x: Matrix; labels: number[]; identityCovariance: Float64Array; withinCovariance: Float64Array } {
  const random = createRandom(seed);
  const mix = (): Float64Array => Float64Array.from({ length: d * d }, () => random.normal() / Math.sqrt(d));
  const [a, b] = [mix(), mix().map((value, i) => value + (i % (d + 1) === 0 ? 0.5 : 0))];
  const drawn = (m: Float64Array): number[] => {
    const z = Array.from({ length: d }, () => random.normal());
    return z.map((_, row) => z.reduce((sum, value, k) => sum + m[row * d + k] * value, 0));
  };
  const rows: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < identities; i++) {
    const mu = drawn(a);
    for (let j = i === 0 ? most : 1 + random.integer(most); j > 0; j--) {
      const epsilon = drawn(b);
      rows.push(mu.map((value, k) => value + epsilon[k]));
      labels.push(i);
    }
  }
  return {
    x: matrix(rows.length, d, Float32Array.from(rows.flat())),
    labels,
    identityCovariance: timesOwnTranspose(a, d),
    withinCovariance: timesOwnTranspose(b, d),
  };
}

function timesOwnTranspose(m: Float64Array, d: number): Float64Array {
  return Float64Array.from({ length: d * d }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += m[Math.floor(i / d) * d + k] * m[(i % d) * d + k];
    return sum;
  });
}

/** ln N(x; 0, S) by Gauss–Jordan elimination: slow and obvious. */
export function logGaussian(x: readonly number[], covariance: (i: number, j: number) => number): number {
  const n = x.length;
  const rows = x.map((value, i) => [...x.map((_, j) => covariance(i, j)), value]);
  let logDeterminant = 0;
  for (let k = 0; k < n; k++) {
    logDeterminant += Math.log(rows[k][k]);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const squared = x.reduce((sum, value, k) => sum + (value * rows[k][n]) / rows[k][k], 0);
  return -(n * Math.log(2 * Math.PI) + logDeterminant + squared) / 2;
}

/** Inverse of a d×d matrix by Gauss–Jordan elimination without pivoting: for positive definite ones. */
export function inverse(a: Float64Array, d: number): Float64Array {
  const rows = Array.from({ length: d }, (_, i) =>
    Array.from({ length: 2 * d }, (_, j) => (j < d ? a[i * d + j] : j - d === i ? 1 : 0)),
  );
  for (let k = 0; k < d; k++) {
    rows[k] = rows[k].map((value, _, row) => value / row[k]);
    for (let i = 0; i < d; i++) {
      if (i !== k) rows[i] = rows[i].map((value, j) => value - rows[i][k] * rows[k][j]);
    }
  }
  return Float64Array.from(rows.flatMap((row) => row.slice(d)));
}

/** a b of two d×d matrices. */
export function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  return Float64Array.from({ length: d * d }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += a[Math.floor(i / d) * d + k] * b[k * d + (i % d)];
    return sum;
  });
}
