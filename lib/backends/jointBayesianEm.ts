import type { GeneralizedEigen } from "../core/eigen";
import { grouped } from "../core/groups";
import { scatter, timesTransposed } from "../core/scatter";
import type { IdentityStatistics } from "./identityStatistics";

/** The parameters of Joint Bayesian: S_μ and S_ε, D×D, row-major, float64. */
export interface Covariances {
  readonly identityCovariance: Float64Array;
  readonly withinCovariance: Float64Array;
}

/** The data as EM needs them, seen in the basis where S_ε = I and S_μ = diag(ratios). */
export interface RotatedStatistics {
  readonly statistics: IdentityStatistics;
  readonly d: number;
  readonly basis: GeneralizedEigen;
  /** Diagonal of S_μ, never below 0. */
  readonly ratios: readonly number[];
  /** For each number m of images: how many identities have it, and the D×D scatter of their rotated means. */
  readonly sizes: readonly { readonly m: number; readonly count: number; readonly scatter: Float64Array }[];
}

/** Where EM starts: the scatter of identity means, and the scatter within identities. */
export function startOf({ images, sizes, means, within }: IdentityStatistics, added: number): Covariances {
  const d = means.length / sizes.length;
  return {
    identityCovariance: scatter(means, sizes.length, d).map((sum) => sum / sizes.length),
    withinCovariance: within.map((sum, i) => sum / images + (i % (d + 1) === 0 ? added : 0)),
  };
}

export function rotated(statistics: IdentityStatistics, basis: GeneralizedEigen): RotatedStatistics {
  const { sizes, means } = statistics;
  const d = basis.values.length;
  const turned = timesTransposed(means, sizes.length, rowsOf(basis), d, d);
  const bySize = grouped(sizes.keys(), (i) => sizes[i]);
  return {
    statistics,
    d,
    basis,
    ratios: basis.values.map((value) => Math.max(0, value)),
    sizes: Array.from(bySize, ([m, identities]) => {
      const rows = new Float64Array(identities.length * d);
      identities.forEach((i, row) => {
        rows.set(turned.subarray(i * d, (i + 1) * d), row * d);
      });
      return { m, count: identities.length, scatter: scatter(rows, identities.length, d) };
    }),
  };
}

/**
 * ln p(data) in nats minus the ridge's penalty. The m images of an identity have covariance I + λ 1 1ᵀ on each axis, with determinant 1 + mλ:
 *
 *   −½ [N D ln 2π + N ln|S_ε| + tr S_ε⁻¹ W + Σᵢ Σₖ (ln(1 + mᵢλₖ) + mᵢ x̄ᵢₖ² / (1 + mᵢλₖ))] − ½ N added tr S_ε⁻¹
 */
export function objectiveOf(view: RotatedStatistics, added: number): number {
  const { statistics, d, basis, ratios, sizes } = view;
  const { images, within } = statistics;
  const rows = rowsOf(basis);
  const products = timesTransposed(rows, d, within, d, d);
  let sum = images * (d * Math.log(2 * Math.PI) + basis.logDeterminant);
  for (let i = 0; i < d * d; i++) sum += rows[i] * (products[i] + images * added * rows[i]);
  for (const { m, count, scatter: means } of sizes) {
    ratios.forEach((ratio, k) => {
      sum += count * Math.log(1 + m * ratio) + (m * means[k * d + k]) / (1 + m * ratio);
    });
  }
  return -sum / 2;
}

/** The M-step, computed in the basis and carried back. Without `posterior` the posterior covariance of μ is left out. */
export function maximise(
  view: RotatedStatistics,
  withinCovariance: Float64Array,
  { added, posterior }: { readonly added: number; readonly posterior: boolean },
): Covariances {
  const { statistics, d, basis, ratios, sizes } = view;
  const { images, within } = statistics;
  const identity = new Float64Array(d * d);
  const error = new Float64Array(d * d);
  for (const { m, count, scatter: means } of sizes) {
    const shrunk = ratios.map((ratio) => (m * ratio) / (1 + m * ratio));
    for (let a = 0; a < d; a++) {
      for (let b = 0; b < d; b++) {
        identity[a * d + b] += shrunk[a] * shrunk[b] * means[a * d + b];
        error[a * d + b] += m * (1 - shrunk[a]) * (1 - shrunk[b]) * means[a * d + b];
      }
      const uncertainty = posterior ? count * (ratios[a] / (1 + m * ratios[a])) : 0;
      identity[a * d + a] += uncertainty;
      error[a * d + a] += m * uncertainty;
    }
  }
  // The basis V satisfies V S_ε Vᵀ = I, so V⁻¹ = S_ε Vᵀ.
  const back = timesTransposed(withinCovariance, d, rowsOf(basis), d, d);
  const carry = (s: Float64Array): Float64Array =>
    timesTransposed(timesTransposed(back, d, s, d, d), d, back, d, d);
  const carried = carry(error);
  return {
    identityCovariance: carry(identity).map((sum) => sum / statistics.sizes.length),
    withinCovariance: within.map((sum, i) => (sum + carried[i]) / images + (i % (d + 1) === 0 ? added : 0)),
  };
}

function rowsOf({ vectors }: GeneralizedEigen): Float64Array {
  const d = vectors.length;
  const rows = new Float64Array(d * d);
  vectors.forEach((vector, k) => {
    rows.set(vector, k * d);
  });
  return rows;
}
