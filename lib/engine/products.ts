import { loadEngine } from "./load";

/** Inner products of two blocks of rows (m×d and n×d → m×n) on the engine, for everything that looks at all pairs. */
export function engineProducts(
  a: Float32Array,
  m: number,
  b: Float32Array,
  n: number,
  d: number,
): Float32Array {
  const tf = loadEngine();
  return tf.tidy(
    () => tf.matMul(tf.tensor2d(a, [m, d]), tf.tensor2d(b, [n, d]), false, true).dataSync() as Float32Array,
  );
}
