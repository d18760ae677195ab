import assert from "node:assert/strict";
import test from "node:test";
import { crossEntropyInPlace, shareRight } from "../../lib/losses/crossEntropy";
import { assertClose } from "../gradients";

test("crossEntropyInPlace() sums −ln p and leaves p − [own] where the logits were", () => {
  // Row 0: logits ln 1, ln 3 → p = (¼, ¾), own 1: −ln ¾. Row 1: equal logits → ½, own 0: ln 2.
  const logits = Float64Array.of(0, Math.log(3), 7, 7);
  const { loss, active, slopes } = crossEntropyInPlace(logits, Int32Array.of(1, 0), 2);
  assertClose([loss], [-Math.log(0.75) + Math.LN2], 1e-12);
  assertClose(slopes, [0.25, -0.25, -0.5, 0.5], 1e-12);
  assert.equal(slopes, logits);
  assert.equal(active, 2);
});

test("crossEntropyInPlace() of one class is 0 and not active", () => {
  const { loss, active, slopes } = crossEntropyInPlace(Float64Array.of(3, -5), new Int32Array(2), 1);
  assert.deepEqual([loss, active, ...slopes], [0, 0, 0, 0]);
});

test("shareRight() counts the first of equal logits, and 0 for no rows", () => {
  assert.equal(shareRight(Float64Array.of(1, 1, 0, 2), Int32Array.of(0, 0), 2), 0.5);
  assert.equal(shareRight(Float64Array.of(1, 1), Int32Array.of(1), 2), 0);
  assert.equal(shareRight(new Float64Array(), new Int32Array(), 2), 0);
});
