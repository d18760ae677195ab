import { type Matrix, matrix } from "../core/matrix";
import { loadEngine } from "../engine/load";
import type { Net } from "../nets/build";
import type { FlatWeights } from "./flatWeights";
import type { Objective, ObjectiveResult } from "./objective";

type Tensor = import("@tensorflow/tfjs-node").Tensor;
type Tensor2D = import("@tensorflow/tfjs-node").Tensor2D;
type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;
type Variable = import("@tensorflow/tfjs-node").Variable;

/** A batch of net inputs: `count × inputSize × inputSize × channels` floats and an identity per image. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/**
 * One gradient of a batch, in the stages *embed → mine → gradient with respect to the embeddings → back-propagate in chunks*.
 * Adds dL/dw to `gradient` (flat, as `weights`) and moves the batch-norm averages.
 *
 * A batch of at most `chunk` images takes one pass. A larger one is embedded chunk by chunk without keeping activations, mined as a whole, and
 * each chunk is passed again to carry its part of the gradient back: memory is that of one chunk, time is 4/3.
 * Batch norm then uses the statistics of each chunk, the same ones in both passes ("ghost batch norm", Hoffer et al. 2017), so the gradient is
 * exactly that of the loss that was computed; without batch norm it equals the one big pass.
 */
export function gradientOfBatch(
  net: Net,
  weights: FlatWeights,
  batch: Batch,
  objective: Objective,
  chunk: number,
  gradient: Float32Array,
): ObjectiveResult {
  const count = batch.labels.length;
  return count <= chunk
    ? onePass(net, weights, batch, objective, gradient)
    : inChunks(net, weights, batch, objective, chunk, gradient);
}

function onePass(
  net: Net,
  weights: FlatWeights,
  { images, labels }: Batch,
  objective: Objective,
  gradient: Float32Array,
): ObjectiveResult {
  const tf = loadEngine();
  const raw = objective.features === "free";
  let result: ObjectiveResult | undefined;
  tf.tidy(() => {
    const input = imageTensor(net, images, labels.length);
    const lossOf = tf.customGrad((embeddings) => {
      const [rows, columns] = (embeddings as Tensor2D).shape;
      const outcome = objective.evaluate(
        matrix(rows, columns, (embeddings as Tensor2D).dataSync() as Float32Array),
        labels,
        images,
      );
      result = outcome;
      return {
        value: tf.scalar(outcome.loss),
        gradFunc: () => tf.tensor2d(outcome.gradient.data, [rows, columns]),
      };
    });
    const { grads } = tf.variableGrads(
      () =>
        lossOf(
          net.forward(input, { training: true, updateStatistics: true, raw }),
        ) as import("@tensorflow/tfjs-node").Scalar,
      trainedVariables(net),
    );
    weights.addGradients(grads, gradient);
  });
  return result as ObjectiveResult;
}

function inChunks(
  net: Net,
  weights: FlatWeights,
  { images, labels }: Batch,
  objective: Objective,
  chunk: number,
  gradient: Float32Array,
): ObjectiveResult {
  const tf = loadEngine();
  const raw = objective.features === "free";
  const count = labels.length;
  const pixels = images.length / count;
  // Equal chunks: a last chunk of one image would have no batch-norm statistics.
  const parts = Math.ceil(count / chunk);
  const bounds = Array.from({ length: parts + 1 }, (_, i) => Math.round((i * count) / parts));
  const inputOf = (i: number): Tensor4D =>
    imageTensor(net, images.subarray(bounds[i] * pixels, bounds[i + 1] * pixels), bounds[i + 1] - bounds[i]);

  let embeddings: Matrix | undefined;
  for (let i = 0; i < parts; i++) {
    tf.tidy(() => {
      const part = net.forward(inputOf(i), { training: true, raw });
      embeddings ??= matrix(count, part.shape[1]);
      embeddings.data.set(part.dataSync() as Float32Array, bounds[i] * part.shape[1]);
    });
  }
  const result = objective.evaluate(embeddings as Matrix, labels, images);
  const columns = result.gradient.columns;
  for (let i = 0; i < parts; i++) {
    tf.tidy(() => {
      const rows = bounds[i + 1] - bounds[i];
      const wanted = tf.tensor2d(result.gradient.data.slice(bounds[i] * columns, bounds[i + 1] * columns), [
        rows,
        columns,
      ]);
      const input = inputOf(i);
      const { grads } = tf.variableGrads(
        () => net.forward(input, { training: true, updateStatistics: true, raw }).mul(wanted).sum(),
        trainedVariables(net),
      );
      weights.addGradients(grads, gradient);
    });
  }
  return result;
}

function imageTensor(net: Net, images: Float32Array, count: number): Tensor4D {
  const { inputSize, channels } = net.spec;
  return loadEngine().tensor4d(images, [count, inputSize, inputSize, channels]);
}

function trainedVariables(net: Net): Variable[] {
  return net.weights.filter((weight) => weight.trained).map((weight) => weight.variable as Variable & Tensor);
}
