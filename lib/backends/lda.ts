import { generalizedEigen } from "../core/eigen";
import type { Matrix } from "../core/matrix";
import { scatter } from "../core/scatter";
import { checkAtLeast0, checkCount } from "./backend";
import { identityStatistics } from "./identityStatistics";
import { type LinearMap, linearMap } from "./linearMap";

/** Options of {@link fitLda}. */
export interface LdaOptions {
  /** Most dimensions to keep, at least 1; default 128. Never more than D or identities − 1. */
  readonly dimensions?: number;
  /** Added to the diagonal of S_w, as a multiple of its mean diagonal; at least 0, default 0.01. */
  readonly ridge?: number;
}

export interface Lda {
  /** D → K: S_w becomes I. */
  readonly map: LinearMap;
  /** Variance between identities over variance within, per axis, descending. */
  readonly ratios: readonly number[];
}

/**
 * Fisher's linear discriminant analysis: the axes w with the largest wᵀ S_b w / wᵀ S_w w.
 *
 *   S_w = 1/N Σᵢ Σⱼ (xᵢⱼ − x̄ᵢ)(xᵢⱼ − x̄ᵢ)ᵀ + ridge,   S_b = 1/N Σᵢ mᵢ (x̄ᵢ − x̄)(x̄ᵢ − x̄)ᵀ
 *
 * Source: Fisher (1936); Rao (1948) for many classes. Differs from the papers: the ridge.
 * Throws a LabError for fewer than two identities or a singular S_w.
 */
export function fitLda(x: Matrix, labels: ArrayLike<number>, options: LdaOptions = {}): Lda {
  const { dimensions = 128, ridge = 0.01 } = options;
  const action = "Cannot fit LDA";
  checkCount(dimensions, "dimensions", action);
  checkAtLeast0(ridge, "the ridge", action);
  const { images, mean, sizes, means, within } = identityStatistics(x, labels, action);
  const d = x.columns;
  const weighted = means.map((value, i) => value * Math.sqrt(sizes[Math.floor(i / d)] / images));
  const covariance = within.map((sum) => sum / images);
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i];
  for (let i = 0; i < d; i++) covariance[i * d + i] += (ridge * trace) / d;
  const between = scatter(weighted, sizes.length, d);
  const { values, vectors } = generalizedEigen(between, covariance, d, action);
  const kept = Math.min(dimensions, d, sizes.length - 1);
  return { map: linearMap(vectors.slice(0, kept), mean), ratios: values.slice(0, kept) };
}
