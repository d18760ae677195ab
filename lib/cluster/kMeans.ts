import { checkFinite, checkSquares, type Matrix, matrix, rowOf, squaredL2, takeRows } from "../core/matrix";
import type { Random } from "../core/random";
import type { BlockOptions } from "../evaluate/distances";
import { nearestRows } from "../evaluate/nearest";

export interface KMeansResult {
  /** Cluster of every row: the number of its nearest centre. */
  readonly clusters: Int32Array;
  /** k×D. */
  readonly centres: Matrix;
  /** Sum of squared L2 of the rows from their centres. */
  readonly inertia: number;
  /** Moves of the centres in the restart that was kept. */
  readonly iterations: number;
}

/** Options of {@link kMeans}. */
export interface KMeansOptions extends BlockOptions {
  /** Starts, of which the one with the least inertia is kept (ties: the first); default 10. */
  readonly restarts?: number;
  /** Most moves of the centres in one restart; default 300. */
  readonly iterations?: number;
}

/**
 * k-means: Lloyd's iteration from k-means++ starts, until no row changes its cluster.
 * A cluster that loses all rows is put on the row that is farthest from its own centre and not alone there. It stays empty only where fewer than k
 * different rows exist, or the iterations end.
 *
 * Source: Lloyd (1982); Arthur and Vassilvitskii (2007), section 2.2, for the start.
 * Differs from the paper: one candidate for each next centre, as in its algorithm, not the greedy choice among several that scikit-learn makes.
 * Throws a RangeError unless 1 ≤ k ≤ N and where squares overflow 32-bit floats, a LabError for a row that is not finite. Cost O(N·k·D) an iteration.
 */
export function kMeans(x: Matrix, k: number, random: Random, options: KMeansOptions = {}): KMeansResult {
  const { restarts = 10, ...rest } = options;
  if (!Number.isInteger(restarts) || restarts < 1) {
    throw new RangeError(`Cannot run k-means: restarts must be at least 1, current value is ${restarts}`);
  }
  if (!Number.isInteger(k) || k < 1 || k > x.rows) {
    throw new RangeError(`Cannot run k-means: k must be an integer in [1, ${x.rows}], current value is ${k}`);
  }
  checkFinite(x, "rows for k-means");
  checkSquares(x, "run k-means");
  let best: KMeansResult | undefined;
  for (let restart = 0; restart < restarts; restart++) {
    const result = lloyd(x, plusPlusStart(x, k, random), rest);
    if (!best || result.inertia < best.inertia) best = result;
  }
  return best as KMeansResult;
}

/** Lloyd's iteration from given centres (k×D). What {@link kMeans} does after its start. */
export function lloyd(x: Matrix, start: Matrix, options: Omit<KMeansOptions, "restarts"> = {}): KMeansResult {
  const { iterations: most = 300, ...blocks } = options;
  let centres = start;
  let found = nearestRows(x, centres, 1, blocks);
  let iterations = 0;
  while (iterations < most) {
    const moved = means(x, found.indices, found.distances, centres);
    const next = nearestRows(x, moved.centres, 1, blocks);
    iterations++;
    centres = moved.centres;
    // A centre that was put on one of several equal rows may take none of them; the next look puts it elsewhere.
    const settled = !moved.filled && next.indices.every((cluster, i) => cluster === found.indices[i]);
    found = next;
    if (settled) break;
  }
  const inertia = found.indices.reduce((sum, cluster, i) => sum + squaredL2(x, i, centres, cluster), 0);
  return { clusters: found.indices, centres, inertia, iterations };
}

/** Rows drawn one after the other, each with a probability proportional to its squared L2 from the nearest one drawn before. */
export function plusPlusStart(x: Matrix, k: number, random: Random): Matrix {
  const chosen = [random.integer(x.rows)];
  const nearest = new Float64Array(x.rows).fill(Number.POSITIVE_INFINITY);
  while (chosen.length < k) {
    const last = chosen[chosen.length - 1];
    let total = 0;
    for (let i = 0; i < x.rows; i++) {
      nearest[i] = Math.min(nearest[i], squaredL2(x, i, x, last));
      total += nearest[i];
    }
    // Where every row equals one that was drawn, any row will do.
    chosen.push(total > 0 ? drawn(nearest, random.next() * total) : random.integer(x.rows));
  }
  return takeRows(x, chosen);
}

/** The first place at which the running sum of `weights` passes `target`; rounding may leave it at the last positive weight. */
function drawn(weights: Float64Array, target: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    sum += weights[i];
    last = i;
    if (sum > target) break;
  }
  return last;
}

/** Mean row of every cluster, summed in float64; empty clusters move to the rows farthest from their centres that are not alone, one each (`filled`: some did). */
function means(
  x: Matrix,
  clusters: Int32Array,
  distances: Float32Array,
  before: Matrix,
): { centres: Matrix; filled: boolean } {
  const { rows: k, columns } = before;
  const counts = new Int32Array(k);
  let filled = false;
  const sums = new Float64Array(k * columns);
  for (let i = 0; i < x.rows; i++) {
    const at = clusters[i] * columns;
    counts[clusters[i]]++;
    for (let c = 0; c < columns; c++) sums[at + c] += x.data[i * columns + c];
  }
  const empty = Array.from(counts.keys()).filter((cluster) => counts[cluster] === 0);
  if (empty.length > 0) {
    const far = Array.from(distances.keys()).sort((a, b) => distances[b] - distances[a] || a - b);
    for (const row of far) {
      const old = clusters[row];
      if (empty.length === 0 || distances[row] === 0) break;
      // A row that is alone stays: its own cluster would be empty then.
      if (counts[old] === 1) continue;
      const cluster = empty.shift() as number;
      counts[old]--;
      counts[cluster] = 1;
      filled = true;
      rowOf(x, row).forEach((value, c) => {
        sums[old * columns + c] -= value;
        sums[cluster * columns + c] = value;
      });
    }
  }
  const centres = matrix(k, columns);
  for (let c = 0; c < sums.length; c++) {
    const count = counts[Math.floor(c / columns)];
    centres.data[c] = count > 0 ? sums[c] / count : before.data[c];
  }
  return { centres, filled };
}
