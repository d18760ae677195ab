import { loadEngine } from "../engine/load";

/** Numbers of a matrix, row-major: float64 in the references, float32 on the engine. */
export type Numbers = Float32Array | Float64Array;

/** The matrix products that losses are made of. A loss is written once over them: its reference takes `onHost`, the trainer `onEngine`. */
export interface Products {
  /** A·Bᵀ: m×d and n×d → m×n. */
  timesTransposed(a: Numbers, b: Numbers, m: number, n: number, d: number): Numbers;
  /** C·B: m×n and n×d → m×d. */
  times(c: Numbers, b: Numbers, m: number, n: number, d: number): Numbers;
  /** Cᵀ·A: m×n and m×d → n×d. */
  transposedTimes(c: Numbers, a: Numbers, m: number, n: number, d: number): Numbers;
}

/** Three loops in float64. */
export const onHost: Products = {
  timesTransposed: (a, b, m, n, d) => {
    const product = new Float64Array(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < d; k++) product[i * n + j] += a[i * d + k] * b[j * d + k];
      }
    }
    return product;
  },
  times: (c, b, m, n, d) => {
    const product = new Float64Array(m * d);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < d; k++) product[i * d + k] += c[i * n + j] * b[j * d + k];
      }
    }
    return product;
  },
  transposedTimes: (c, a, m, n, d) => {
    const product = new Float64Array(n * d);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < d; k++) product[j * d + k] += c[i * n + j] * a[i * d + k];
      }
    }
    return product;
  },
};

/** One matMul of the engine each, float32; leaves no tensor behind. */
export const onEngine: Products = {
  timesTransposed: (a, b, m, n, d) => multiply(a, [m, d], b, [n, d], false, true),
  times: (c, b, m, n, d) => multiply(c, [m, n], b, [n, d], false, false),
  transposedTimes: (c, a, m, n, d) => multiply(c, [m, n], a, [m, d], true, false),
};

type Shape = [number, number];

function multiply(
  a: Numbers,
  shapeA: Shape,
  b: Numbers,
  shapeB: Shape,
  flipA: boolean,
  flipB: boolean,
): Float32Array {
  if (a.length === 0 || b.length === 0)
    return new Float32Array(shapeA[flipA ? 1 : 0] * shapeB[flipB ? 0 : 1]);
  const tf = loadEngine();
  const left = tf.tensor2d(float32(a), shapeA);
  const right = tf.tensor2d(float32(b), shapeB);
  const product = tf.matMul(left, right, flipA, flipB);
  // Not tidy(): it would search the returned numbers for tensors, one by one.
  const values = product.dataSync() as Float32Array;
  tf.dispose([left, right, product]);
  return values;
}

/** As float32 (a copy only where it is needed). */
export function float32(values: Numbers): Float32Array {
  return values instanceof Float32Array ? values : new Float32Array(values);
}
