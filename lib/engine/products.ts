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
  const left = tf.tensor2d(a, [m, d]);
  const right = tf.tensor2d(b, [n, d]);
  const product = tf.matMul(left, right, false, true);
  // Not tidy(): it would search the returned numbers for tensors, one by one.
  const values = product.dataSync() as Float32Array;
  tf.dispose([left, right, product]);
  return values;
}
