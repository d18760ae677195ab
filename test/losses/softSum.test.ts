import assert from "node:assert/strict";
import test from "node:test";
import { sigmoid, softplus, softSum } from "../../lib/losses/softSum";
import { assertClose } from "../gradients";

test("softSum() is ln Σ eᶻ with the softmax as shares", () => {
  // e^{ln 1} + e^{ln 3}: shares ¼ and ¾; with base 1 they are 1/5 and 3/5.
  const logs = [Math.log(1), Math.log(3)];
  const plain = softSum(Int32Array.of(0, 1), (j) => logs[j]);
  assertClose([plain.log, ...plain.share], [Math.log(4), 0.25, 0.75], 1e-12);
  const based = softSum(Int32Array.of(1, 0), (j) => logs[j], 1);
  assertClose([based.log, ...based.share], [Math.log(5), 0.6, 0.2], 1e-12);
});

test("softSum() does not overflow, and no terms are −∞ or ln 1", () => {
  const high = softSum(Int32Array.of(0, 1), (j) => 5000 + j);
  assertClose([high.log - 5001], [Math.log1p(Math.exp(-1))], 1e-9);
  const low = softSum(Int32Array.of(0), () => -5000, 1);
  assert.deepEqual([low.log, low.share[0]], [0, 0]);
  assert.equal(softSum(new Int32Array(), () => 0).log, Number.NEGATIVE_INFINITY);
  assert.equal(softSum(new Int32Array(), () => 0, 1).log, 0);
});

test("softplus() and sigmoid() hold at both ends", () => {
  assertClose([softplus(0), sigmoid(0)], [Math.LN2, 0.5], 1e-12);
  assert.deepEqual([softplus(1000), sigmoid(1000)], [1000, 1]);
  assert.deepEqual([softplus(-1000), sigmoid(-1000)], [0, 0]);
  assert.deepEqual([softplus(Number.NEGATIVE_INFINITY), sigmoid(Number.NEGATIVE_INFINITY)], [0, 0]);
  assertClose([softplus(-40) / Math.exp(-40)], [1], 1e-12);
});
