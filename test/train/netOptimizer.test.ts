import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { buildNet, type Net } from "../../lib/nets/build";
import { flattened, readWeights, trainedSize, unflattened } from "../../lib/train/flatWeights";
import { NetOptimizer } from "../../lib/train/netOptimizer";
import { createOptimizer, type OptimizerName } from "../../lib/train/optimizers";
import { assertClose } from "../gradients";
import { tinyNet } from "./fixtures";

const tf = loadEngine();
const trainedOf = (net: Net): Float32Array =>
  flattened(net.weights.filter(({ trained }) => trained).map(({ variable }) => variable));

/** 1 where weight decay applies. */
function decaysOf(net: Net): Uint8Array {
  const trained = net.weights.filter((weight) => weight.trained);
  return Uint8Array.from(
    trained.flatMap(({ shape }) => Array(shape.reduce((a, b) => a * b, 1)).fill(shape.length > 1 ? 1 : 0)),
  );
}

function gradientsOf(net: Net, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: trainedSize(net) }, () => random.normal());
}

function take(net: Net, optimizer: NetOptimizer, gradient: Float32Array, rate: number): number {
  const tensors = unflattened(net, gradient);
  const relative = optimizer.step(tensors, rate);
  tf.dispose(tensors);
  return relative;
}

for (const name of ["adagrad", "adamw"] as const satisfies OptimizerName[]) {
  for (const part of ["all layers", "the last layer"]) {
    test(`NetOptimizer moves ${part} as createOptimizer() does: ${name}`, () => {
      const layers = part === "all layers" ? "all" : "last";
      const net = buildNet(tinyNet, createRandom(1), { layers });
      const optimizer = new NetOptimizer(net, name);
      const weights = trainedOf(net);
      const reference = createOptimizer(name, weights.length, decaysOf(net));
      for (let step = 1; step <= 6; step++) {
        const gradient = gradientsOf(net, step);
        const before = weights.slice();
        // A rate at which weight decay shows: 6 steps of it are 3 % of a kernel.
        reference.step(weights, gradient, 10);
        const relative = take(net, optimizer, gradient, 10);
        assertClose(trainedOf(net), weights, 1e-4);
        const length = (values: Float32Array): number => Math.hypot(...values);
        const moved = length(weights.map((w, i) => w - before[i])) / length(weights);
        assert.ok(Math.abs(relative - moved) < 1e-5, `${relative} is not ${moved}`);
      }
      const [own, theirs] = [optimizer.state(), reference.state()];
      assert.equal(own.steps, 6);
      own.vectors.forEach((vector, k) => {
        assertClose(vector, theirs.vectors[k], 1e-5);
      });
      optimizer.dispose();
      net.dispose();
    });
  }

  test(`NetOptimizer goes on from a restored state to the bit: ${name}`, () => {
    const [one, two] = [1, 1].map((seed) => buildNet(tinyNet, createRandom(seed)));
    const [first, second] = [one, two].map((net) => new NetOptimizer(net, name));
    for (let step = 1; step <= 3; step++) take(one, first, gradientsOf(one, step), 0.01);
    two.weights.forEach(({ variable }, i) => {
      variable.assign(one.weights[i].variable);
    });
    const { steps, vectors } = first.state();
    second.restore(steps, vectors);
    for (const [net, optimizer] of [
      [one, first],
      [two, second],
    ] as const) {
      take(net, optimizer, gradientsOf(net, 4), 0.01);
    }
    assert.deepEqual(readWeights(one), readWeights(two));
    assert.deepEqual(first.state(), second.state());
    for (const owner of [first, second, one, two]) owner.dispose();
  });

  test(`NetOptimizer moves nothing when one gradient is not finite, and leaves no tensor: ${name}`, () => {
    const tensors = tf.memory().numTensors;
    const net = buildNet(tinyNet, createRandom(1));
    const optimizer = new NetOptimizer(net, name);
    take(net, optimizer, gradientsOf(net, 1), 0.01);
    const before = [readWeights(net), optimizer.state()];
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const at of [0, trainedSize(net) - 1]) {
        assert.ok(!Number.isFinite(take(net, optimizer, gradientsOf(net, 2).with(at, value), 0.01)));
        assert.deepEqual([readWeights(net), optimizer.state()], before);
      }
    }
    optimizer.dispose();
    net.dispose();
    assert.equal(tf.memory().numTensors, tensors);
  });
}

test("NetOptimizer refuses a name that it does not know", () => {
  const net = buildNet(tinyNet, createRandom(1));
  assert.throws(
    () => new NetOptimizer(net, "sgd" as OptimizerName),
    /name must be adagrad or adamw, current value is sgd/,
  );
  net.dispose();
});

test("NetOptimizer moves more weights than one group holds as createOptimizer() does", () => {
  // Two kernels of 300,000 values do not fit one group, their biases do.
  const net = buildNet(
    {
      name: "wide",
      inputSize: 10,
      channels: 3,
      layers: [{ kind: "flatten" }, { kind: "dense", units: 1000 }, { kind: "dense", units: 300 }],
    },
    createRandom(1),
  );
  const optimizer = new NetOptimizer(net, "adamw");
  const weights = trainedOf(net);
  createOptimizer("adamw", weights.length, decaysOf(net)).step(weights, gradientsOf(net, 1), 0.1);
  take(net, optimizer, gradientsOf(net, 1), 0.1);
  assertClose(trainedOf(net), weights, 1e-5);
  const [first] = optimizer.state().vectors;
  assertClose(
    first,
    gradientsOf(net, 1).map((g) => 0.1 * g),
    1e-5,
  );
  optimizer.dispose();
  net.dispose();
});
