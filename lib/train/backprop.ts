import { type Matrix, matrix, stackRows } from "../core/matrix";
import { loadEngine } from "../engine/load";
import type { Net } from "../nets/build";
import { gradientsFrom, moveAverages, trainingPass } from "../nets/trainingPass";
import type { Objective, ObjectiveResult } from "./objective";

type Tensor = import("@tensorflow/tfjs-node").Tensor;
type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;

/** A batch of net inputs: `count × inputSize × inputSize × channels` floats and an identity per image. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** What the objective asks of a batch, and dL/dw of every trained weight, in their order. The tensors belong to the caller. */
export interface BatchGradient {
  readonly result: ObjectiveResult;
  readonly gradients: Tensor[];
}

/**
 * One gradient of a batch, in the stages *embed → mine → gradient with respect to the embeddings → back-propagate in chunks*. Moves the batch-norm averages.
 *
 * A batch of at most `chunk` images takes one pass. A larger one is embedded chunk by chunk without keeping activations, mined as a whole, and
 * each chunk is passed again to carry its part of the gradient back: memory is that of one chunk, time is 4/3.
 * Batch norm then uses the statistics of each chunk, the same ones in both passes ("ghost batch norm", Hoffer et al. 2017), so the gradient is
 * exactly that of the loss that was computed; without batch norm it equals the one big pass.
 */
export function gradientOfBatch(net: Net, batch: Batch, objective: Objective, chunk: number): BatchGradient {
  return batch.labels.length <= chunk
    ? onePass(net, batch, objective)
    : inChunks(net, batch, objective, chunk);
}

function onePass(net: Net, { images, labels }: Batch, objective: Objective): BatchGradient {
  const tf = loadEngine();
  let result: ObjectiveResult | undefined;
  const gradients = tf.tidy(() => {
    const pass = trainingPass(net, imageTensor(net, images, labels.length), objective.features === "free");
    const { embeddings } = pass;
    const [rows, columns] = embeddings.shape;
    moveAverages(net, pass.statistics);
    result = objective.evaluate(matrix(rows, columns, embeddings.dataSync() as Float32Array), labels, images);
    return pass.backward(tf.tensor2d(result.gradient.data, [rows, columns]));
  });
  return { result: result as ObjectiveResult, gradients };
}

function inChunks(net: Net, { images, labels }: Batch, objective: Objective, chunk: number): BatchGradient {
  const tf = loadEngine();
  const raw = objective.features === "free";
  const chunks = chunksOf(images, labels.length, chunk);
  const embeddings = stackRows(chunks.map((part) => embedChunk(net, part, raw)));
  const result = objective.evaluate(embeddings, labels, images);
  const { data, columns } = result.gradient;
  let sum: Tensor[] | undefined;
  for (const part of chunks) {
    const wanted = matrix(
      part.count,
      columns,
      data.slice(part.from * columns, (part.from + part.count) * columns),
    );
    const { gradients, statistics } = backPropagateChunk(net, part.images, wanted, raw);
    moveAverages(net, statistics);
    const before = sum;
    sum = before ? before.map((tensor, i) => tf.add(tensor, gradients[i])) : gradients;
    if (before) tf.dispose([...before, ...gradients]);
  }
  return { result, gradients: sum as Tensor[] };
}

/** A part of a batch that goes through the net at once: rows `from` to `from + count`, and their net inputs. */
export interface Chunk {
  readonly from: number;
  readonly count: number;
  readonly images: Float32Array;
}

/**
 * Cuts a batch of `count` images into equal chunks of at most `chunk`; never into chunks of one image, which would have no batch-norm statistics: with a `chunk` of 2 and
 * an odd count one chunk has 3.
 */
export function chunksOf(images: Float32Array, count: number, chunk: number): Chunk[] {
  const pixels = images.length / count;
  const parts = Math.min(Math.ceil(count / chunk), Math.max(1, Math.floor(count / 2)));
  return Array.from({ length: parts }, (_, i) => {
    const from = Math.round((i * count) / parts);
    const to = Math.round(((i + 1) * count) / parts);
    return { from, count: to - from, images: images.subarray(from * pixels, to * pixels) };
  });
}

/** Embeddings of one chunk as training sees them (the chunk's own batch-norm statistics), without keeping activations: n×D, unit rows unless `raw`. */
export function embedChunk(
  net: Net,
  { images, count }: Pick<Chunk, "images" | "count">,
  raw: boolean,
): Matrix {
  const part = loadEngine().tidy(() => net.forward(imageTensor(net, images, count), { training: true, raw }));
  const embeddings = matrix(count, part.shape[1], part.dataSync() as Float32Array);
  part.dispose();
  return embeddings;
}

/** Carries dL/dx of one chunk (n×D, `wanted`) back through the net. Also gives its batch-norm statistics, for `moveAverages`. The tensors belong to the caller. */
export function backPropagateChunk(
  net: Net,
  images: Float32Array,
  wanted: Matrix,
  raw: boolean,
): { readonly gradients: Tensor[]; readonly statistics: Float32Array } {
  const tf = loadEngine();
  let statistics: Float32Array | undefined;
  const gradients = tf.tidy(() => {
    const target = tf.tensor2d(wanted.data, [wanted.rows, wanted.columns]);
    const found = gradientsFrom(net, imageTensor(net, images, wanted.rows), target, raw);
    statistics = found.statistics;
    return found.gradients;
  });
  return { gradients, statistics: statistics as Float32Array };
}

function imageTensor(net: Net, images: Float32Array, count: number): Tensor4D {
  const { inputSize, channels } = net.spec;
  return loadEngine().tensor4d(images, [count, inputSize, inputSize, channels]);
}
