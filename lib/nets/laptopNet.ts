import type { NetSpec } from "./spec";

/** Options of {@link laptopNet}. */
export interface LaptopNetOptions {
  /** Side of the input in pixels, a multiple of 16; default 64. */
  readonly inputSize?: number;
  /** 3 for RGB (default), 1 for grey or drawings. */
  readonly channels?: 1 | 3;
  /** Dimension D of the embedding; default 128, the paper's choice (Table 5). */
  readonly embedding?: number;
  /** Filters of the stem and of the three residual stages; default 16, 32, 64, 128. */
  readonly widths?: readonly [number, number, number, number];
}

/**
 * The net for two cores: a strided 5×5 stem and three strided residual stages, then one dense layer.
 * At 64×64×3 and D = 128: 0.57 M parameters and 12.5 M multiply-adds an image, 130 times cheaper than NN2.
 *
 * Differs from the paper: residual blocks (He et al. 2015) and batch normalisation (Ioffe and Szegedy 2015), which the paper lacks.
 */
export function laptopNet(options: LaptopNetOptions = {}): NetSpec {
  const { inputSize = 64, channels = 3, embedding = 128, widths = [16, 32, 64, 128] } = options;
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
