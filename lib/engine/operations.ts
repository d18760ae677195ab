/**
 * The operations of nets with their gradients, both as TensorFlow's own kernels. Images are N×H×W×C, vectors N×D; −1 stands for N.
 */
import type { Value } from "./graph";
import type { Attribute } from "./graphDef";
import { type Attributes, T, Tape } from "./tape";

const NHWC: Attributes = { data_format: { text: "NHWC" } };

/** Attributes of a convolution or a pool with "same" padding. */
function windows(stride: number, kernel?: number): Attributes {
  const square = (size: number): Attribute => ({ integers: [1, size, size, 1] });
  const attributes = { ...T, ...NHWC, strides: square(stride), padding: { text: "SAME" } } as const;
  return kernel === undefined ? attributes : { ...attributes, ksize: square(kernel) };
}

/** Shape of a strided window operation. */
function strided([n, height, width]: readonly number[], stride: number, channels: number): number[] {
  return [n, Math.ceil(height / stride), Math.ceil(width / stride), channels];
}

/** Batch normalisation of a batch: the output, and the batch's mean and unbiased variance. */
export interface NormalizedBatch {
  readonly output: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/** The operations that nets are made of. */
export class Operations extends Tape {
  conv2d(x: Value, filter: Value, stride: number): Value {
    const attributes = windows(stride);
    const y = this.one("Conv2D", [x, filter], attributes, strided(x.shape, stride, filter.shape[3]));
    return this.record([x, filter], y, (dy, wanted) => [
      wanted(x)
        ? this.one("Conv2DBackpropInput", [this.sizes(x), filter, dy], attributes, x.shape)
        : undefined,
      this.one("Conv2DBackpropFilter", [x, this.integers(filter.shape), dy], attributes, filter.shape),
    ]);
  }

  matMul(x: Value, weight: Value): Value {
    const product = (a: Value, b: Value, flips: readonly [boolean, boolean], shape: readonly number[]) =>
      this.one(
        "MatMul",
        [a, b],
        { ...T, transpose_a: { flag: flips[0] }, transpose_b: { flag: flips[1] } },
        shape,
      );
    const y = product(x, weight, [false, false], [x.shape[0], weight.shape[1]]);
    return this.record([x, weight], y, (dy, wanted) => [
      wanted(x) ? product(dy, weight, [false, true], x.shape) : undefined,
      product(x, dy, [true, false], weight.shape),
    ]);
  }

  /** Adds one number per channel. */
  bias(x: Value, offset: Value): Value {
    const attributes = { ...T, ...NHWC };
    const y = this.one("BiasAdd", [x, offset], attributes, x.shape);
    return this.record([x, offset], y, (dy) => [dy, this.one("BiasAddGrad", [dy], attributes, offset.shape)]);
  }

  relu(x: Value): Value {
    const y = this.one("Relu", [x], T, x.shape);
    return this.record([x], y, (dy) => [this.one("ReluGrad", [dy, y], T, x.shape)]);
  }

  /** Of two tensors of the same shape. */
  add(a: Value, b: Value): Value {
    return this.record([a, b], this.sum(a, b), (dy) => [dy, dy]);
  }

  /** Batch normalisation of N×H×W×C with the statistics of this batch, over all axes but the last. */
  batchNorm(x: Value, scale: Value, offset: Value, epsilon: number): NormalizedBatch {
    const attributes = normAttributes(epsilon, true);
    const none = this.graph.constant("float", [0], []);
    const channel = scale.shape;
    const outputs = this.graph.node("FusedBatchNormV3", [x, scale, offset, none, none], attributes, [
      x.shape,
      ...Array(5).fill(channel),
    ]);
    const [y, mean, variance, ...reserved] = outputs;
    const output = this.record([x, scale, offset], y, (dy) =>
      this.graph.node("FusedBatchNormGradV3", [dy, x, scale, ...reserved], attributes, [
        x.shape,
        channel,
        channel,
      ]),
    );
    return { output, mean, variance };
  }

  /** Batch normalisation with given statistics; no gradient. */
  batchNormWith(x: Value, norm: readonly [Value, Value, Value, Value], epsilon: number): Value {
    return this.one("FusedBatchNormV3", [x, ...norm], normAttributes(epsilon, false), x.shape);
  }

  /** The way back pools again: oneDNN's gradient needs its own forward pass in the same run, and both together take less time than TensorFlow's gradient alone. */
  maxPool(x: Value, kernel: number, stride: number): Value {
    const attributes = windows(stride, kernel);
    const y = this.one("MaxPool", [x], attributes, strided(x.shape, stride, x.shape[3]));
    return this.record([x], y, (dy) => {
      const again = this.one("MaxPool", [x], attributes, y.shape);
      return [this.one("MaxPoolGrad", [x, again, dy], attributes, x.shape)];
    });
  }

  /** Mean over what lies inside the image. */
  averagePool(x: Value, kernel: number, stride: number): Value {
    const attributes = windows(stride, kernel);
    const y = this.one("AvgPool", [x], attributes, strided(x.shape, stride, x.shape[3]));
    return this.record([x], y, (dy) => [this.one("AvgPoolGrad", [this.sizes(x), dy], attributes, x.shape)]);
  }

  square(x: Value): Value {
    const two = this.graph.constant("float", [], [2]);
    return this.record([x], this.one("Square", [x], T, x.shape), (dy) => [
      this.product(dy, this.product(x, two)),
    ]);
  }

  /** √(x + ε) */
  root(x: Value, epsilon: number): Value {
    const y = this.one("Sqrt", [this.sum(x, this.graph.constant("float", [], [epsilon]))], T, x.shape);
    return this.record([x], y, (dy) => [this.one("SqrtGrad", [y, dy], T, x.shape)]);
  }

  /** Local response normalisation: x / (bias + α · Σ x² over `2 · radius + 1` channels)^β. */
  localNorm(x: Value, radius: number, bias: number, alpha: number, beta: number): Value {
    const attributes: Attributes = {
      ...T,
      depth_radius: { integer: radius },
      bias: { float: bias },
      alpha: { float: alpha },
      beta: { float: beta },
    };
    const y = this.one("LRN", [x], attributes, x.shape);
    return this.record([x], y, (dy) => [this.one("LRNGrad", [dy, x, y], attributes, x.shape)]);
  }

  /** Columns `left` to `left + width` of an image. */
  columns(x: Value, left: number, width: number): Value {
    const [n, height, all, channels] = x.shape;
    const attributes: Attributes = { ...T, Index: { type: "int32" } };
    const [begin, size] = [this.integers([0, 0, left, 0]), this.integers([-1, -1, width, -1])];
    const y = this.one("Slice", [x, begin, size], attributes, [n, height, width, channels]);
    const paddings = [0, 0, 0, 0, left, all - left - width, 0, 0];
    return this.record([x], y, (dy) => [
      this.one(
        "Pad",
        [dy, this.graph.constant("int32", [4, 2], paddings)],
        { ...T, Tpaddings: { type: "int32" } },
        x.shape,
      ),
    ]);
  }

  /** Images side by side, by channel. */
  join(parts: readonly Value[]): Value {
    if (parts.length === 1) return parts[0];
    const sizes = parts.map(({ shape }) => shape[3]);
    const [n, height, width] = parts[0].shape;
    const axis = this.graph.constant("int32", [], [3]);
    const attributes: Attributes = { ...T, N: { integer: parts.length }, Tidx: { type: "int32" } };
    const shape = [n, height, width, sizes.reduce((a, b) => a + b, 0)];
    return this.record(parts, this.one("ConcatV2", [...parts, axis], attributes, shape), (dy) =>
      this.graph.node(
        "SplitV",
        [dy, this.integers(sizes), axis],
        { ...T, Tlen: { type: "int32" }, num_split: { integer: parts.length } },
        parts.map((part) => part.shape),
      ),
    );
  }

  /** Another shape; one size may be −1. */
  reshape(x: Value, shape: readonly number[]): Value {
    return this.record([x], this.reshaped(x, shape), (dy) => [this.reshaped(dy, x.shape)]);
  }

  /** Mean over all positions: N×H×W×C to N×C. */
  mean(x: Value): Value {
    const [n, height, width, channels] = x.shape;
    const share = Array<number>(height * width).fill(1 / (height * width));
    return this.record([x], this.reduced("Mean", x, [1, 2], [n, channels]), (dy) => [
      this.product(
        this.reshaped(dy, [n, 1, 1, channels]),
        this.graph.constant("float", [1, height, width, 1], share),
        x.shape,
      ),
    ]);
  }

  /** Largest of the last axis of N×U×P; where several are largest each gets the whole gradient. */
  largest(x: Value): Value {
    const [n, units] = x.shape;
    const y = this.reduced("Max", x, [2], [n, units]);
    return this.record([x], y, (dy) => {
      const compared = [x, this.reshaped(y, [n, units, 1])];
      const same = this.one("Equal", compared, { ...T, incompatible_shape_error: { flag: true } }, x.shape);
      const cast = { SrcT: { type: "bool" }, DstT: { type: "float" } } as const;
      const mask = this.one("Cast", [same], { ...cast, Truncate: { flag: false } }, x.shape);
      return [this.product(mask, this.reshaped(dy, [n, units, 1]), x.shape)];
    });
  }

  /**
   * Rows of unit length: y = x / √(‖x‖² + ε), whose gradient is (dy − y · (y·dy)) / √(‖x‖² + ε). Equal images must have equal embeddings, so it is a root and
   * a division, which are exactly rounded: TensorFlow's reciprocal root differs in its last bit between rows of one vector register and the rest. The maximum
   * with 0 changes nothing but keeps TensorFlow from making a reciprocal root of the two.
   */
  unitRows(x: Value, epsilon: number): Value {
    const column = [x.shape[0], 1];
    const number = (value: number): Value => this.graph.constant("float", [], [value]);
    const square = this.reduced("Sum", this.product(x, x), [1], column, true);
    const root = this.one("Sqrt", [this.sum(square, number(epsilon))], T, column);
    const length = this.one("Maximum", [root, number(0)], T, column);
    const over = (a: Value): Value => this.one("RealDiv", [a, length], T, x.shape);
    const y = over(x);
    return this.record([x], y, (dy) => {
      const along = this.reduced("Sum", this.product(dy, y), [1], column, true);
      return [over(this.one("Sub", [dy, this.product(y, along)], T, x.shape))];
    });
  }
}

function normAttributes(epsilon: number, training: boolean): Attributes {
  return {
    ...T,
    U: { type: "float" },
    ...NHWC,
    epsilon: { float: epsilon },
    is_training: { flag: training },
  };
}
