import assert from "node:assert/strict";
import { type Matrix, matrix } from "../../lib/core/matrix";
import type { Random } from "../../lib/core/random";
import type { PairIndices } from "../../lib/losses/loss";
import { allPairs } from "../../lib/losses/pairs";
import type { TripletIndices } from "../../lib/losses/triplet";

/** One random batch with everything that any loss asks for. */
export interface LossBatch {
  readonly x: Matrix;
  readonly labels: Int32Array;
  readonly weights: Matrix;
  readonly bias: Float32Array;
  readonly pairs: PairIndices;
  readonly triplets: TripletIndices;
}

export function normalMatrix(random: Random, rows: number, columns: number): Matrix {
  const data = Float32Array.from({ length: rows * columns }, () => random.normal());
  return matrix(rows, columns, data);
}

/** N×D normal embeddings, labels in [0, C) in random order, all pairs, 3N random triplets. */
export function randomBatch(random: Random, n: number, d: number, c: number): LossBatch {
  const labels = Int32Array.from({ length: n }, (_, i) => i % c);
  random.shuffle(labels);
  const draw = (): Int32Array => Int32Array.from({ length: 3 * n }, () => random.integer(n));
  return {
    x: normalMatrix(random, n, d),
    labels,
    weights: normalMatrix(random, c, d),
    bias: normalMatrix(random, 1, c).data,
    pairs: allPairs(labels),
    triplets: { count: 3 * n, anchor: draw(), positive: draw(), negative: draw() },
  };
}

/** The same batch with row `order[i]` at place i; index pairs and triplets follow. */
export function permuted(
  { x, labels, weights, bias, pairs, triplets }: LossBatch,
  order: number[],
): LossBatch {
  const place = new Int32Array(order.length);
  order.forEach((row, i) => {
    place[row] = i;
  });
  const follow = (indices: Int32Array): Int32Array => indices.map((row) => place[row]);
  return {
    x: permutedRows(x, order),
    labels: Int32Array.from(order, (row) => labels[row]),
    weights,
    bias,
    pairs: { ...pairs, first: follow(pairs.first), second: follow(pairs.second) },
    triplets: {
      count: triplets.count,
      anchor: follow(triplets.anchor),
      positive: follow(triplets.positive),
      negative: follow(triplets.negative),
    },
  };
}

export function permutedRows({ rows, columns, data }: Matrix, order: number[]): Matrix {
  const moved = order.flatMap((row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));
  return matrix(rows, columns, Float32Array.from(moved));
}

/** Every row turned by the angle in the plane of each two neighbouring axes, one after the other: a rotation of the space. */
export function rotated({ rows, columns, data }: Matrix, angle: number): Matrix {
  const turned = Float64Array.from(data);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k + 1 < columns; k++) {
      const [a, b] = [turned[i * columns + k], turned[i * columns + k + 1]];
      turned[i * columns + k] = c * a - s * b;
      turned[i * columns + k + 1] = s * a + c * b;
    }
  }
  return matrix(rows, columns, Float32Array.from(turned));
}

/**
 * Fails unless |a − b| ≤ tolerance · (max|b| + floor) everywhere: relative, also for small numbers. NaN is unequal to everything.
 * The floor is the scale below which a number is what rounding left of larger ones.
 */
export function assertRelative(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  tolerance: number,
  what: string,
  floor: number = 0,
): void {
  assert.equal(a.length, b.length, what);
  let scale = floor;
  for (let i = 0; i < b.length; i++) scale = Math.max(scale, floor + Math.abs(b[i]));
  for (let i = 0; i < b.length; i++) {
    assert.ok(
      Math.abs(a[i] - b[i]) <= tolerance * scale,
      `${what} ${i}: ${a[i]} is not ${b[i]} ± ${tolerance * scale}`,
    );
  }
}
