import assert from "node:assert/strict";

/** Of equal length, and no value further from the wanted one than `most` times that, or times 1 where that is smaller. */
export function assertNear(found: ArrayLike<number>, wanted: ArrayLike<number>, most: number): void {
  assert.equal(found.length, wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(found[i] - wanted[i]) / Math.max(1, Math.abs(wanted[i]));
    // NaN is near nothing.
    assert.ok(difference <= most, `value ${i}: ${found[i]} and ${wanted[i]}`);
  }
}
