import { loadEngine } from "../engine/load";
import type { Net } from "../nets/build";

type Tensor = import("@tensorflow/tfjs-node").Tensor;

/** The trained weights of a net as one vector, in the order of `net.weights`. The net's tensors follow through `upload`. */
export interface FlatWeights {
  readonly values: Float32Array;
  /** 1 for kernels (weight decay applies), 0 for biases, scales and offsets. */
  readonly decays: Uint8Array;
  /** Copies `values` into the net. */
  upload(): void;
  /** Adds gradients, a tensor per trained weight, into a flat vector. */
  addGradients(gradients: readonly Tensor[], into: Float32Array): void;
}

export function flattenWeights(net: Net): FlatWeights {
  const tf = loadEngine();
  const trained = net.weights.filter((weight) => weight.trained);
  const sizes = trained.map((weight) => weight.shape.reduce((a, b) => a * b, 1));
  const total = sizes.reduce((a, b) => a + b, 0);
  const offsets: number[] = [];
  sizes.reduce((offset, size, i) => {
    offsets[i] = offset;
    return offset + size;
  }, 0);
  const values: Float32Array = new Float32Array(total);
  const decays: Uint8Array = new Uint8Array(total);
  trained.forEach((weight, i) => {
    values.set(weight.variable.dataSync() as Float32Array, offsets[i]);
    if (weight.shape.length > 1) decays.fill(1, offsets[i], offsets[i] + sizes[i]);
  });
  return {
    values,
    decays,
    upload: () =>
      trained.forEach((weight, i) => {
        const slice = values.slice(offsets[i], offsets[i] + sizes[i]);
        const tensor = tf.tensor(slice, [...weight.shape], "float32");
        weight.variable.assign(tensor);
        tensor.dispose();
      }),
    addGradients: (gradients, into) =>
      gradients.forEach((tensor, i) => {
        const part = tensor.dataSync();
        const start = offsets[i];
        for (let k = 0; k < part.length; k++) into[start + k] += part[k];
      }),
  };
}

/** All weights of a net, moving statistics included, as one vector in the order of `net.weights`. */
export function readWeights(net: Net): Float32Array {
  const parts = net.weights.map((weight) => weight.variable.dataSync() as Float32Array);
  const values: Float32Array = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    values.set(part, offset);
    offset += part.length;
  }
  return values;
}

/** Puts a vector made by `readWeights` back. Throws a RangeError when the length does not fit this net. */
export function writeWeights(net: Net, values: Float32Array): void {
  const tf = loadEngine();
  const sizes = net.weights.map((weight) => weight.shape.reduce((a, b) => a * b, 1));
  const total = sizes.reduce((a, b) => a + b, 0);
  if (values.length !== total) {
    throw new RangeError(
      `Cannot load weights into the net ${net.spec.name}: ${total} values are needed, current value is ${values.length}`,
    );
  }
  let offset = 0;
  net.weights.forEach((weight, i) => {
    const tensor = tf.tensor(values.slice(offset, offset + sizes[i]), [...weight.shape], "float32");
    weight.variable.assign(tensor);
    tensor.dispose();
    offset += sizes[i];
  });
}
