import type { InceptionLayer, Layer, NetSpec } from "./spec";

/** Options of the laptop nets. */
export interface LaptopNetOptions {
  /** Side of the input in pixels, a multiple of 16. */
  readonly inputSize?: number;
  /** 3 for RGB (default), 1 for grey or drawings. */
  readonly channels?: 1 | 3;
  /** Dimension D of the embedding, at least 2; default 128, the paper's choice (Table 5). */
  readonly embedding?: number;
}

/** Options of {@link laptopNet}. */
export interface ResidualNetOptions extends LaptopNetOptions {
  /** Filters of the stem and of the three residual stages; default 16, 32, 64, 128. */
  readonly widths?: readonly [number, number, number, number];
}

/**
 * The net for two cores: a strided 5×5 stem and three strided residual stages, then one dense layer.
 * At 64×64×3 (default) and D = 128: 0.57 M parameters and 12.6 M multiply-adds an image, 127 times cheaper than NN2.
 *
 * Differs from the paper: residual blocks (He et al. 2015) and batch normalisation (Ioffe and Szegedy 2015), which the paper lacks.
 */
export function laptopNet(options: ResidualNetOptions = {}): NetSpec {
  const { inputSize = 64, channels = 3, embedding = 128, widths = [16, 32, 64, 128] } = options;
  checkOptions(inputSize, embedding);
  return {
    name: "laptop",
    inputSize,
    channels,
    layers: [
      { kind: "conv", filters: widths[0], kernel: 5, stride: 2, norm: true, relu: true },
      { kind: "residual", filters: widths[1], stride: 2 },
      { kind: "residual", filters: widths[2], stride: 2 },
      { kind: "residual", filters: widths[3], stride: 2 },
      { kind: "flatten" },
      { kind: "dense", units: embedding, norm: true },
    ],
  };
}

/** The laptop net with half the filters on 48×48 pixels (default): for demonstrations that must take seconds. */
export function laptopSmallNet(options: LaptopNetOptions = {}): NetSpec {
  const { inputSize = 48, ...rest } = options;
  return { ...laptopNet({ ...rest, inputSize, widths: [8, 16, 32, 64] }), name: "laptop-small" };
}

/** The laptop net with twice the filters: for budgets of many minutes. At 64×64×3 and D = 128: 1.73 M parameters and 47.1 M multiply-adds an image. */
export function laptopWideNet(options: LaptopNetOptions = {}): NetSpec {
  return { ...laptopNet({ ...options, widths: [32, 64, 128, 256] }), name: "laptop-wide" };
}

/**
 * NN2's construction at laptop size: Inception modules with L2 pooling on 64×64 pixels (default), 19.0 M multiply-adds.
 *
 * Differs from the paper: fewer and narrower modules, batch normalisation, and a dense layer over all positions in place of the average.
 */
export function laptopInceptionNet(options: LaptopNetOptions = {}): NetSpec {
  const { inputSize = 64, channels = 3, embedding = 128 } = options;
  checkOptions(inputSize, embedding);
  const module = (name: string, layer: Omit<InceptionLayer, "kind" | "norm">): Layer => ({
    name,
    kind: "inception",
    norm: true,
    ...layer,
  });
  return {
    name: "laptop-inception",
    inputSize,
    channels,
    layers: [
      { name: "conv1", kind: "conv", filters: 16, kernel: 5, stride: 2, norm: true, relu: true },
      { name: "pool1", kind: "pool", by: "max", kernel: 3, stride: 2 },
      module("inception (2)", { three: [16, 48] }),
      module("inception (3a)", { one: 24, three: [24, 48], five: [8, 16], pool: { by: "l2", project: 16 } }),
      module("inception (3b)", { stride: 2, three: [32, 64], five: [8, 24], pool: { by: "max" } }),
      module("inception (4a)", { one: 64, three: [48, 96], five: [16, 32], pool: { by: "l2", project: 32 } }),
      module("inception (4b)", { stride: 2, three: [64, 128], five: [16, 48], pool: { by: "max" } }),
      { name: "concat", kind: "flatten" },
      { name: "fully conn", kind: "dense", units: embedding, norm: true },
    ],
  };
}

function checkOptions(inputSize: number, embedding: number): void {
  if (!Number.isInteger(inputSize) || inputSize < 16 || inputSize % 16 !== 0) {
    throw new RangeError(
      `Cannot make the laptop net: the input size must be a positive multiple of 16, current value is ${inputSize}`,
    );
  }
  if (!Number.isInteger(embedding) || embedding < 2) {
    throw new RangeError(
      `Cannot make the laptop net: the embedding size must be an integer of at least 2, current value is ${embedding}`,
    );
  }
}
