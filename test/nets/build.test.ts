import assert from "node:assert/strict";
import test from "node:test";
import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs-node";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { buildNet } from "../../lib/nets/build";
import { laptopNet } from "../../lib/nets/laptopNets";
import type { Weight } from "../../lib/nets/program";
import type { NetSpec } from "../../lib/nets/spec";
import { gradientsFrom, trainingPass } from "../../lib/nets/trainingPass";
import { assertClose } from "../gradients";

const tiny = laptopNet({ inputSize: 16, channels: 1, embedding: 8, widths: [2, 3, 4, 5] });

test("forward() puts every embedding on the unit sphere", () => {
  const tf = loadEngine();
  const net = buildNet(tiny, createRandom(1));
  const images = tf.randomNormal(
    [5, 16, 16, 1],
    0,
    1,
    "float32",
    3,
  ) as import("@tensorflow/tfjs-node").Tensor4D;
  const e = net.forward(images, { training: false });
  assert.deepEqual(e.shape, [5, 8]);
  assertClose(e.square().sum(1).dataSync() as Float32Array, [1, 1, 1, 1, 1], 1e-5);
  tf.dispose([images, e]);
  net.dispose();
});

test("buildNet() gives the same weights for the same seed", () => {
  const read = (seed: number): number[] => {
    const net = buildNet(tiny, createRandom(seed));
    const values = net.weights.flatMap((weight) => Array.from(weight.variable.dataSync()));
    net.dispose();
    return values;
  };
  assert.deepEqual(read(2), read(2));
  assert.notDeepEqual(read(2), read(3));
});

test("buildNet() refuses a dense layer on an image and a net without an embedding", () => {
  const broken = { name: "x", inputSize: 8, channels: 1 } as const;
  assert.throws(
    () => buildNet({ ...broken, layers: [{ kind: "dense", units: 4 }] }, createRandom(1)),
    /needs flat input/,
  );
  assert.throws(
    () => buildNet({ ...broken, layers: [{ kind: "flatten" }] }, createRandom(1)),
    /last layer must be dense/,
  );
});

test("forward() gives equal images equal embeddings, to the bit", () => {
  // 13 rows: a whole vector register and a rest.
  const tf = loadEngine();
  const net = buildNet(tiny, createRandom(1));
  for (let seed = 1; seed <= 50; seed++) {
    tf.tidy(() => {
      const image = tf.randomNormal([1, 16, 16, 1], 0, 1, "float32", seed);
      const images = image.tile([13, 1, 1, 1]) as import("@tensorflow/tfjs-node").Tensor4D;
      const [first, ...others] = net.forward(images, { training: false }).arraySync();
      for (const other of others) assert.deepEqual(other, first);
    });
  }
  net.dispose();
});

test("a strided 1×1 convolution of few channels has the gradient of a linear map, and leaves the memory of others alone", () => {
  const tf = loadEngine();
  for (const channels of [1, 3] as const) {
    for (const filters of [4, 8, 12, 16]) {
      const spec: NetSpec = {
        ...{ name: "thin", inputSize: 48, channels },
        layers: [
          { kind: "conv", name: "wide", filters, kernel: 3 },
          { kind: "conv", name: "thin", filters: 16, kernel: 1, stride: 2 },
          { kind: "flatten" },
          { kind: "dense", name: "out", units: 4 },
        ],
      };
      const net = buildNet(spec, createRandom(1));
      const trained = net.weights.filter((weight) => weight.trained);
      const thin = trained.find(({ name }) => name === "thin.kernel") as Weight;
      const kernel = thin.variable;
      tf.tidy(() => {
        const x = tf.randomNormal([16, 48, 48, channels], 0, 1, "float32", 1) as Tensor4D;
        const to = tf.randomNormal([16, 4], 0, 1, "float32", 2) as Tensor2D;
        const loss = (): number => {
          const { embeddings } = trainingPass(net, x, true);
          return embeddings.mul(to).sum().dataSync()[0];
        };
        const step = tf.randomNormal(kernel.shape, 0, 1, "float32", 3);
        // Without an activation the loss is linear in the kernel: its slope along a step is the difference of two losses.
        const slopes = Array.from({ length: 5 }, () => {
          const { gradients } = gradientsFrom(net, x, to, true);
          return gradients[trained.indexOf(thin)].mul(step).sum().dataSync()[0];
        });
        const before = loss();
        kernel.assign(kernel.add(step));
        const slope = loss() - before;
        assertClose(slopes, Array(slopes.length).fill(slope), 1e-3 * (1 + Math.abs(slope)));
      });
      net.dispose();
    }
  }
});
