import { valuesOf } from "../core/matrix";
import { loadEngine } from "../engine/load";
import type { Net } from "../nets/build";

type Tensor = import("@tensorflow/tfjs-node").Tensor;

/** Values of a tensor of every trained weight (gradients) as one vector, in the order of `net.weights`. */
export function flattened(tensors: readonly Tensor[]): Float32Array {
  return joined(tensors.map((tensor) => tensor.dataSync() as Float32Array));
}

/** Adds tensors of every trained weight to a vector in the order of {@link flattened}. */
export function addFlattened(sum: Float32Array, tensors: readonly Tensor[]): void {
  let offset = 0;
  for (const tensor of tensors) {
    const values = tensor.dataSync() as Float32Array;
    for (let i = 0; i < values.length; i++) sum[offset + i] += values[i];
    offset += values.length;
  }
}

/** The tensors again: what {@link flattened} made of those of a net. They belong to the caller. */
export function unflattened(net: Net, values: Float32Array): Tensor[] {
  const tf = loadEngine();
  let offset = 0;
  return net.weights
    .filter(({ trained }) => trained)
    .map(({ shape }) => {
      const size = valuesOf(shape);
      offset += size;
      return tf.tensor(values.slice(offset - size, offset), [...shape], "float32");
    });
}

/** How many values the trained weights of a net have. */
export function trainedSize(net: Net): number {
  return net.weights.filter(({ trained }) => trained).reduce((sum, { shape }) => sum + valuesOf(shape), 0);
}

/** All weights of a net, moving statistics included, as one vector in the order of `net.weights`. */
export function readWeights(net: Net): Float32Array {
  return joined(net.weights.map((weight) => weight.variable.dataSync() as Float32Array));
}

function joined(parts: readonly Float32Array[]): Float32Array {
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
  const sizes = net.weights.map((weight) => valuesOf(weight.shape));
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
