import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { onEngine, onHost } from "../../lib/losses/products";
import { assertClose } from "../gradients";
import { normalMatrix } from "./batches";

// A = [1 2; 3 4; 5 6] (3×2), B = [1 0; 2 1] (2×2), C = A·Bᵀ.
const a = Float32Array.of(1, 2, 3, 4, 5, 6);
const b = Float32Array.of(1, 0, 2, 1);

for (const [name, products] of Object.entries({ onHost, onEngine })) {
  test(`${name} multiplies A·Bᵀ, C·B and Cᵀ·A`, () => {
    assert.deepEqual([...products.timesTransposed(a, b, 3, 2, 2)], [1, 4, 3, 10, 5, 16]);
    // A·B = [1 + 4, 2; 3 + 8, 4; 5 + 12, 6]; Aᵀ·A = [35 44; 44 56].
    assert.deepEqual([...products.times(a, b, 3, 2, 2)], [5, 2, 11, 4, 17, 6]);
    assert.deepEqual([...products.transposedTimes(a, a, 3, 2, 2)], [35, 44, 44, 56]);
  });

  test(`${name} gives zeros of the right size where nothing is summed`, () => {
    const none = new Float32Array();
    assert.equal(products.timesTransposed(none, b, 0, 2, 2).length, 0);
    assert.deepEqual([...products.transposedTimes(none, none, 0, 2, 3)], [0, 0, 0, 0, 0, 0]);
  });
}

test("onEngine equals onHost on float64 input within float32 and leaves no tensor behind", () => {
  const random = createRandom(1);
  const [left, right] = [normalMatrix(random, 30, 17), normalMatrix(random, 20, 17)];
  const wide = Float64Array.from(left.data, (v) => v / 3);
  const before = loadEngine().memory().numTensors;
  const [host, engine] = [onHost, onEngine].map((p) => p.timesTransposed(wide, right.data, 30, 20, 17));
  assert.equal(loadEngine().memory().numTensors, before);
  assertClose(engine, host, 1e-6);
});
