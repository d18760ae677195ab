import type { Random } from "../core/random";
import { type Kernels, loadKernels } from "../engine/kernels";
import { loadEngine } from "../engine/load";
import { outputShape, type Shape } from "./shapes";
import {
  type ConvLayer,
  embeddingSize,
  inceptionBranches,
  type Layer,
  layerName,
  type NetSpec,
} from "./spec";

type Tensor = import("@tensorflow/tfjs-node").Tensor;
type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;
type Tensor2D = import("@tensorflow/tfjs-node").Tensor2D;
type Variable = import("@tensorflow/tfjs-node").Variable;

/** Batch norm as in PyTorch and the common face-embedding code: ε = 1e-3, the moving average keeps 0.9 of its old value a step. */
const EPSILON = 1e-3;
const KEEP = 0.9;

/** One named weight. `trained` weights get gradients. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trained: boolean;
  /** A moving average of batch norm, which is never trained. */
  readonly average: boolean;
  readonly variable: Variable;
}

/** Gets a moving average of batch norm and the statistic of this batch that belongs to it; it must not keep the tensor. */
export type OnStatistics = (average: Variable, now: Tensor) => void;

/** How a pass treats batch normalisation: `training` uses the batch's statistics and hands them to `onStatistics`, for example {@link moveAverage}. */
export interface Pass {
  readonly training: boolean;
  readonly onStatistics?: OnStatistics;
  /** Leave the L2 normalisation out: for losses on free features (softmax, center). */
  readonly raw?: boolean;
  /** Called with the output of every layer in the order in which they run, those inside a block before the block: for looking at a pass. */
  readonly seen?: (layer: string, output: Tensor) => void;
}

/** Moves an average towards the statistic of a batch. */
export function moveAverage(average: Variable, now: Tensor): void {
  average.assign(average.mul(KEEP).add(now.mul(1 - KEEP)) as Tensor);
}

/** A running net. Inputs are N×S×S×C floats, outputs N×D on the unit sphere (or before it: `raw`). Call `dispose` to free its memory. */
export interface Net {
  readonly spec: NetSpec;
  readonly weights: readonly Weight[];
  forward(images: Tensor4D, pass: Pass): Tensor2D;
  dispose(): void;
}

/**
 * Builds a net with random weights: He et al. (2015) normal initialisation, scale 1 and offset 0 in batch norm. Without `random` kernels are 0: for
 * a net whose weights are loaded next.
 */
export function buildNet(spec: NetSpec, random: Random | undefined): Net {
  const builder = new NetBuilder(random);
  embeddingSize(spec);
  const run = builder.chain(spec.layers, [spec.inputSize, spec.inputSize, spec.channels]);
  const tf = loadEngine();
  return {
    spec,
    weights: builder.weights,
    forward: (images, pass) =>
      tf.tidy(() => {
        const features = run(images, pass) as Tensor2D;
        if (pass.raw) return features;
        const norm = features.square().sum(1, true).add(1e-12).sqrt();
        return features.div(norm) as Tensor2D;
      }),
    dispose: () => {
      for (const weight of builder.weights) weight.variable.dispose();
    },
  };
}

type Run = (x: Tensor, pass: Pass) => Tensor;

/**
 * Below so many channels (one vector register: 8 with AVX2, 16 with AVX-512) oneDNN's filter gradient of a strided 1×1 convolution reads and writes memory that is not its
 * own (seen in its versions of libtensorflow 2.15 and 2.20): such layers pick their pixels first and convolve with stride 1, which is the same function.
 */
const ONEDNN_CHANNELS = 16;

/** Inside the root of L2 pooling: keeps the gradient finite where all values are 0. */
const POOL_EPSILON = 1e-12;

/** Makes the weights of layers and the functions that run them. */
class NetBuilder {
  readonly weights: Weight[] = [];
  private readonly random: Random | undefined;
  private readonly tf = loadEngine();
  private readonly kernels: Kernels = loadKernels();

  constructor(random: Random | undefined) {
    this.random = random;
  }

  /** Layers one after another; their weights are called by the layers' names after `prefix`. */
  chain(layers: readonly Layer[], input: Shape, prefix = ""): Run {
    let shape = input;
    const stages = layers.map((layer, i) => {
      const name = prefix + layerName(layer, i);
      const output = outputShape(name, layer, shape);
      const run = this.layer(name, layer, shape);
      shape = output;
      return { name, run };
    });
    return (x, pass) =>
      stages.reduce((y, { name, run }) => {
        const output = run(y, pass);
        pass.seen?.(name, output);
        return output;
      }, x);
  }

  private layer(name: string, layer: Layer, input: Shape): Run {
    const { tf } = this;
    switch (layer.kind) {
      case "conv":
        return this.conv(name, layer, input);
      case "residual":
        return this.residual(name, layer.filters, layer.stride ?? 1, input);
      case "inception": {
        const branches = inceptionBranches(layer).map((branch) => this.chain(branch, input, `${name}.`));
        return (x, pass) =>
          tf.concat(
            branches.map((run) => run(x, pass)),
            3,
          );
      }
      case "pool": {
        const { by, kernel, stride = 1 } = layer;
        if (by === "max") return (x) => tf.maxPool(x as Tensor4D, kernel, stride, "same");
        return (x) =>
          tf
            .avgPool(x.square() as Tensor4D, kernel, stride, "same")
            .add(POOL_EPSILON)
            .sqrt();
      }
      case "localNorm":
        return (x) => tf.localResponseNormalization(x as Tensor4D, 2, 2, 1e-4, 0.75);
      case "middleColumns": {
        const left = (input[1] - layer.width) >> 1;
        return (x) => tf.slice4d(x as Tensor4D, [0, 0, left, 0], [-1, -1, layer.width, -1]);
      }
      case "flatten":
        return (x) => x.reshape([x.shape[0], -1]);
      case "averagePool":
        return (x) => x.mean([1, 2]);
      case "maxout":
        return this.maxout(name, layer.units, layer.pieces, input);
      case "dense":
        return this.dense(name, layer, input);
    }
  }

  private conv(name: string, layer: ConvLayer, [, , channels]: Shape): Run {
    const { filters, kernel, stride = 1, norm = false, relu = false } = layer;
    const weight = this.normal(
      `${name}.kernel`,
      [kernel, kernel, channels, filters],
      kernel * kernel * channels,
    );
    const finish = norm ? this.batchNorm(name, filters) : this.bias(name, filters);
    const thin = kernel === 1 && stride > 1 && channels < ONEDNN_CHANNELS;
    return (x, pass) => {
      const input = thin ? this.tf.avgPool(x as Tensor4D, 1, stride, "same") : (x as Tensor4D);
      const y = finish(this.tf.conv2d(input, weight as Tensor4D, thin ? 1 : stride, "same"), pass);
      return relu ? this.kernels.relu(y) : y;
    };
  }

  private residual(name: string, filters: number, stride: number, input: Shape): Run {
    const block = { kind: "conv", filters, norm: true } as const;
    const path = this.chain(
      [
        { ...block, name: "a", kernel: 3, stride, relu: true },
        { ...block, name: "b", kernel: 3 },
      ],
      input,
      `${name}.`,
    );
    const same = stride === 1 && input[2] === filters;
    const shortcut = same ? undefined : this.conv(`${name}.shortcut`, { ...block, kernel: 1, stride }, input);
    return (x, pass) => this.kernels.relu(path(x, pass).add(shortcut ? shortcut(x, pass) : x));
  }

  private dense(name: string, layer: Extract<Layer, { kind: "dense" }>, [inputs]: Shape): Run {
    const { units, norm = false, relu = false } = layer;
    const weight = this.normal(`${name}.kernel`, [inputs, units], inputs);
    const finish = norm ? this.batchNorm(name, units) : this.bias(name, units);
    return (x, pass) => {
      const y = finish(this.tf.matMul(x as Tensor2D, weight as Tensor2D), pass);
      return relu ? this.kernels.relu(y) : y;
    };
  }

  private maxout(name: string, units: number, pieces: number, input: Shape): Run {
    const linear = this.dense(name, { kind: "dense", units: units * pieces }, input);
    return (x, pass) => linear(x, pass).reshape([-1, units, pieces]).max(2);
  }

  private bias(name: string, channels: number): Run {
    const offset = this.filled(`${name}.bias`, channels, 0, true);
    return (x) => x.add(offset);
  }

  private batchNorm(name: string, channels: number): Run {
    const gamma = this.filled(`${name}.gamma`, channels, 1, true);
    const beta = this.filled(`${name}.beta`, channels, 0, true);
    const mean = this.filled(`${name}.mean`, channels, 0, false);
    const variance = this.filled(`${name}.variance`, channels, 1, false);
    return (x, pass) => {
      const flat = x.shape.length === 2;
      const input = flat ? x.reshape([x.shape[0], 1, 1, channels]) : x;
      const y = pass.training
        ? this.kernels.batchNormTraining(input, gamma, beta, EPSILON, (m, v) => {
            const { onStatistics } = pass;
            if (!onStatistics) return;
            this.tf.tidy(() => {
              onStatistics(mean, m);
              onStatistics(variance, v);
            });
          })
        : this.kernels.batchNormInference(input, gamma, beta, mean, variance, EPSILON);
      return flat ? y.reshape([x.shape[0], channels]) : y;
    };
  }

  private normal(name: string, shape: number[], fanIn: number): Variable {
    const values: Float32Array = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const deviation = Math.sqrt(2 / fanIn);
    const { random } = this;
    if (random) for (let i = 0; i < values.length; i++) values[i] = random.normal() * deviation;
    return this.weight(name, shape, values, true);
  }

  private filled(name: string, size: number, value: number, trained: boolean): Variable {
    return this.weight(name, [size], new Float32Array(size).fill(value), trained);
  }

  private weight(name: string, shape: number[], values: Float32Array, trained: boolean): Variable {
    const initial = this.tf.tensor(values, shape, "float32");
    const variable = this.tf.variable(initial, trained);
    initial.dispose();
    this.weights.push({ name, shape, trained, average: !trained, variable });
    return variable;
  }
}
