import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { buildNet, type Net } from "../../lib/nets/build";
import { countNet } from "../../lib/nets/count";
import { type NetName, namedNet, netNames } from "../../lib/nets/named";
import type { Layer, NetSpec } from "../../lib/nets/spec";
import { trainingPass } from "../../lib/nets/trainingPass";
import { assertClose, numericalGradient } from "../gradients";

type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;

const random = createRandom(5);
const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

/** A net of the layers and a dense layer on top; `raw` output, so that the top is linear. */
function withTop(inputSize: number, channels: 1 | 3, layers: readonly Layer[], units: number): Net {
  const spec: NetSpec = {
    name: "layers",
    inputSize,
    channels,
    layers: [...layers, { kind: "flatten" }, { kind: "dense", units }],
  };
  return buildNet(spec, createRandom(2));
}

/** Output of the layers alone: the top is made the identity. */
function outputOf(
  inputSize: number,
  channels: 1 | 3,
  layers: readonly Layer[],
  image: Float32Array,
): Float32Array {
  const tf = loadEngine();
  const units = countNet({
    name: "count",
    inputSize,
    channels,
    layers: [...layers, { kind: "flatten" }, { kind: "dense", units: 2 }],
  }).layers.at(-2)!.output[0];
  const net = withTop(inputSize, channels, layers, units);
  tf.tidy(() => net.weights.at(-2)!.variable.assign(tf.eye(units)));
  const values = tf.tidy(() =>
    net
      .forward(tf.tensor4d(image, [1, inputSize, inputSize, channels]), { training: false, raw: true })
      .dataSync(),
  ) as Float32Array;
  net.dispose();
  return values;
}

test("localNorm divides by (2 + 1e-4 · Σ of squares over 5 channels)^0.75", () => {
  // Oracle: Krizhevsky et al. (2012), section 3.3, by loops; 3 channels, so every window is cut at an end.
  const image = normals(4 * 4 * 3).map((v) => 100 * v);
  const expected = image.map((value, i) => {
    const pixel = i - (i % 3);
    let sum = 0;
    for (let c = Math.max(0, (i % 3) - 2); c <= Math.min(2, (i % 3) + 2); c++) sum += image[pixel + c] ** 2;
    return value / (2 + 1e-4 * sum) ** 0.75;
  });
  assertClose(outputOf(4, 3, [{ kind: "localNorm" }], image), expected, 1e-5);
});

test("L2 pooling is the root of the mean of squares of what lies inside the image", () => {
  const image = normals(25);
  const pooled = outputOf(5, 1, [{ kind: "pool", by: "l2", kernel: 3, stride: 2 }], image);
  const expected = Array.from({ length: 9 }, (_, o) => {
    const [top, left] = [2 * Math.floor(o / 3) - 1, 2 * (o % 3) - 1];
    const inside: number[] = [];
    for (let y = Math.max(0, top); y < Math.min(5, top + 3); y++)
      for (let x = Math.max(0, left); x < Math.min(5, left + 3); x++) inside.push(image[5 * y + x] ** 2);
    return Math.sqrt(inside.reduce((a, b) => a + b, 0) / inside.length);
  });
  assertClose(pooled, expected, 1e-5);
});

test("L2 pooling has a finite gradient at 0, and the right one elsewhere", () => {
  const tf = loadEngine();
  // A convolution before the pool: where its kernel is 0, so is all that is pooled.
  const layers: readonly Layer[] = [
    { kind: "conv", filters: 1, kernel: 3 },
    { kind: "pool", by: "l2", kernel: 3 },
  ];
  const net = withTop(4, 1, layers, 2);
  const image = normals(16);
  const at = <T>(kernel: ArrayLike<number>, use: (images: Tensor4D) => T): T => {
    const images = tf.tensor4d(image, [1, 4, 4, 1]);
    const weight = tf.tensor4d(Float32Array.from(kernel), [3, 3, 1, 1]);
    net.weights[0].variable.assign(weight);
    const found = use(images);
    tf.dispose([images, weight]);
    return found;
  };
  const f = (kernel: ArrayLike<number>): number =>
    at(kernel, (images) =>
      tf.tidy(() => net.forward(images, { training: false, raw: true }).sum().dataSync()[0]),
    );
  const gradientAt = (kernel: Float32Array): Float32Array =>
    at(kernel, (images) => {
      const [gradient] = tf.tidy(() => trainingPass(net, images, true).backward(tf.ones([1, 2])));
      return gradient.dataSync() as Float32Array;
    });
  assertClose(gradientAt(new Float32Array(9)), new Float32Array(9), 0);
  const kernel = normals(9);
  assertClose(gradientAt(kernel), numericalGradient(f, Float64Array.from(kernel), 1e-2), 5e-3);
  net.dispose();
});

for (const [kernel, stride, channels] of [
  [1, 2, 1],
  [1, 2, 3],
  [3, 2, 3],
  [5, 1, 1],
] as const) {
  test(`the filter gradient of a ${kernel}×${kernel} convolution of ${channels} channel(s) with stride ${stride} is right in a large batch`, () => {
    // Oracle by loops: the output is Σ top[p, f] · conv[p, f], so ∂/∂w[ky, kx, c, f] = Σ over images and places p of top[p, f] · x[p · stride + k − pad, c].
    const tf = loadEngine();
    const [count, size, filters] = [64, 8, 5];
    const net = withTop(size, channels, [{ kind: "conv", filters, kernel, stride }], 2);
    const [, , top] = net.weights;
    const images = normals(count * size * size * channels);
    const [gradient] = tf.tidy(() => {
      const wanted = tf.tensor2d(
        Float32Array.from({ length: 2 * count }, (_, i) => 1 - (i % 2)),
        [count, 2],
      );
      return trainingPass(net, tf.tensor4d(images, [count, size, size, channels]), true).backward(wanted);
    });
    const places = Math.ceil(size / stride);
    const before = Math.floor(Math.max(0, (places - 1) * stride + kernel - size) / 2);
    const tops = top.variable.dataSync();
    const expected = new Float64Array(kernel * kernel * channels * filters);
    for (let i = 0; i < expected.length; i++) {
      const f = i % filters;
      const c = Math.floor(i / filters) % channels;
      const [ky, kx] = [
        Math.floor(i / (filters * channels * kernel)),
        Math.floor(i / (filters * channels)) % kernel,
      ];
      for (let n = 0; n < count; n++) {
        for (let p = 0; p < places * places; p++) {
          const y = Math.floor(p / places) * stride + ky - before;
          const x = (p % places) * stride + kx - before;
          if (y < 0 || x < 0 || y >= size || x >= size) continue;
          expected[i] += tops[(p * filters + f) * 2] * images[((n * size + y) * size + x) * channels + c];
        }
      }
    }
    assertClose(gradient.dataSync() as Float32Array, expected, 1e-3);
    net.dispose();
  });
}

test("maxout takes the largest of its linear maps", () => {
  const tf = loadEngine();
  const spec: NetSpec = {
    name: "maxout",
    inputSize: 2,
    channels: 1,
    layers: [{ kind: "flatten" }, { kind: "maxout", units: 2, pieces: 2 }, { kind: "dense", units: 2 }],
  };
  const net = buildNet(spec, createRandom(1));
  // Unit 0: max(x0, x1), unit 1: max(2·x2, −x3 + 1); then the identity.
  const kernel = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, -1];
  tf.tidy(() => {
    net.weights[0].variable.assign(tf.tensor2d(kernel, [4, 4]));
    net.weights[1].variable.assign(tf.tensor1d([0, 0, 0, 1]));
    net.weights[2].variable.assign(tf.eye(2));
  });
  const at = (...x: number[]): number[] =>
    Array.from(
      tf.tidy(() => net.forward(tf.tensor4d(x, [1, 2, 2, 1]), { training: false, raw: true }).dataSync()),
    );
  assert.deepEqual(at(3, 5, 1, 4), [5, 2]);
  assert.deepEqual(at(3, -5, -1, -4), [3, 5]);
  net.dispose();
});

test("middleColumns keeps the columns in the middle", () => {
  const image = Float32Array.from({ length: 16 }, (_, i) => i);
  const kept = outputOf(4, 1, [{ kind: "middleColumns", width: 2 }], image);
  assert.deepEqual(Array.from(kept), [1, 2, 5, 6, 9, 10, 13, 14]);
});

test("an inception module joins its branches by channel in the order 1×1, 3×3, 5×5, pool", () => {
  const image = normals(16);
  const whole: Layer = { kind: "inception", one: 2, three: [2, 3], pool: { by: "max" } };
  const net = withTop(4, 1, [{ ...whole, name: "m" }], 4);
  assert.deepEqual(net.weights.map((weight) => `${weight.name} ${weight.shape.join("×")}`).slice(0, 6), [
    "m.1×1.kernel 1×1×1×2",
    "m.1×1.bias 2",
    "m.3×3 reduce.kernel 1×1×1×2",
    "m.3×3 reduce.bias 2",
    "m.3×3.kernel 3×3×2×3",
    "m.3×3.bias 3",
  ]);
  net.dispose();
  // The pooling branch alone: its channel of the whole module's output is the last of six.
  const pooled = outputOf(4, 1, [{ kind: "pool", by: "max", kernel: 3 }], image);
  const joined = outputOf(4, 1, [whole], image);
  assertClose(
    Float32Array.from({ length: 16 }, (_, i) => joined[6 * i + 5]),
    pooled,
    1e-6,
  );
});

test("buildNet() names the layer whose shape cannot fit", () => {
  const build = (layers: readonly Layer[]) => () =>
    buildNet({ name: "x", inputSize: 8, channels: 1, layers }, createRandom(1));
  assert.throws(
    build([{ kind: "dense", units: 4 }]),
    /Cannot build 0\.dense: .*flat input.*current shape is 8×8×1/,
  );
  assert.throws(build([{ kind: "flatten" }]), /last layer must be dense/);
  assert.throws(
    build([
      { kind: "flatten" },
      { name: "conv9", kind: "conv", filters: 2, kernel: 3 },
      { kind: "dense", units: 2 },
    ]),
    /Cannot build conv9: a conv layer needs an image, current shape is 64/,
  );
  assert.throws(
    build([
      { name: "mixed", kind: "inception", one: 2, three: [2, 2], stride: 2 },
      { kind: "flatten" },
      { kind: "dense", units: 2 },
    ]),
    /Cannot build mixed: branches .* must agree in height and width/,
  );
  assert.throws(
    build([{ name: "empty", kind: "inception" }, { kind: "flatten" }, { kind: "dense", units: 2 }]),
    /Cannot build empty: an inception module needs at least one branch/,
  );
  assert.throws(
    build([{ kind: "middleColumns", width: 9 }, { kind: "flatten" }, { kind: "dense", units: 2 }]),
    /Cannot build 0\.middleColumns: the input needs at least 9 columns, current shape is 8×8×1/,
  );
});

/** Small inputs that every stride survives; NN1's first dense layer alone has 33 M weights whatever the input. */
const smallSize = (name: NetName): number => (name.startsWith("laptop") ? 16 : 32);

for (const name of netNames) {
  test(`${name} embeds on the unit sphere, and countNet() agrees with its weights`, () => {
    const tf = loadEngine();
    const spec = namedNet(name, { inputSize: smallSize(name), embedding: 16 });
    const net = buildNet(spec, createRandom(1));
    const made = net.weights
      .filter((weight) => weight.trained)
      .reduce((total, weight) => total + weight.shape.reduce((a, b) => a * b, 1), 0);
    assert.equal(countNet(spec).parameters, made);
    const size = spec.inputSize;
    const norms = tf.tidy(() => {
      const e = net.forward(tf.tensor4d(normals(3 * size * size * 3), [3, size, size, 3]), {
        training: false,
      });
      assert.deepEqual(e.shape, [3, 16]);
      return e.square().sum(1).dataSync() as Float32Array;
    });
    assertClose(norms, [1, 1, 1], 1e-5);
    net.dispose();
  });
}
