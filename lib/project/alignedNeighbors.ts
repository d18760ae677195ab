import type { Matrix } from "../core/matrix";
import type { BlockOptions } from "../evaluate/distances";
import { type Neighbors, nearestNeighbors } from "./neighbors";

/** Copies of a point at other epochs that each point is tied to. */
const TIES = 2;

/**
 * Neighbours for one UMAP of the same N points at E epochs (row e·N + i is point i at epoch e): each row's k nearest rows of its own epoch, itself first, and
 * itself at the nearest epochs as far away as its nearest neighbour. So epochs are never compared by distance, which differs from one to the next as a
 * whole; they share a layout in which a point leaves its place where its neighbours change.
 *
 * Source: the idea of AlignedUMAP in umap-learn ("relations" between slices). Differs from it: the ties are edges of one graph, not a penalty beside E layouts.
 */
export function alignedNeighbors(
  epochs: readonly Matrix[],
  k: number,
  options: BlockOptions = {},
): Neighbors {
  const n = epochs[0].rows;
  for (const { rows } of epochs) {
    if (rows === n) continue;
    throw new RangeError(`Cannot align: every epoch must have ${n} rows, current value is ${rows}`);
  }
  const ties = Math.min(TIES, epochs.length - 1);
  const width = k + ties;
  const indices: Int32Array = new Int32Array(epochs.length * n * width);
  const distances: Float32Array = new Float32Array(epochs.length * n * width);
  for (const [e, x] of epochs.entries()) {
    const own = nearestNeighbors(x, k, options);
    const others = nearestEpochs(e, epochs.length, ties);
    for (let i = 0; i < n; i++) {
      const from = (e * n + i) * width;
      indices[from] = e * n + i;
      others.forEach((other, t) => {
        indices[from + 1 + t] = other * n + i;
        distances[from + 1 + t] = k > 1 ? own.distances[i * k + 1] : 0;
      });
      for (let c = 1; c < k; c++) {
        indices[from + ties + c] = e * n + own.indices[i * k + c];
        distances[from + ties + c] = own.distances[i * k + c];
      }
    }
  }
  return { k: width, indices, distances };
}

/** The epochs nearest to `epoch`, the earlier one first among equally near ones. */
function nearestEpochs(epoch: number, count: number, ties: number): number[] {
  const others = Array.from({ length: count }, (_, e) => e).filter((e) => e !== epoch);
  return others.sort((a, b) => Math.abs(a - epoch) - Math.abs(b - epoch) || a - b).slice(0, ties);
}
