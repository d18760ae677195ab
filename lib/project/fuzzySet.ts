import type { Neighbors } from "./neighbors";

/** A weighted graph as a list of directed edges in order of `from`; an edge and its opposite are both listed, with the same weight in (0, 1]. */
export interface FuzzySet {
  readonly count: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float32Array;
}

/**
 * The fuzzy simplicial set of a neighbour graph: how surely two rows belong together.
 *
 *   w(j | i) = exp(−max(0, d(i, j) − ρᵢ) / σᵢ),  ρᵢ the nearest distance above 0, σᵢ such that Σⱼ w(j | i) = log₂ k
 *   w(i, j)  = w(j | i) + w(i | j) − w(j | i) · w(i | j)
 *
 * Source: McInnes, Healy, Melville (2018), sections 3.1 and 4.1, Algorithms 2 and 3. Differs from the paper: σ is not below a thousandth of the mean distance
 * (of the row, or of all where a row has only copies of itself), as in the reference implementation, so that copies do not divide by 0.
 * Every row stands first in its own list; distances are L2. Cost O(N·k²).
 */
export function fuzzySet({ k, indices, distances }: Neighbors): FuzzySet {
  const count = indices.length / k;
  const given = memberships(distances, count, k);
  const place = (i: number, j: number): number => {
    for (let c = 1; c < k; c++) if (indices[i * k + c] === j) return i * k + c;
    return -1;
  };
  const edges: { to: number; weight: number }[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < count; i++) {
    for (let c = 1; c < k; c++) {
      const j = indices[i * k + c];
      const back = place(j, i);
      const forth = given[i * k + c];
      const weight = back < 0 ? forth : forth + given[back] - forth * given[back];
      if (weight === 0) continue;
      edges[i].push({ to: j, weight });
      if (back < 0) edges[j].push({ to: i, weight });
    }
  }
  const all = edges.flatMap((list, i) => list.map(({ to, weight }) => ({ from: i, to, weight })));
  return {
    count,
    from: Int32Array.from(all, (edge) => edge.from),
    to: Int32Array.from(all, (edge) => edge.to),
    weight: Float32Array.from(all, (edge) => edge.weight),
  };
}

const LEAST_SHARE = 1e-3;
const ROUNDS = 64;

/** w(j | i) beside the distances; 0 for a row itself. */
function memberships(distances: Float32Array, count: number, k: number): Float64Array {
  const wanted = Math.log2(k);
  const meanOfAll = distances.reduce((sum, d) => sum + d, 0) / distances.length;
  const result = new Float64Array(distances.length);
  for (let i = 0; i < count; i++) {
    const row = distances.subarray(i * k, (i + 1) * k);
    const rho = row.find((d) => d > 0) ?? 0;
    const mean = row.reduce((sum, d) => sum + d, 0) / k;
    const least = LEAST_SHARE * (rho > 0 ? mean : meanOfAll);
    const sigma = Math.max(least, bandwidth(row, rho, wanted));
    for (let c = 1; c < k; c++) {
      const beyond = row[c] - rho;
      result[i * k + c] = beyond <= 0 || sigma === 0 ? 1 : Math.exp(-beyond / sigma);
    }
  }
  return result;
}

/** σ by bisection; the sum grows with it. */
function bandwidth(row: Float32Array, rho: number, wanted: number): number {
  let [low, high, sigma] = [0, Number.POSITIVE_INFINITY, 1];
  for (let round = 0; round < ROUNDS; round++) {
    let sum = 0;
    for (let c = 1; c < row.length; c++) sum += row[c] <= rho ? 1 : Math.exp((rho - row[c]) / sigma);
    if (Math.abs(sum - wanted) < 1e-5) break;
    if (sum > wanted) high = sigma;
    else low = sigma;
    sigma = high === Number.POSITIVE_INFINITY ? 2 * sigma : (low + high) / 2;
  }
  return sigma;
}
