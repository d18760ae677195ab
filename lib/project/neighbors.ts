import type { Matrix } from "../core/matrix";
import { type BlockOptions, forEachDistanceBlock } from "../evaluate/distances";

/** The k nearest rows of every row, itself first: N×k, row-major; distances are L2 (not squared), as UMAP wants them. */
export interface Neighbors {
  readonly k: number;
  readonly indices: Int32Array;
  readonly distances: Float32Array;
}

/** Exact k nearest neighbours by blocked distances. Ties: the smaller row. Throws a RangeError unless 1 ≤ k ≤ N. Cost O(N²·D). */
export function nearestNeighbors(x: Matrix, k: number, options: BlockOptions = {}): Neighbors {
  const n = x.rows;
  if (!Number.isInteger(k) || k < 1 || k > n) {
    throw new RangeError(`Cannot find neighbours: k must be an integer in [1, ${n}], current value is ${k}`);
  }
  const indices: Int32Array = new Int32Array(n * k).fill(-1);
  const distances: Float32Array = new Float32Array(n * k).fill(Number.POSITIVE_INFINITY);
  forEachDistanceBlock(
    x,
    ({ rowStart, rows, columnStart, columns, values }) => {
      for (let i = 0; i < rows; i++) {
        const row = rowStart + i;
        const end = row * k + k - 1;
        for (let j = 0; j < columns; j++) {
          const other = columnStart + j;
          // A row is its own nearest neighbour even when rounding or a duplicate says otherwise.
          const d = other === row ? -1 : values[i * columns + j];
          if (d < distances[end]) insert(indices, distances, row * k, end, other, d);
        }
      }
    },
    options,
  );
  for (let i = 0; i < distances.length; i++) distances[i] = Math.sqrt(Math.max(0, distances[i]));
  return { k, indices, distances };
}

function insert(
  indices: Int32Array,
  distances: Float32Array,
  start: number,
  end: number,
  other: number,
  d: number,
): void {
  let at = end;
  for (; at > start && distances[at - 1] > d; at--) {
    distances[at] = distances[at - 1];
    indices[at] = indices[at - 1];
  }
  distances[at] = d;
  indices[at] = other;
}
