import type { Matrix } from "../core/matrix";
import { pairDistances } from "../evaluate/distances";

/**
 * Spearman's rank correlation between the distances of all pairs in the data and in the picture, in [−1, 1]: 1 when the picture orders all distances as the data do.
 * Equal distances share the mean of their ranks. NaN when all distances of one side are equal. Cost O(N² log N).
 *
 * Source: Spearman (1904); squared L2 on both sides, whose order is that of L2.
 */
export function distanceRankCorrelation(data: Matrix, picture: Matrix): number {
  const n = data.rows;
  if (picture.rows !== n || n < 3) {
    throw new RangeError(
      `Cannot compare distances: data and picture must have the same number of rows, at least 3, current values are ${n} and ${picture.rows}`,
    );
  }
  const first: number[] = [];
  const second: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      first.push(i);
      second.push(j);
    }
  }
  return correlation(ranks(pairDistances(data, first, second)), ranks(pairDistances(picture, first, second)));
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let k = start; k < end; k++) result[order[k]] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}

/** Pearson's correlation of two equally long series with the same mean: here ranks. */
function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (a.length + 1) / 2;
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - mean) * (b[i] - mean);
    first += (a[i] - mean) ** 2;
    second += (b[i] - mean) ** 2;
  }
  return both / Math.sqrt(first * second);
}
