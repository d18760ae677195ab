import { type Matrix, matrix } from "../core/matrix";

/** y = W x + b: `weights` is K×D, `bias` 1×K. */
export interface LinearMap {
  readonly weights: Matrix;
  readonly bias: Matrix;
}

/** Rounds directions (K rows of D values) and the point that they map to 0 to a map x → W (x − origin). */
export function linearMap(directions: readonly ArrayLike<number>[], origin: ArrayLike<number>): LinearMap {
  const weights = matrix(directions.length, origin.length);
  const bias = matrix(1, directions.length);
  directions.forEach((direction, k) => {
    weights.data.set(direction, k * origin.length);
    let sum = 0;
    for (let i = 0; i < origin.length; i++) sum += direction[i] * origin[i];
    bias.data[k] = -sum;
  });
  return { weights, bias };
}

/** N×D → N×K, sums in float64. Throws a RangeError when the widths do not fit. */
export function transform({ weights, bias }: LinearMap, x: Matrix): Matrix {
  const d = weights.columns;
  if (x.columns !== d) {
    throw new RangeError(`Cannot transform: ${d} columns are needed, current value is ${x.columns}`);
  }
  const y = matrix(x.rows, weights.rows);
  for (let i = 0; i < x.rows; i++) {
    const row = x.data.subarray(i * d, (i + 1) * d);
    for (let k = 0; k < weights.rows; k++) {
      let sum = bias.data[k];
      for (let j = 0, w = k * d; j < d; j++, w++) sum += weights.data[w] * row[j];
      y.data[i * weights.rows + k] = sum;
    }
  }
  return y;
}

/** x → second(first(x)) as one map. */
export function composed(second: LinearMap, first: LinearMap): LinearMap {
  const [k, inner, d] = [second.weights.rows, first.weights.rows, first.weights.columns];
  const weights = matrix(k, d);
  for (let row = 0; row < k; row++) {
    const sums = new Float64Array(d);
    for (let i = 0; i < inner; i++) {
      const factor = second.weights.data[row * inner + i];
      for (let j = 0; j < d; j++) sums[j] += factor * first.weights.data[i * d + j];
    }
    weights.data.set(sums, row * d);
  }
  return { weights, bias: transform(second, first.bias) };
}
