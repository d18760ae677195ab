import type { Matrix } from "../core/matrix";
import { columnMeans } from "../core/scatter";

/**
 * A vector near the mean of the rows where that is longer than the spread around it, else 0: products of long rows would lose the digits of short distances.
 * Its values are multiples of a power of two about as large as the spread, so that integers stay integers.
 */
export function centreOf(x: Matrix): Float64Array {
  const { rows, columns, data } = x;
  const mean = columnMeans(x);
  const variance = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let c = 0; c < columns; c++, at++) variance[c] += (data[at] - mean[c]) ** 2 / rows;
  }
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  if (sum(mean.map((value) => value * value)) <= sum(variance)) return new Float64Array(columns);
  return mean.map((value, c) => {
    const step = 2 ** Math.floor(Math.log2(Math.sqrt(variance[c])));
    return step > 0 ? Math.round(value / step) * step : value;
  });
}
