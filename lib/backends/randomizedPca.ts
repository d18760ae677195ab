import { eachBlock } from "../core/blocks";
import { symmetricEigen } from "../core/eigen";
import { LabError } from "../core/errors";
import type { LongWork, ProgressEvent } from "../core/progress";
import { createRandom } from "../core/random";
import { scatter } from "../core/scatter";
import { loadEngine } from "../engine/load";
import { engineProducts } from "../engine/products";
import { checkCount } from "./backend";
import { type LinearMap, linearMap } from "./linearMap";

type Tensor2D = import("@tensorflow/tfjs-node").Tensor2D;

/** N×D features too large for memory as floats: any rows from `start` to before `end` on demand, row after row. */
export interface RowBlocks {
  readonly rows: number;
  readonly columns: number;
  readonly block: (start: number, end: number) => Float32Array;
}

/** Options of {@link randomizedPca}. */
export interface RandomizedPcaOptions extends LongWork {
  /** Axes that are kept, at most N − 1 and D. */
  readonly dimensions: number;
  /** Axes that are followed beside the wanted ones, at least 1; default 20. */
  readonly oversampling?: number;
  /** Multiplications by the covariance, at least 1; default 2. */
  readonly rounds?: number;
  readonly seed?: number;
}

/** Principal axes: y = Uᵀ (x − mean), not whitened. */
export interface PrincipalAxes {
  /** D → K. */
  readonly map: LinearMap;
  /** Variance on each kept axis (divided by N − 1), descending. */
  readonly variances: readonly number[];
}

const ACTION = "Cannot find principal axes";
/** Rows that are on the engine at once. */
const BLOCK = 256;
/** A direction with less of the largest inner product than this is rounding. */
const LEAST_SHARE = 1e-12;

/**
 * The first principal axes of wide data by randomized subspace iteration: a random basis is multiplied by the covariance and made orthonormal, `rounds` times, then turned onto the axes of the data
 * seen in it. 2·N·D·K multiplications a round, one pass over the data each, and never more than a block of rows as floats.
 * Source: Halko, Martinsson, Tropp (SIAM Review 2011), algorithm 4.4. Differs: one multiplication by the covariance instead of two halves; bases are made orthonormal by the eigenvectors of their
 * inner products, not by QR. Throws a LabError when the rows do not spread over that many axes, Interrupted when stopped.
 */
export async function randomizedPca(x: RowBlocks, options: RandomizedPcaOptions): Promise<PrincipalAxes> {
  const { dimensions, oversampling = 20, rounds = 2, seed = 1 } = options;
  checkCount(dimensions, "dimensions", ACTION);
  checkCount(oversampling, "the oversampling", ACTION);
  checkCount(rounds, "rounds", ACTION);
  const most = Math.min(x.rows - 1, x.columns);
  if (dimensions > most) {
    throw new LabError(
      `${ACTION}: ${x.rows} rows of ${x.columns} values have at most ${most}, current value of dimensions is ${dimensions}`,
    );
  }
  const tf = loadEngine();
  const width = Math.min(most, dimensions + oversampling);
  const { progress, signal } = options;
  const total = (rounds + 2) * x.rows;
  let before = 0;
  /** One pass over the data, of `rounds` + 2. */
  const pass = async (take: (rows: Float32Array) => void): Promise<void> => {
    const work = {
      stage: "axes",
      stopped: "the search for principal axes; nothing was written",
      progress:
        progress && ((event: ProgressEvent) => progress({ ...event, done: before + event.done, total })),
      signal,
    };
    await eachBlock(x.rows, BLOCK, work, (start, end) => take(x.block(start, end)));
    before += x.rows;
  };
  const mean = await meanOf(x, pass);
  const random = createRandom(seed);
  let basis: Float32Array = Float32Array.from({ length: x.columns * width }, () => random.normal());
  /** Σ f(X B) over blocks of centred rows X. */
  const summed = async (f: (rows: Tensor2D, scores: Tensor2D) => Tensor2D): Promise<Float32Array> => {
    const b = tf.tensor2d(basis, [x.columns, width]);
    let sum: Tensor2D | undefined;
    try {
      await pass((values) => {
        const last: Tensor2D | undefined = sum;
        sum = tf.tidy(() => {
          const rows = tf.tensor2d(centre(values, mean), [values.length / x.columns, x.columns]);
          const part = f(rows, tf.matMul(rows, b));
          return last ? tf.add(last, part) : part;
        });
        last?.dispose();
      });
      return (sum as unknown as Tensor2D).dataSync() as Float32Array;
    } finally {
      tf.dispose([b, ...(sum ? [sum] : [])]);
    }
  };
  for (let round = 0; round < rounds; round++) {
    basis = orthonormal(await summed((rows, scores) => tf.matMul(rows, scores, true)), width);
  }
  const seen = await summed((_, scores) => tf.matMul(scores, scores, true));
  const { values, vectors } = symmetricEigen(Float64Array.from(seen), width);
  const axes = turned(basis, vectors.slice(0, dimensions));
  const directions = Array.from({ length: dimensions }, (_, k) =>
    axes.subarray(k * x.columns, (k + 1) * x.columns),
  );
  const map = linearMap(directions, mean);
  return { map, variances: values.slice(0, dimensions).map((value) => value / (x.rows - 1)) };
}

async function meanOf(
  { rows, columns }: RowBlocks,
  pass: (take: (rows: Float32Array) => void) => Promise<void>,
): Promise<Float64Array> {
  const sum = new Float64Array(columns);
  await pass((values) => {
    for (let at = 0; at < values.length; at += columns)
      for (let j = 0; j < columns; j++) sum[j] += values[at + j];
  });
  return sum.map((value) => value / rows);
}

function centre(rows: Float32Array, mean: Float64Array): Float32Array {
  for (let at = 0; at < rows.length; at += mean.length)
    for (let j = 0; j < mean.length; j++) rows[at + j] -= mean[j];
  return rows;
}

/** An orthonormal basis of the columns of a D×K matrix, D×K. */
function orthonormal(columns: Float32Array, width: number): Float32Array {
  const d = columns.length / width;
  const { values, vectors } = symmetricEigen(scatter(Float64Array.from(columns), d, width), width);
  if (!(values[width - 1] > LEAST_SHARE * values[0])) {
    throw new LabError(`${ACTION}: the rows must spread over ${width} axes, they do over fewer`);
  }
  const scaled = vectors.map((vector, k) => vector.map((value) => value / Math.sqrt(values[k])));
  const tf = loadEngine();
  const rows = tf.tensor2d(turned(columns, scaled), [width, d]);
  const basis = tf.transpose(rows);
  const result = basis.dataSync() as Float32Array;
  tf.dispose([rows, basis]);
  return result;
}

/** Combinations of the columns of a D×K matrix: for each vector of K weights a row of D values. */
function turned(columns: Float32Array, vectors: readonly Float64Array[]): Float32Array {
  const width = vectors[0].length;
  const weights = Float32Array.from(vectors.flatMap((vector) => [...vector]));
  return engineProducts(weights, vectors.length, columns, columns.length / width, width);
}
