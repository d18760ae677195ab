import type { Matrix } from "../core/matrix";
import { centred, columnMeans, scatter } from "../core/scatter";
import { rowsByIdentity } from "./backend";

/** What LDA and Joint Bayesian need of labelled features. */
export interface IdentityStatistics {
  readonly images: number;
  /** x̄, the mean over images. */
  readonly mean: Float64Array;
  /** m, the number of images of each identity, in order of first appearance. */
  readonly sizes: readonly number[];
  /** x̄ᵢ − x̄, one row of D values per identity. */
  readonly means: Float64Array;
  /** Σ (xᵢⱼ − x̄ᵢ)(xᵢⱼ − x̄ᵢ)ᵀ over all images, D×D. */
  readonly within: Float64Array;
}

/** Throws what `rowsByIdentity` throws. */
export function identityStatistics(x: Matrix, labels: ArrayLike<number>, action: string): IdentityStatistics {
  const groups = rowsByIdentity(x, labels, action);
  const d = x.columns;
  const mean = columnMeans(x);
  const rows = centred(x, mean);
  const means = new Float64Array(groups.length * d);
  groups.forEach((group, i) => {
    const own = means.subarray(i * d, (i + 1) * d);
    for (const row of group) for (let k = 0; k < d; k++) own[k] += rows[row * d + k] / group.length;
    for (const row of group) for (let k = 0; k < d; k++) rows[row * d + k] -= own[k];
  });
  const sizes = groups.map((group) => group.length);
  return { images: x.rows, mean, sizes, means, within: scatter(rows, x.rows, d) };
}
