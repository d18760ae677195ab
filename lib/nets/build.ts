import { valuesOf } from "../core/matrix";
import type { Random } from "../core/random";
import { Graph, type Value } from "../engine/graph";
import { loadEngine } from "../engine/load";
import { Operations } from "../engine/operations";
import { NetProgram, type Weight, type WrittenHead } from "./program";
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

/** Batch norm's ε as in common face-embedding code. */
const EPSILON = 1e-3;

/** How images go through a net. */
export interface Pass {
  /** Batch norm takes the statistics of this batch, as in training, or the moving averages. */
  readonly training: boolean;
  /** Leave the L2 normalisation out: for losses on free features (softmax, center). */
  readonly raw?: boolean;
  /** Called with the output of every layer in the order in which they run, those inside a block before the block: for looking at a pass. */
  readonly seen?: (layer: string, output: Tensor) => void;
}

/** A running net. Inputs are N×S×S×C floats, outputs N×D on the unit sphere (or before it: `raw`). Call `dispose` to free its memory. */
export interface Net {
  readonly spec: NetSpec;
  readonly weights: readonly Weight[];
  /** The net as a graph; see `trainingPass` for its gradient. */
  readonly program: NetProgram;
  forward(images: Tensor4D, pass: Pass): Tensor2D;
  dispose(): void;
}

/** Options of {@link buildNet}. */
export interface BuildOptions {
  /**
   * Which layers are trained; default `all`. With `last` those before the last one are frozen: they work as they do after training, batch norm by its moving averages, and
   * nothing in them changes.
   */
  readonly layers?: "all" | "last";
}

/**
 * Builds a net with random weights: He et al. (2015) normal initialisation, scale 1 and offset 0 in batch norm. Without `random` kernels are 0: for
 * a net whose weights are loaded next.
 */
export function buildNet(spec: NetSpec, random: Random | undefined, options: BuildOptions = {}): Net {
  const builder = new NetBuilder(random, options.layers === "last" ? spec.layers.length - 1 : 0);
  embeddingSize(spec);
  const shape = [spec.inputSize, spec.inputSize, spec.channels];
  const run = builder.net(spec.layers, shape);
  const { weights, operations } = builder;
  const program = new NetProgram(operations, shape, weights, run);
  return {
    spec,
    weights,
    program,
    forward: (images, { training, raw = false, seen }) =>
      loadEngine().tidy(() => {
        const head = training ? program.training : program.inference;
        const layers = seen ? head.seen : [];
        const wanted = [raw ? head.features : head.unit, ...layers.map(({ output }) => output)];
        const [embeddings, ...outputs] = program.run(images, wanted);
        layers.forEach(({ layer }, i) => {
          seen?.(layer, outputs[i]);
        });
        return embeddings as Tensor2D;
      }),
    dispose: () => {
      program.dispose();
      for (const weight of weights) weight.variable.dispose();
    },
  };
}

/** Writes layers down: from the value that comes in to the one that goes out. */
type Run = (x: Value, head: WrittenHead) => Value;

/**
 * Below so many channels (one vector register: 8 with AVX2, 16 with AVX-512) oneDNN's filter gradient of a strided 1×1 convolution reads and writes memory that is not its
 * own (seen in its versions of libtensorflow 2.15 and 2.20): such layers pick their pixels first and convolve with stride 1, which is the same function.
 */
const ONEDNN_CHANNELS = 16;

/** Inside the root of L2 pooling: keeps the gradient finite where all values are 0. */
const POOL_EPSILON = 1e-12;

/** Makes the weights of layers and the functions that write them into the graph. */
class NetBuilder {
  readonly weights: Weight[] = [];
  private readonly random: Random | undefined;
  readonly operations = new Operations(new Graph());
  private readonly tf = loadEngine();
  private readonly frozenLayers: number;
  /** Whether weights are made for a frozen layer. */
  private frozen = false;

  /** `frozenLayers`: so many of the net's first layers are frozen. */
  constructor(random: Random | undefined, frozenLayers: number) {
    this.random = random;
    this.frozenLayers = frozenLayers;
  }

  /** The layers of the net. */
  net(layers: readonly Layer[], input: Shape): Run {
    return this.chain(layers, input, "", (i) => {
      this.frozen = i < this.frozenLayers;
    });
  }

  /** Layers one after another; their weights are called by the layers' names after `prefix`. Calls `begin` before each of them. */
  private chain(
    layers: readonly Layer[],
    input: Shape,
    prefix: string,
    begin: (i: number) => void = () => {},
  ): Run {
    let shape = input;
    const stages = layers.map((layer, i) => {
      begin(i);
      const name = prefix + layerName(layer, i);
      const output = outputShape(name, layer, shape);
      const run = this.layer(name, layer, shape);
      shape = output;
      return { name, run, frozen: this.frozen };
    });
    return (x, head) =>
      stages.reduce((y, { name, run, frozen }) => {
        const output = run(y, frozen ? { ...head, training: false } : head);
        head.seen.push({ layer: name, output });
        return output;
      }, x);
  }

  private layer(name: string, layer: Layer, input: Shape): Run {
    const { operations } = this;
    switch (layer.kind) {
      case "conv":
        return this.conv(name, layer, input);
      case "residual":
        return this.residual(name, layer.filters, layer.stride ?? 1, input);
      case "inception": {
        const branches = inceptionBranches(layer).map((branch) => this.chain(branch, input, `${name}.`));
        return (x, head) => operations.join(branches.map((run) => run(x, head)));
      }
      case "pool": {
        const { by, kernel, stride = 1 } = layer;
        if (by === "max") return (x) => operations.maxPool(x, kernel, stride);
        return (x) =>
          operations.root(operations.averagePool(operations.square(x), kernel, stride), POOL_EPSILON);
      }
      case "localNorm":
        return (x) => operations.localNorm(x, 2, 2, 1e-4, 0.75);
      case "middleColumns":
        return (x) => operations.columns(x, (input[1] - layer.width) >> 1, layer.width);
      case "flatten":
        return (x) => operations.reshape(x, [-1, valuesOf(input)]);
      case "averagePool":
        return (x) => operations.mean(x);
      case "maxout":
        return this.maxout(name, layer.units, layer.pieces, input);
      case "dense":
        return this.dense(name, layer, input);
    }
  }

  private conv(name: string, layer: ConvLayer, [, , channels]: Shape): Run {
    const { operations } = this;
    const { filters, kernel, stride = 1, norm = false, relu = false } = layer;
    const weight = this.normal(
      `${name}.kernel`,
      [kernel, kernel, channels, filters],
      kernel * kernel * channels,
    );
    const finish = norm ? this.batchNorm(name, filters) : this.bias(name, filters);
    const thin = kernel === 1 && stride > 1 && channels < ONEDNN_CHANNELS;
    return (x, head) => {
      const input = thin ? operations.averagePool(x, 1, stride) : x;
      const y = finish(operations.conv2d(input, weight, thin ? 1 : stride), head);
      return relu ? operations.relu(y) : y;
    };
  }

  private residual(name: string, filters: number, stride: number, input: Shape): Run {
    const { operations } = this;
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
    return (x, head) => operations.relu(operations.add(path(x, head), shortcut ? shortcut(x, head) : x));
  }

  private dense(name: string, layer: Extract<Layer, { kind: "dense" }>, [inputs]: Shape): Run {
    const { operations } = this;
    const { units, norm = false, relu = false } = layer;
    const weight = this.normal(`${name}.kernel`, [inputs, units], inputs);
    const finish = norm ? this.batchNorm(name, units) : this.bias(name, units);
    return (x, head) => {
      const y = finish(operations.matMul(x, weight), head);
      return relu ? operations.relu(y) : y;
    };
  }

  private maxout(name: string, units: number, pieces: number, input: Shape): Run {
    const { operations } = this;
    const linear = this.dense(name, { kind: "dense", units: units * pieces }, input);
    return (x, head) => operations.largest(operations.reshape(linear(x, head), [-1, units, pieces]));
  }

  private bias(name: string, channels: number): Run {
    const offset = this.filled(`${name}.bias`, channels, 0, true);
    return (x) => this.operations.bias(x, offset);
  }

  private batchNorm(name: string, channels: number): Run {
    const { operations } = this;
    const gamma = this.filled(`${name}.gamma`, channels, 1, true);
    const beta = this.filled(`${name}.beta`, channels, 0, true);
    const mean = this.filled(`${name}.mean`, channels, 0, false);
    const variance = this.filled(`${name}.variance`, channels, 1, false);
    const normalize = (x: Value, head: WrittenHead): Value => {
      if (!head.training) return operations.batchNormWith(x, [gamma, beta, mean, variance], EPSILON);
      const batch = operations.batchNorm(x, gamma, beta, EPSILON);
      head.statistics.push(batch.mean, batch.variance);
      return batch.output;
    };
    return (x, head) => {
      if (x.shape.length === 4) return normalize(x, head);
      const image = operations.reshape(x, [-1, 1, 1, channels]);
      return operations.reshape(normalize(image, head), [-1, channels]);
    };
  }

  private normal(name: string, shape: number[], fanIn: number): Value {
    const values: Float32Array = new Float32Array(valuesOf(shape));
    const deviation = Math.sqrt(2 / fanIn);
    const { random } = this;
    if (random) for (let i = 0; i < values.length; i++) values[i] = random.normal() * deviation;
    return this.weight(name, shape, values, true);
  }

  private filled(name: string, size: number, value: number, trained: boolean): Value {
    return this.weight(name, [size], new Float32Array(size).fill(value), trained);
  }

  private weight(name: string, shape: number[], values: Float32Array, trained: boolean): Value {
    const initial = this.tf.tensor(values, shape, "float32");
    const variable = this.tf.variable(initial, trained);
    initial.dispose();
    const input = this.operations.graph.input(shape);
    const { frozen } = this;
    this.weights.push({
      name,
      shape,
      trained: trained && !frozen,
      average: !trained && !frozen,
      variable,
      input,
    });
    return input;
  }
}
