import type { Matrix } from "../core/matrix";
import type { BlockOptions } from "../evaluate/distances";
import { nearestRows } from "../evaluate/nearest";

/** The k nearest rows of every row, itself first: N×k, row-major; distances are L2 (not squared), as UMAP wants them. */
export interface Neighbors {
  readonly k: number;
  readonly indices: Int32Array;
  readonly distances: Float32Array;
}

/** Exact k nearest neighbours, as `nearestRows`, each row first in its own list. Throws a RangeError unless 1 ≤ k ≤ N. Cost O(N²·D). */
export function nearestNeighbors(x: Matrix, k: number, options: BlockOptions = {}): Neighbors {
  const n = x.rows;
  if (!Number.isInteger(k) || k < 1 || k > n) {
    throw new RangeError(`Cannot find neighbours: k must be an integer in [1, ${n}], current value is ${k}`);
  }
  const indices: Int32Array = new Int32Array(n * k);
  const distances: Float32Array = new Float32Array(n * k);
  const others = k > 1 ? nearestRows(x, x, k - 1, { ...options, leaveOneOut: true }) : undefined;
  for (let row = 0; row < n; row++) {
    indices[row * k] = row;
    for (let c = 1; others && c < k; c++) {
      indices[row * k + c] = others.indices[row * (k - 1) + c - 1];
      distances[row * k + c] = Math.sqrt(others.distances[row * (k - 1) + c - 1]);
    }
  }
  return { k, indices, distances };
}
