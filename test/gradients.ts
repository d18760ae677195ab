import assert from "node:assert/strict";

/**
 * Central differences in float64: (f(x + h) − f(x − h)) / 2h per coordinate. The oracle for every hand-written gradient.
 */
export function numericalGradient(
  f: (x: Float64Array) => number,
  x: Float64Array,
  step: number = 1e-6,
): Float64Array {
  return Float64Array.from(x, (value, i) => {
    const moved = x.slice();
    moved[i] = value + step;
    const up = f(moved);
    moved[i] = value - step;
    return (up - f(moved)) / (2 * step);
  });
}

/** Fails unless |a − b| ≤ tolerance · max(1, max|b|) everywhere; NaN is unequal to everything. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(actual[i] - expected[i]);
    assert.ok(
      distance <= tolerance * scale,
      `element ${i}: ${actual[i]} is not ${expected[i]} ± ${tolerance * scale}`,
    );
  }
}
