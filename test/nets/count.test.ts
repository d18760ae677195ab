import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { buildNet } from "../../lib/nets/build";
import { countNet } from "../../lib/nets/count";
import { laptopNet } from "../../lib/nets/laptopNets";

test("countNet() counts a small net by hand", () => {
  // conv 3×3×1→2 with bias at 4×4: 18 + 2 parameters, 20·16 multiply-adds; dense 32→3: 96 + 3 of both. A bias counts as one.
  const count = countNet({
    name: "hand",
    inputSize: 4,
    channels: 1,
    layers: [{ kind: "conv", filters: 2, kernel: 3 }, { kind: "flatten" }, { kind: "dense", units: 3 }],
  });
  assert.equal(count.parameters, 20 + 99);
  assert.equal(count.multiplyAdds, 320 + 99);
  assert.deepEqual(count.layers[0].output, [4, 4, 2]);
});

test("countNet() agrees with the weights that buildNet() makes", () => {
  for (const spec of [laptopNet(), laptopNet({ inputSize: 32, channels: 1, embedding: 64 })]) {
    const net = buildNet(spec, createRandom(1));
    const made = net.weights
      .filter((weight) => weight.trained)
      .reduce((total, weight) => total + weight.shape.reduce((a, b) => a * b, 1), 0);
    assert.equal(countNet(spec).parameters, made);
    net.dispose();
  }
});

test("laptopNet() has about half a million parameters and 12.5 M multiply-adds", () => {
  const count = countNet(laptopNet());
  assert.ok(Math.abs(count.parameters / 0.57e6 - 1) < 0.02);
  assert.ok(Math.abs(count.multiplyAdds / 12.5e6 - 1) < 0.02);
});

test("laptopNet() refuses sizes that its strides do not divide", () => {
  assert.throws(() => laptopNet({ inputSize: 50 }), /multiple of 16, current value is 50/);
});
