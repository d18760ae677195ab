import { checkFinite, checkSquares, type Matrix } from "../core/matrix";
import { type BlockOptions, forEachPairDistance } from "../evaluate/distances";
import { NOISE } from "./contingency";
import { numbered } from "./dendrogram";

/**
 * Mean silhouette of a clustering, in [−1, 1]; it needs no identities. For a row with mean L2 `a` to the others of its cluster and mean L2 `b` to
 * the nearest other cluster it is (b − a) / max(a, b); 0 for a row that is alone in its cluster. Noise rows (−1) are alone.
 *
 * Source: Rousseeuw (1987). Distances are L2, as there, not squared.
 * Throws a RangeError unless there are 2 to N − 1 clusters and where squares overflow 32-bit floats, a LabError for a row that is not finite. Cost O(N²·D), memory O(N · clusters).
 */
export function silhouette(x: Matrix, clusters: ArrayLike<number>, options: BlockOptions = {}): number {
  const n = x.rows;
  const names = Array.from({ length: n }, (_, i) => (clusters[i] === NOISE ? -1 - i : clusters[i]));
  const group = numbered(names);
  const sizes = new Int32Array(group.reduce((most, g) => Math.max(most, g), -1) + 1);
  for (const g of group) sizes[g]++;
  if (clusters.length !== n || sizes.length < 2 || sizes.length >= n) {
    throw new RangeError(
      `Cannot measure a silhouette: ${n} rows must lie in 2 to ${n - 1} clusters, current values are ${clusters.length} and ${sizes.length}`,
    );
  }
  checkFinite(x, "rows for a silhouette");
  checkSquares(x, "measure a silhouette");
  const k = sizes.length;
  const sums = new Float64Array(n * k);
  forEachPairDistance(
    x,
    (i, j, squared) => {
      const distance = Math.sqrt(squared);
      sums[i * k + group[j]] += distance;
      sums[j * k + group[i]] += distance;
    },
    options,
  );
  let total = 0;
  for (let i = 0; i < n; i++) {
    const own = group[i];
    if (sizes[own] === 1) continue;
    let other = Number.POSITIVE_INFINITY;
    for (let g = 0; g < k; g++) if (g !== own) other = Math.min(other, sums[i * k + g] / sizes[g]);
    const inside = sums[i * k + own] / (sizes[own] - 1);
    const larger = Math.max(inside, other);
    if (larger > 0) total += (other - inside) / larger;
  }
  return total / n;
}
