import type { Random } from "../core/random";
import { type Kernels, loadKernels } from "../engine/kernels";
import { loadEngine } from "../engine/load";
import { embeddingSize, type Layer, type NetSpec } from "./spec";

type Tensor = import("@tensorflow/tfjs-node").Tensor;
type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;
type Tensor2D = import("@tensorflow/tfjs-node").Tensor2D;
type Variable = import("@tensorflow/tfjs-node").Variable;

/** Batch norm as in PyTorch and the common face-embedding code: ε = 1e-3, the moving average keeps 0.9 of its old value a step. */
const EPSILON = 1e-3;
const KEEP = 0.9;

/** One named weight. `trained` weights get gradients; the others are moving statistics. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trained: boolean;
  readonly variable: Variable;
}

/** How a pass treats batch normalisation: `training` uses the batch's statistics, `updateStatistics` moves the averages too. */
export interface Pass {
  readonly training: boolean;
  readonly updateStatistics?: boolean;
}

/** A running net. Inputs are N×S×S×C floats, outputs N×D on the unit sphere. Call `dispose` to free its memory. */
export interface Net {
  readonly spec: NetSpec;
  readonly weights: readonly Weight[];
  forward(images: Tensor4D, pass: Pass): Tensor2D;
  dispose(): void;
}

/** Builds a net with random weights: He et al. (2015) normal initialisation, scale 1 and offset 0 in batch norm. */
export function buildNet(spec: NetSpec, random: Random): Net {
  const builder = new NetBuilder(random);
  let shape: number[] = [spec.inputSize, spec.inputSize, spec.channels];
  const stages = spec.layers.map((layer, i) => {
    const stage = builder.layer(`${i}.${layer.kind}`, layer, shape);
    shape = stage.output;
    return stage.run;
  });
  embeddingSize(spec);
  const tf = loadEngine();
  return {
    spec,
    weights: builder.weights,
    forward: (images, pass) =>
      tf.tidy(() => {
        const features = stages.reduce<Tensor>((x, run) => run(x, pass), images) as Tensor2D;
        const norm = features.square().sum(1, true).add(1e-12).sqrt();
        return features.div(norm) as Tensor2D;
      }),
    dispose: () => {
      for (const weight of builder.weights) weight.variable.dispose();
    },
  };
}

type Run = (x: Tensor, pass: Pass) => Tensor;
interface Stage {
  readonly run: Run;
  /** Shape without the batch axis. */
  readonly output: number[];
}

class NetBuilder {
  readonly weights: Weight[] = [];
  private readonly random: Random;
  private readonly tf = loadEngine();
  private readonly kernels: Kernels = loadKernels();

  constructor(random: Random) {
    this.random = random;
  }

  layer(name: string, layer: Layer, input: number[]): Stage {
    switch (layer.kind) {
      case "conv":
        return this.conv(name, layer, input);
      case "residual":
        return this.residual(name, layer.filters, layer.stride ?? 1, input);
      case "flatten": {
        const size = input.reduce((a, b) => a * b, 1);
        return { run: (x) => x.reshape([x.shape[0], size]), output: [size] };
      }
      case "averagePool":
        return { run: (x) => x.mean([1, 2]), output: [input[2]] };
      case "dense":
        return this.dense(name, layer.units, layer.norm ?? false, input);
    }
  }

  private conv(name: string, layer: Extract<Layer, { kind: "conv" }>, [h, w, channels]: number[]): Stage {
    const { filters, kernel, stride = 1, norm = false, relu = false } = layer;
    const weight = this.normal(
      `${name}.kernel`,
      [kernel, kernel, channels, filters],
      kernel * kernel * channels,
    );
    const finish = norm ? this.batchNorm(name, filters) : this.bias(name, filters);
    const run: Run = (x, pass) => {
      const y = finish(this.tf.conv2d(x as Tensor4D, weight as Tensor4D, stride, "same"), pass);
      return relu ? this.kernels.relu(y) : y;
    };
    return { run, output: [Math.ceil(h / stride), Math.ceil(w / stride), filters] };
  }

  private residual(name: string, filters: number, stride: number, input: number[]): Stage {
    const block = { kind: "conv", filters, norm: true } as const;
    const first = this.conv(`${name}.a`, { ...block, kernel: 3, stride, relu: true }, input);
    const second = this.conv(`${name}.b`, { ...block, kernel: 3 }, first.output);
    const same = stride === 1 && input[2] === filters;
    const shortcut = same ? undefined : this.conv(`${name}.shortcut`, { ...block, kernel: 1, stride }, input);
    const run: Run = (x, pass) => {
      const path = second.run(first.run(x, pass), pass);
      return this.kernels.relu(path.add(shortcut ? shortcut.run(x, pass) : x));
    };
    return { run, output: first.output };
  }

  private dense(name: string, units: number, norm: boolean, input: number[]): Stage {
    if (input.length !== 1) {
      throw new RangeError(
        `Cannot build ${name}: a dense layer needs flat input (put flatten or averagePool before it), current shape is ${input.join("×")}`,
      );
    }
    const weight = this.normal(`${name}.kernel`, [input[0], units], input[0]);
    const finish = norm ? this.batchNorm(name, units) : this.bias(name, units);
    return {
      run: (x, pass) => finish(this.tf.matMul(x as Tensor2D, weight as Tensor2D), pass),
      output: [units],
    };
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
    const move = (average: Variable, now: Tensor): void =>
      average.assign(average.mul(KEEP).add(now.mul(1 - KEEP)) as Tensor);
    return (x, pass) => {
      const flat = x.shape.length === 2;
      const input = flat ? x.reshape([x.shape[0], 1, 1, channels]) : x;
      const y = pass.training
        ? this.kernels.batchNormTraining(input, gamma, beta, EPSILON, (m, v) => {
            if (!pass.updateStatistics) return;
            this.tf.tidy(() => {
              move(mean, m);
              move(variance, v);
            });
          })
        : this.kernels.batchNormInference(input, gamma, beta, mean, variance, EPSILON);
      return flat ? y.reshape([x.shape[0], channels]) : y;
    };
  }

  private normal(name: string, shape: number[], fanIn: number): Variable {
    const values: Float32Array = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const deviation = Math.sqrt(2 / fanIn);
    for (let i = 0; i < values.length; i++) values[i] = this.random.normal() * deviation;
    return this.weight(name, shape, values, true);
  }

  private filled(name: string, size: number, value: number, trained: boolean): Variable {
    return this.weight(name, [size], new Float32Array(size).fill(value), trained);
  }

  private weight(name: string, shape: number[], values: Float32Array, trained: boolean): Variable {
    const variable = this.tf.variable(this.tf.tensor(values, shape, "float32"), trained);
    this.weights.push({ name, shape, trained, variable });
    return variable;
  }
}
