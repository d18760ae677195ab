import type { Matrix } from "./matrix";

/** Mean of every column. Throws a RangeError for a matrix without rows. */
export function columnMeans({ rows, columns, data }: Matrix): Float64Array {
  if (rows < 1)
    throw new RangeError(`Cannot take means: at least one row is needed, current value is ${rows}`);
  const mean = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let k = 0; k < columns; k++) mean[k] += data[i * columns + k];
  return mean.map((sum) => sum / rows);
}

/** N×D rows minus `mean`, in float64. */
export function centred({ rows, columns, data }: Matrix, mean: ArrayLike<number>): Float64Array {
  const result: Float64Array = Float64Array.from(data);
  for (let i = 0; i < rows; i++) for (let k = 0; k < columns; k++) result[i * columns + k] -= mean[k];
  return result;
}

/** Σ x xᵀ over n rows of d values. Four rows at a time, so that each sum is read and written a quarter as often. */
export function scatter(x: Float64Array, n: number, d: number): Float64Array {
  const s = new Float64Array(d * d);
  const none = new Float64Array(d);
  for (let i = 0; i < n; i += 4) {
    const [r0, r1, r2, r3] = [0, 1, 2, 3].map((k) =>
      i + k < n ? x.subarray((i + k) * d, (i + k + 1) * d) : none,
    );
    for (let a = 0; a < d; a++) {
      const [v0, v1, v2, v3] = [r0[a], r1[a], r2[a], r3[a]];
      const row = a * d;
      for (let b = a; b < d; b++) s[row + b] += v0 * r0[b] + v1 * r1[b] + v2 * r2[b] + v3 * r3[b];
    }
  }
  for (let a = 0; a < d; a++) for (let b = 0; b < a; b++) s[a * d + b] = s[b * d + a];
  return s;
}

/** a bᵀ for a of n×d and b of m×d: n×m. Four columns at a time, so that their additions overlap. */
export function timesTransposed(
  a: Float64Array,
  n: number,
  b: Float64Array,
  m: number,
  d: number,
): Float64Array {
  const result = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    const ai = i * d;
    let j = 0;
    for (; j + 3 < m; j += 4) {
      const [b0, b1, b2, b3] = [j * d, (j + 1) * d, (j + 2) * d, (j + 3) * d];
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < d; k++) {
        const value = a[ai + k];
        s0 += value * b[b0 + k];
        s1 += value * b[b1 + k];
        s2 += value * b[b2 + k];
        s3 += value * b[b3 + k];
      }
      result.set([s0, s1, s2, s3], i * m + j);
    }
    for (; j < m; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += a[ai + k] * b[j * d + k];
      result[i * m + j] = sum;
    }
  }
  return result;
}
