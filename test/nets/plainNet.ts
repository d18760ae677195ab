import { loadEngine } from "../../lib/engine/load";
import type { Net } from "../../lib/nets/build";
import { type ConvLayer, inceptionBranches, type Layer, layerName, type NetSpec } from "../../lib/nets/spec";

type Tensor = import("@tensorflow/tfjs-node").Tensor;
type Tensor1D = import("@tensorflow/tfjs-node").Tensor1D;
type Tensor2D = import("@tensorflow/tfjs-node").Tensor2D;
type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;
type Variable = import("@tensorflow/tfjs-node").Variable;
type Scalar = import("@tensorflow/tfjs-node").Scalar;

/**
 * Oracle: a net run layer by layer by tfjs's own operations, batch norm by its formula, and differentiated by tfjs. Reads the weights of `net` by name and
 * shares no code with the graph.
 */
export class PlainNet {
  /** Means and unbiased variances of the last training pass, one after the other. */
  statistics: number[] = [];
  private readonly tf = loadEngine();
  private readonly spec: NetSpec;
  private readonly variables: ReadonlyMap<string, Variable>;

  constructor({ spec, weights }: Net) {
    this.spec = spec;
    this.variables = new Map(weights.map(({ name, variable }) => [name, variable]));
  }

  forward(images: Tensor4D, training: boolean, raw: boolean): Tensor2D {
    this.statistics = [];
    const features = this.chain(this.spec.layers, images, "", training) as Tensor2D;
    return raw ? features : features.div(features.square().sum(1, true).add(1e-12).sqrt());
  }

  /** dL/dw by name of the weight, for L = Σ wanted · f(x). */
  gradients(images: Tensor4D, wanted: Tensor2D, raw: boolean): Map<string, Tensor> {
    const trained = [...this.variables].filter(([, variable]) => variable.trainable);
    const { grads } = this.tf.variableGrads(
      () => this.forward(images, true, raw).mul(wanted).sum() as Scalar,
      trained.map(([, variable]) => variable),
    );
    return new Map(trained.map(([name, variable]) => [name, grads[variable.name]]));
  }

  private chain(layers: readonly Layer[], x: Tensor, prefix: string, training: boolean): Tensor {
    return layers.reduce((y, layer, i) => this.layer(prefix + layerName(layer, i), layer, y, training), x);
  }

  private layer(name: string, layer: Layer, x: Tensor, training: boolean): Tensor {
    const { tf } = this;
    const image = x as Tensor4D;
    switch (layer.kind) {
      case "conv":
        return this.conv(name, layer, image, training);
      case "residual": {
        const { filters, stride = 1 } = layer;
        const block = { kind: "conv", filters, norm: true } as const;
        const a = this.conv(`${name}.a`, { ...block, kernel: 3, stride, relu: true }, image, training);
        const b = this.conv(`${name}.b`, { ...block, kernel: 3 }, a as Tensor4D, training);
        const changes = this.variables.has(`${name}.shortcut.kernel`);
        const rest = changes
          ? this.conv(`${name}.shortcut`, { ...block, kernel: 1, stride }, image, training)
          : x;
        return b.add(rest).relu();
      }
      case "inception":
        return tf.concat(
          inceptionBranches(layer).map((branch) => this.chain(branch, x, `${name}.`, training)),
          3,
        );
      case "pool": {
        const { by, kernel, stride = 1 } = layer;
        if (by === "max") return tf.maxPool(image, kernel, stride, "same");
        return tf.avgPool(image.square(), kernel, stride, "same").add(1e-12).sqrt();
      }
      case "localNorm":
        return tf.localResponseNormalization(image, 2, 2, 1e-4, 0.75);
      case "middleColumns":
        return tf.slice(x, [0, 0, (x.shape[2]! - layer.width) >> 1, 0], [-1, -1, layer.width, -1]);
      case "flatten":
        return x.reshape([x.shape[0], -1]);
      case "averagePool":
        return x.mean([1, 2]);
      case "maxout": {
        const linear = tf.matMul(x as Tensor2D, this.get(`${name}.kernel`) as Tensor2D);
        return linear
          .add(this.get(`${name}.bias`))
          .reshape([-1, layer.units, layer.pieces])
          .max(2);
      }
      case "dense": {
        const linear = tf.matMul(x as Tensor2D, this.get(`${name}.kernel`) as Tensor2D);
        return this.finish(name, layer, linear, training);
      }
    }
  }

  /** A strided 1×1 convolution looks at the first pixel of every step: it is written so, apart from oneDNN's kernel for it. */
  private conv(name: string, layer: ConvLayer, x: Tensor4D, training: boolean): Tensor {
    const { kernel, stride = 1 } = layer;
    const filter = this.get(`${name}.kernel`) as Tensor4D;
    const picks = kernel === 1 && stride > 1;
    const y = this.tf.conv2d(picks ? this.every(stride, x) : x, filter, picks ? 1 : stride, "same");
    return this.finish(name, layer, y, training);
  }

  private every(stride: number, x: Tensor4D): Tensor4D {
    const { tf } = this;
    return [1, 2].reduce((y, axis) => tf.gather(y, tf.range(0, x.shape[axis], stride, "int32"), axis), x);
  }

  private finish(
    name: string,
    { norm, relu }: { readonly norm?: boolean; readonly relu?: boolean },
    x: Tensor,
    training: boolean,
  ): Tensor {
    const y = norm ? this.batchNorm(name, x, training) : x.add(this.get(`${name}.bias`));
    return relu ? y.relu() : y;
  }

  private batchNorm(name: string, x: Tensor, training: boolean): Tensor {
    const axes = x.shape.slice(0, -1).map((_, i) => i);
    const count = x.size / x.shape.at(-1)!;
    let mean: Tensor = this.get(`${name}.mean`);
    let variance: Tensor = this.get(`${name}.variance`);
    if (training) {
      ({ mean, variance } = this.tf.moments(x, axes));
      this.statistics.push(...mean.dataSync(), ...variance.mul(count / (count - 1)).dataSync());
    }
    const scale = variance.add(1e-3).sqrt();
    return x
      .sub(mean as Tensor1D)
      .div(scale)
      .mul(this.get(`${name}.gamma`))
      .add(this.get(`${name}.beta`));
  }

  private get(name: string): Tensor {
    return this.variables.get(name) as Tensor;
  }
}
