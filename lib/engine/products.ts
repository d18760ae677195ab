import { type Products, visitRows } from "../core/products";
import { loadEngine } from "./load";

/** Inner products of two blocks of rows (m×d and n×d → m×n) on the engine, for everything that looks at all pairs. */
function products(a: Float32Array, m: number, b: Float32Array, n: number, d: number): Float32Array {
  const tf = loadEngine();
  const left = tf.tensor2d(a, [m, d]);
  const right = tf.tensor2d(b, [n, d]);
  const product = tf.matMul(left, right, false, true);
  // Not tidy(): it would search the returned numbers for tensors, one by one.
  const values = product.dataSync() as Float32Array;
  tf.dispose([left, right, product]);
  return values;
}

/** Products that stand side by side in a row and are looked at by their maximum. */
const GROUP = 32;
/** Of all groups; when more are wanted, all products are fetched. */
const FEW = 1 / 16;

/**
 * Visits at least those products that are above the limit of their row of `a`, in stretches of its row: the engine keeps the products and hands out only the groups whose
 * maximum is above it. A search for the nearest wants few after its first blocks, and fetching all of them takes as long as multiplying.
 */
const above: NonNullable<Products["above"]> = (a, m, b, n, d, limits, visit) => {
  const tf = loadEngine();
  const [left, right] = [tf.tensor2d(a, [m, d]), tf.tensor2d(b, [n, d])];
  const product = tf.matMul(left, right, false, true);
  try {
    const wanted = groupsAbove(product, [m, n], limits);
    if (wanted === undefined) {
      visitRows(product.dataSync() as Float32Array, m, n, visit);
    } else if (wanted.length > 0) {
      const groups = n / GROUP;
      const values = tf.tidy(() =>
        tf.gather(tf.reshape(product, [m * groups, GROUP]), tf.tensor1d(wanted, "int32")),
      );
      const found = values.dataSync() as Float32Array;
      values.dispose();
      wanted.forEach((group, i) => {
        const column = (group % groups) * GROUP;
        visit(Math.floor(group / groups), column, found.subarray(i * GROUP, (i + 1) * GROUP));
      });
    }
  } finally {
    tf.dispose([left, right, product]);
  }
};

/** The groups of an m×n product, numbered row by row, whose maximum is above the limit of their row; `undefined` where all products are better fetched. */
function groupsAbove(
  product: import("@tensorflow/tfjs-node").Tensor,
  [m, n]: readonly [number, number],
  limits: ArrayLike<number>,
): number[] | undefined {
  if (n % GROUP !== 0 || limits[0] === Number.NEGATIVE_INFINITY) return undefined;
  const tf = loadEngine();
  const groups = n / GROUP;
  const largest = tf.tidy(() => tf.max(tf.reshape(product, [m, groups, GROUP]), 2));
  const maxima = largest.dataSync() as Float32Array;
  largest.dispose();
  const found: number[] = [];
  for (let row = 0, o = 0; row < m && found.length <= maxima.length * FEW; row++) {
    for (let group = 0; group < groups; group++, o++) if (maxima[o] > limits[row]) found.push(o);
  }
  return found.length <= maxima.length * FEW ? found : undefined;
}

/** The engine's products, for the option of that name. */
export const engineProducts: Products = Object.assign(products, { above });
