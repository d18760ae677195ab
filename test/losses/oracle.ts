/** The words that the oracles of the loss tests are written in: points as arrays of numbers, float64, one formula at a time. */

export type Point = readonly number[];

/** The rows of a flat N×D array. */
export function pointsOf(values: ArrayLike<number>, d: number): Point[] {
  return Array.from({ length: values.length / d }, (_, i) =>
    Array.from({ length: d }, (_, k) => values[i * d + k]),
  );
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

export function dot(a: Point, b: Point): number {
  return sum(a.map((value, k) => value * b[k]));
}

/** L2, not squared. */
export function l2(a: Point, b: Point): number {
  return Math.hypot(...a.map((value, k) => value - b[k]));
}

export function cosine(a: Point, b: Point): number {
  return dot(a, b) / Math.hypot(...a) / Math.hypot(...b);
}

/** −ln of the softmax probability of `label`. */
export function surprise(logits: readonly number[], label: number): number {
  return -Math.log(Math.exp(logits[label]) / sum(logits.map(Math.exp)));
}

/** The rows of `i`'s identity without i, and the others. */
export function partners(labels: Int32Array, i: number): { positives: number[]; negatives: number[] } {
  const others = Array.from(labels.keys()).filter((j) => j !== i);
  return {
    positives: others.filter((j) => labels[j] === labels[i]),
    negatives: others.filter((j) => labels[j] !== labels[i]),
  };
}

/** All cosines of a flat N×D batch in float64: `s[i][j]`. */
export function cosinesOf(x: ArrayLike<number>, d: number): number[][] {
  const points = pointsOf(x, d);
  return points.map((a) => points.map((b) => cosine(a, b)));
}
