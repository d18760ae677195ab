import { checkFinite, type Matrix } from "../core/matrix";
import type { Products } from "../core/products";
import { engineProducts } from "../engine/products";

/**
 * What every miner reads. The N rows of the batch are the anchors; positives and negatives come from C ≥ N candidate rows, of which the first
 * N are the batch itself. Rows N and above are a memory (see `createMemory`); without one C = N. All indices of triplets are candidate rows.
 */
export interface MiningBatch {
  /** Anchors N. */
  readonly size: number;
  /** Squared L2 distances of the anchors to all candidates, N×C, row-major; 0 from a row to itself. */
  readonly distances: Float32Array;
  /** Identity of each of the C candidates. */
  readonly labels: Int32Array;
  /** Dimension D of the embeddings, for rules whose weights depend on it. */
  readonly dimension: number;
}

/** Options of {@link miningBatch} and of other functions that need all distances. */
export interface MiningBatchOptions {
  /** The first rows that are anchors, in [0, rows]; default all. The rows after them are a memory: candidates only. */
  readonly anchors?: number;
  /** Inner products of two blocks of rows; default on the engine. */
  readonly products?: Products;
}

/**
 * All distances that mining needs, from one Gram matrix: D = ‖a‖² + ‖b‖² − 2a·b. Symmetric, never negative, exactly 0 from a row to itself.
 * The error of a distance is some float32 roundings of the norms (about 1e-7 for unit rows), also where the distance itself is small.
 * Throws a LabError that names the first value that is not finite, and a RangeError when labels or anchors do not fit the rows.
 */
export function miningBatch(
  embeddings: Matrix,
  labels: Int32Array,
  options: MiningBatchOptions = {},
): MiningBatch {
  const { rows, columns: dimension } = embeddings;
  const { anchors = rows, products = engineProducts } = options;
  if (!Number.isInteger(anchors) || anchors < 0 || anchors > rows) {
    throw new RangeError(
      `Cannot mine: the anchors must be an integer in [0, ${rows}], current value is ${anchors}`,
    );
  }
  checkEmbeddings(embeddings, labels);
  const distances = distancesToAll(embeddings, 0, anchors, { products });
  for (let i = 0; i < anchors; i++) {
    // The engine may add up i·j and j·i in different orders.
    for (let j = 0; j < i; j++) distances[i * rows + j] = distances[j * rows + i];
  }
  return { size: anchors, distances, labels, dimension };
}

/** Throws unless there is one label for every row and every value is finite. */
export function checkEmbeddings(embeddings: Matrix, labels: Int32Array): void {
  if (labels.length !== embeddings.rows) {
    throw new RangeError(
      `Cannot mine: ${embeddings.rows} labels are needed, one for every embedding, current value is ${labels.length}`,
    );
  }
  checkFinite(embeddings, "embeddings to mine");
}

/** Squared L2 distances of `count` rows from `start` on to all R rows, count×R, never negative, exactly 0 from a row to itself. */
export function distancesToAll(
  x: Matrix,
  start: number,
  count: number,
  options: { readonly products?: Products; readonly norms?: Float64Array } = {},
): Float32Array {
  const { rows, columns } = x;
  const { products = engineProducts, norms = squaredNorms(x) } = options;
  if (count === 0) return new Float32Array(0);
  const part = x.data.subarray(start * columns, (start + count) * columns);
  const distances = products(part, count, x.data, rows, columns);
  for (let i = 0, o = 0; i < count; i++) {
    const norm = norms[start + i];
    for (let j = 0; j < rows; j++, o++) distances[o] = Math.max(0, norm + norms[j] - 2 * distances[o]);
    distances[i * rows + start + i] = 0;
  }
  return distances;
}

/** ‖x‖² of every row. */
export function squaredNorms(x: Matrix): Float64Array {
  const norms: Float64Array = new Float64Array(x.rows);
  for (let i = 0, o = 0; i < x.rows; i++) for (let k = 0; k < x.columns; k++, o++) norms[i] += x.data[o] ** 2;
  return norms;
}

/** Throws a RangeError unless there are C labels and N×C distances, C ≥ N, and the margin (if the rule has one) lies in (0, 4). */
export function checkMiningBatch({ size, distances, labels }: MiningBatch, margin?: number): void {
  if (labels.length < size || distances.length !== size * labels.length) {
    throw new RangeError(
      `Cannot mine a batch of ${size}: at least ${size} labels and a distance of every anchor to every label are needed, current values are ${labels.length} labels and ${distances.length} distances`,
    );
  }
  if (margin !== undefined && !(margin > 0 && margin < 4)) {
    throw new RangeError(
      `Cannot mine: the margin on squared L2 must lie in (0, 4), current value is ${margin}`,
    );
  }
}
