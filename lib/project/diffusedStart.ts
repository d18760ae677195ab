import { type Matrix, matrix } from "../core/matrix";
import type { Random } from "../core/random";
import type { FuzzySet } from "./fuzzySet";

const STEPS = 100;
/** Half the width of the picture at the start, and the noise that parts points which diffusion left together. */
const HALF_WIDTH = 10;
const NOISE = 1e-4;

/**
 * Where a layout starts: random axes, smoothed along the graph until neighbours have like values. Each step applies (I + D^−½ W D^−½) / 2 and makes the axes
 * orthogonal to each other and to the trivial solution D^½·1, which is subspace iteration towards the spectral start of the paper.
 * Source: McInnes, Healy, Melville (2018), Algorithm 4 (spectral embedding of the normalised Laplacian). Differs from the paper: a fixed number of steps instead
 * of exact eigenvectors, which also serves graphs of several components.
 * Returns N×axes, within ±10. Cost O(steps · edges · axes).
 */
export function diffusedStart(set: FuzzySet, axes: number, random: Random): Matrix {
  const { count, from, to, weight } = set;
  const degree = new Float64Array(count);
  for (let e = 0; e < from.length; e++) degree[from[e]] += weight[e];
  const root = degree.map((d) => Math.sqrt(d));
  const scaled = weight.map((w, e) => w / (root[from[e]] * root[to[e]]));
  const trivial = normalized(root);
  let vectors = Array.from({ length: axes }, () =>
    Float64Array.from({ length: count }, () => random.normal()),
  );
  for (let step = 0; step < STEPS; step++) {
    vectors = vectors.map((vector) => {
      const next = vector.slice();
      for (let e = 0; e < from.length; e++) next[from[e]] += scaled[e] * vector[to[e]];
      return next;
    });
    orthogonalize([trivial, ...vectors]);
  }
  const picture = matrix(count, axes);
  vectors.forEach((vector, c) => {
    // Back from D^½-weighted coordinates, so that hubs do not stick out.
    const values = vector.map((value, i) => (root[i] > 0 ? value / root[i] : 0));
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = largest > 0 ? HALF_WIDTH / largest : 0;
    for (let i = 0; i < count; i++) picture.data[i * axes + c] = values[i] * scale + NOISE * random.normal();
  });
  return picture;
}

/** Gram–Schmidt in place on all but the first, which is a unit vector; lengths become 1. */
function orthogonalize(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, c) => {
    if (c === 0) return;
    for (const before of vectors.slice(0, c)) {
      let product = 0;
      for (let i = 0; i < vector.length; i++) product += vector[i] * before[i];
      for (let i = 0; i < vector.length; i++) vector[i] -= product * before[i];
    }
    vector.set(normalized(vector));
  });
}

function normalized(vector: Float64Array): Float64Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return squares > 0 ? vector.map((value) => value / Math.sqrt(squares)) : vector;
}
