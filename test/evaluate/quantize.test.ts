import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows, squaredL2 } from "../../lib/core/matrix";
import { bytesPerRow, dequantize, quantize } from "../../lib/evaluate/quantize";
import { clusteredEmbeddings } from "./embeddings";

test("quantize() by hand: three bits are seven levels, the largest value on the outermost", () => {
  // Largest 0.6, outermost code 3: step 0.2.
  const q = quantize(matrixFromRows([[0.6, -0.29, 0.09, 0]]), 3);
  assert.deepEqual([...q.codes], [3, -1, 0, 0]);
  assert.ok(Math.abs(q.step - 0.2) < 1e-7);
  assert.deepEqual(
    [bytesPerRow(q), bytesPerRow({ columns: 128, bits: 8 }), bytesPerRow({ columns: 5, bits: 3 })],
    [2, 128, 2],
  );
});

test("dequantize() is off by half a step at most, so distances by what follows from it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 8 }), (seed, bits) => {
      const { x } = clusteredEmbeddings(seed, 6, 2, 16);
      const q = quantize(x, bits);
      const y = dequantize(q);
      for (let i = 0; i < x.data.length; i++) assert.ok(Math.abs(x.data[i] - y.data[i]) <= q.step / 2 + 1e-6);
      // ‖x′ − y′‖ differs from ‖x − y‖ by at most two errors of length √D · step / 2.
      const before = Math.sqrt(squaredL2(x, 0, x, 1));
      const after = Math.sqrt(squaredL2(y, 0, y, 1));
      assert.ok(Math.abs(before - after) <= Math.sqrt(16) * q.step + 1e-6);
    }),
    { numRuns: 50 },
  );
});

test("quantize() keeps zeros, and refuses other bits and what is not finite", () => {
  assert.deepEqual([...dequantize(quantize(matrixFromRows([[0, 0]]))).data], [0, 0]);
  assert.throws(() => quantize(matrixFromRows([[1]]), 9), /integer in \[2, 8\], current value is 9/);
  assert.throws(() => quantize(matrixFromRows([[1]]), 1), /current value is 1/);
  assert.throws(() => quantize(matrixFromRows([[Number.NaN]])), /must be finite, current value is NaN/);
});
