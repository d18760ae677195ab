import type { Value } from "../engine/graph";
import { loadEngine } from "../engine/load";
import type { Net } from "./build";

type Tensor = import("@tensorflow/tfjs-node").Tensor;
type Tensor2D = import("@tensorflow/tfjs-node").Tensor2D;
type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;

/** The moving averages of batch norm keep 0.9 of their old value a step, as in PyTorch and the common face-embedding code. */
const KEEP = 0.9;

/** A forward pass in training that can be carried back. All its tensors belong to the caller (`tf.tidy` frees them). */
export interface TrainingPass {
  /** N×D, on the unit sphere unless `raw`. */
  readonly embeddings: Tensor2D;
  /** Batch norm's statistics of this batch one after the other, for {@link moveAverages}. */
  readonly statistics: Float32Array;
  /** dL/dw of the trained weights, in their order, from dL/dx (N×D). */
  backward(wanted: Tensor2D): Tensor[];
}

/** Passes a batch forward and keeps what the way back needs. `raw`: without the L2 normalisation. */
export function trainingPass(net: Net, images: Tensor4D, raw: boolean): TrainingPass {
  const { program } = net;
  const { features, unit, statistics } = program.training;
  const { from, gradients } = wayBack(net, raw);
  const kept = program.kept(gradients, from);
  const [embeddings, ...rest] = program.run(images, [raw ? features : unit, ...statistics, ...kept]);
  const activations = rest.slice(statistics.length);
  return {
    embeddings: embeddings as Tensor2D,
    statistics: joined(rest.slice(0, statistics.length)),
    backward: (wanted) =>
      program.run(images, gradients, [
        [from.name, wanted],
        ...kept.map(({ name }, i) => [name, activations[i]] as const),
      ]),
  };
}

/** dL/dw and batch-norm statistics of a batch whose dL/dx is known: forward and back in one go, which keeps no activation longer than it is needed. */
export function gradientsFrom(
  net: Net,
  images: Tensor4D,
  wanted: Tensor2D,
  raw: boolean,
): { readonly gradients: Tensor[]; readonly statistics: Float32Array } {
  const { statistics } = net.program.training;
  const { from, gradients } = wayBack(net, raw);
  const outputs = net.program.run(images, [...statistics, ...gradients], [[from.name, wanted]]);
  return {
    gradients: outputs.slice(statistics.length),
    statistics: joined(outputs.slice(0, statistics.length)),
  };
}

function wayBack({ program, weights }: Net, raw: boolean): { from: Value; gradients: Value[] } {
  const { ofUnit, ofFeatures, gradients } = program.back;
  const trained = weights.filter((weight) => weight.trained);
  return {
    from: raw ? ofFeatures : ofUnit,
    gradients: trained.map(({ input }) => gradients.get(input.name) as Value),
  };
}

function joined(tensors: readonly Tensor[]): Float32Array {
  const parts = tensors.map((tensor) => tensor.dataSync() as Float32Array);
  const values: Float32Array = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

/** Moves the batch-norm averages towards the statistics of a batch. Throws a RangeError when they are not this net's. */
export function moveAverages(net: Net, statistics: Float32Array): void {
  const tf = loadEngine();
  const averages = net.weights.filter(({ average }) => average);
  const wanted = averages.reduce((sum, { shape }) => sum + shape[0], 0);
  if (statistics.length !== wanted) {
    throw new RangeError(
      `Cannot move the batch-norm averages: ${wanted} values are needed, current value is ${statistics.length}`,
    );
  }
  let at = 0;
  for (const { variable } of averages) {
    const values = variable.dataSync() as Float32Array;
    for (let i = 0; i < values.length; i++) values[i] = KEEP * values[i] + (1 - KEEP) * statistics[at++];
    const moved = tf.tensor1d(values);
    variable.assign(moved);
    moved.dispose();
  }
}
