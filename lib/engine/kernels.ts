/**
 * Training kernels that tfjs-node has but does not use: TensorFlow's fused batch normalisation and ReLU gradient, called through the
 * backend inside `tf.customGrad`. The composed forms of tfjs run 20 (batch norm) and 8 (ReLU) times slower on a CPU.
 */
import { loadEngine, type Tf } from "./load";

type Tensor = import("@tensorflow/tfjs-node").Tensor;
type Attribute = { readonly name: string; readonly type: number; readonly value: unknown };
interface RawBackend {
  readonly binding: {
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_FLOAT: number;
  };
  executeSingleOutput(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}

export interface Kernels {
  /** ReLU with TensorFlow's own ReluGrad. */
  relu(x: Tensor): Tensor;
  /**
   * Batch normalisation with the statistics of this batch, over all axes but the last of an NHWC tensor.
   * `onStatistics` receives the batch mean and the unbiased variance (both C) for the moving averages; it must not keep them.
   */
  batchNormTraining(
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    epsilon: number,
    onStatistics?: (mean: Tensor, variance: Tensor) => void,
  ): Tensor;
  /** Batch normalisation with given (moving) statistics; no gradient. */
  batchNormInference(
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    mean: Tensor,
    variance: Tensor,
    epsilon: number,
  ): Tensor;
}

let kernels: Kernels | undefined;

/** The fused kernels over the loaded engine. */
export function loadKernels(): Kernels {
  kernels ??= createKernels(loadEngine());
  return kernels;
}

function createKernels(tf: Tf): Kernels {
  const backend = tf.backend() as unknown as RawBackend;
  const b = backend.binding;
  const typeOf = (name: string): Attribute => ({ name, type: b.TF_ATTR_TYPE, value: b.TF_FLOAT });
  const reluAttributes = [typeOf("T")];
  const normAttributes = (epsilon: number, training: boolean): Attribute[] => [
    typeOf("T"),
    typeOf("U"),
    { name: "epsilon", type: b.TF_ATTR_FLOAT, value: epsilon },
    { name: "data_format", type: b.TF_ATTR_STRING, value: "NHWC" },
    { name: "is_training", type: b.TF_ATTR_BOOL, value: training },
  ];
  const none = tf.keep(tf.tensor1d([], "float32"));

  const relu = tf.customGrad((x, save) => {
    const y = backend.executeSingleOutput("Relu", reluAttributes, [x as Tensor]);
    (save as (tensors: Tensor[]) => void)([y]);
    return {
      value: y,
      gradFunc: (dy: Tensor, [saved]: Tensor[]) =>
        backend.executeSingleOutput("ReluGrad", reluAttributes, [dy, saved]),
    };
  });

  return {
    relu: (x) => relu(x),
    batchNormTraining: (x, gamma, beta, epsilon, onStatistics) => {
      const attributes = normAttributes(epsilon, true);
      const run = tf.customGrad((...args) => {
        const save = args.pop() as unknown as (tensors: Tensor[]) => void;
        const [input, scale, offset] = args as Tensor[];
        const [y, mean, variance, r1, r2, r3] = backend.executeMultipleOutputs(
          "FusedBatchNormV3",
          attributes,
          [input, scale, offset, none, none],
          6,
        );
        onStatistics?.(mean, variance);
        save([input, scale, r1, r2, r3]);
        return {
          value: y,
          gradFunc: (dy: Tensor, [sx, sg, s1, s2, s3]: Tensor[]) =>
            backend
              .executeMultipleOutputs("FusedBatchNormGradV3", attributes, [dy, sx, sg, s1, s2, s3], 5)
              .slice(0, 3),
        };
      });
      return run(x, gamma, beta);
    },
    batchNormInference: (x, gamma, beta, mean, variance, epsilon) => {
      const outputs = backend.executeMultipleOutputs(
        "FusedBatchNormV3",
        normAttributes(epsilon, false),
        [x, gamma, beta, mean, variance],
        6,
      );
      for (const extra of outputs.slice(1)) extra.dispose();
      return outputs[0];
    },
  };
}
