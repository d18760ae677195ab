import { CholeskyDecomposition, Matrix as Dense, EigenvalueDecomposition } from "ml-matrix";
import { LabError } from "./errors";

/**
 * Symmetric matrices in float64: d×d, row-major, element (i, j) is `a[i * d + j]`. The one door to ml-matrix, which decomposes them
 * (Householder tridiagonalisation and implicit QL): O(d³), seconds for d = 1,000.
 */

/** Eigenvalues in descending order, and the vector that belongs to each. */
export interface SymmetricEigen {
  readonly values: readonly number[];
  readonly vectors: readonly Float64Array[];
}

/** Unit eigenvectors of a symmetric matrix. Sign: the largest coordinate of each is positive, so that results do not flip between runs. */
export function symmetricEigen(a: Float64Array, d: number): SymmetricEigen {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(dense(a, d), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((i, j) => realEigenvalues[j] - realEigenvalues[i]);
  const vectors = order.map((column) =>
    withPositiveLargest(Float64Array.from(eigenvectorMatrix.getColumn(column))),
  );
  return { values: order.map((i) => realEigenvalues[i]), vectors };
}

export interface GeneralizedEigen extends SymmetricEigen {
  /** ln|b|. */
  readonly logDeterminant: number;
}

/**
 * Both matrices made diagonal by one basis: vᵢᵀ a vⱼ = λᵢ δᵢⱼ and vᵢᵀ b vⱼ = δᵢⱼ, that is a v = λ b v. `a` is symmetric, `b` positive definite;
 * of both only the lower triangle is read.
 * With b = L Lᵀ the vectors are L⁻ᵀ u for the eigenvectors u of L⁻¹ a L⁻ᵀ. Throws a LabError that begins with `what` when b is not positive definite.
 */
export function generalizedEigen(
  a: Float64Array,
  b: Float64Array,
  d: number,
  what: string = "Cannot make two matrices diagonal",
): GeneralizedEigen {
  if (!a.every(Number.isFinite) || !b.every(Number.isFinite)) {
    throw new LabError(`${what}: both matrices (${d}×${d}) must be finite`);
  }
  const cholesky = new CholeskyDecomposition(dense(mirrored(b, d), d));
  const lower = Float64Array.from(cholesky.lowerTriangularMatrix.to1DArray());
  for (let i = 0; i < d; i++) {
    // What is left of dimension i once those before it are known; rounding alone leaves about 1e-16 of it.
    const left = lower[i * d + i] ** 2 / b[i * d + i];
    if (!cholesky.isPositiveDefinite() || !(left > 1e-13)) {
      throw new LabError(
        `${what}: the second matrix (${d}×${d}) must be positive definite; it is singular, as with fewer samples than dimensions or a column without variation`,
      );
    }
  }
  let inner = mirrored(a, d);
  // Forward substitution on the columns of a, then on the rows of what came out: L⁻¹ a L⁻ᵀ.
  for (let pass = 0; pass < 2; pass++) {
    forwardSubstitute(lower, inner, d);
    transpose(inner, d);
  }
  inner = mirrored(inner, d);
  const { values, vectors } = symmetricEigen(inner, d);
  let logDeterminant = 0;
  for (let i = 0; i < d; i++) logDeterminant += 2 * Math.log(lower[i * d + i]);
  return {
    values,
    vectors: vectors.map((u) => withPositiveLargest(backSubstitute(lower, u, d))),
    logDeterminant,
  };
}

/** L⁻¹ x for all columns of the d×d matrix x, in place. */
function forwardSubstitute(lower: Float64Array, x: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) {
      const factor = lower[i * d + k];
      for (let j = 0; j < d; j++) x[i * d + j] -= factor * x[k * d + j];
    }
    for (let j = 0; j < d; j++) x[i * d + j] /= lower[i * d + i];
  }
}

/** L⁻ᵀ u. */
function backSubstitute(lower: Float64Array, u: Float64Array, d: number): Float64Array {
  const v = u.slice();
  for (let i = d - 1; i >= 0; i--) {
    v[i] /= lower[i * d + i];
    for (let k = 0; k < i; k++) v[k] -= lower[i * d + k] * v[i];
  }
  return v;
}

/** A symmetric matrix from a lower triangle: what was computed with rounding is symmetric only nearly. */
function mirrored(a: Float64Array, d: number): Float64Array {
  const result = a.slice();
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) result[j * d + i] = a[i * d + j];
  return result;
}

function transpose(a: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const held = a[i * d + j];
      a[i * d + j] = a[j * d + i];
      a[j * d + i] = held;
    }
  }
}

function withPositiveLargest(v: Float64Array): Float64Array {
  const largest = v.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? v.map((value) => -value) : v;
}

function dense(a: Float64Array, d: number): Dense {
  return new Dense(Array.from({ length: d }, (_, i) => a.subarray(i * d, (i + 1) * d)));
}
