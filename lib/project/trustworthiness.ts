import type { Matrix } from "../core/matrix";
import { pairDistances } from "../evaluate/distances";
import { nearestNeighbors } from "./neighbors";

/**
 * How far the neighbours in the picture are neighbours in the data: 1 is perfect.
 *
 *   T(k) = 1 − 2 / (N·k·(2N − 3k − 1)) · Σᵢ Σ_{j ∈ picture-neighbours of i, not data-neighbours} (rank(i, j) − k)
 *
 * Source: Venna and Kaski (2001). Needs k < N / 2. Cost O(N² log N).
 */
export function trustworthiness(data: Matrix, picture: Matrix, k: number = 15): number {
  const n = data.rows;
  if (picture.rows !== n) {
    throw new RangeError(
      `Cannot compare: ${n} rows are needed in the picture, current value is ${picture.rows}`,
    );
  }
  if (!Number.isInteger(k) || k < 1 || k >= n / 2) {
    throw new RangeError(`Cannot compare: k must be an integer in [1, ${n / 2}), current value is ${k}`);
  }
  const near = nearestNeighbors(picture, k + 1);
  const all = Int32Array.from({ length: n }, (_, j) => j);
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const distances = pairDistances(data, new Int32Array(n).fill(i), all);
    distances[i] = -1;
    const order = Array.from(all).sort((a, b) => distances[a] - distances[b] || a - b);
    const rank = new Int32Array(n);
    order.forEach((j, r) => {
      rank[j] = r;
    });
    for (let c = 1; c <= k; c++) penalty += Math.max(0, rank[near.indices[i * (k + 1) + c]] - k);
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}
