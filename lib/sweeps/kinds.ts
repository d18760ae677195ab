import { alignModes } from "../align/align";

export const sweepNames = [
  "jpeg",
  "pixels",
  "quantised",
  "dimensions",
  "training-size",
  "label-noise",
  "alignment",
] as const;

export type SweepName = (typeof sweepNames)[number];
export type SweepValue = number | string;

/** A value of the paper's own sweep: VAL at FAR 1e-3, as a share. */
export interface PaperPoint {
  readonly value: SweepValue;
  readonly val: number;
  readonly standardError?: number;
}

export interface SweepKind {
  readonly title: string;
  /** What is swept, with its unit. */
  readonly axis: string;
  /** True: a net is trained at each point. False: a trained one is looked at. */
  readonly trains: boolean;
  /** The usual values; `inputSize` is the side of the net's input in pixels. */
  readonly values: (inputSize: number) => readonly SweepValue[];
  /** Range of a number that is asked for; undefined where values are names. */
  readonly range?: { readonly least: number; readonly most: number; readonly whole: boolean };
  /** Schroff et al. (2015), tables 4, 5 and 6. */
  readonly paper: readonly PaperPoint[];
  /** What the figures of the paper are and how they compare; empty where it has none. */
  readonly note: string;
}

const shares = (rows: readonly (readonly [number, number, number?])[]): PaperPoint[] =>
  rows.map(([value, val, error]) => ({
    value,
    val: val / 100,
    ...(error !== undefined && { standardError: error / 100 }),
  }));

export const sweepKinds: Readonly<Record<SweepName, SweepKind>> = {
  jpeg: {
    title: "JPEG quality",
    axis: "JPEG quality",
    trains: false,
    values: () => [10, 20, 30, 50, 70, 90],
    range: { least: 1, most: 100, whole: true },
    paper: shares([
      [10, 67.3],
      [20, 81.4],
      [30, 83.9],
      [50, 85.5],
      [70, 86.1],
      [90, 86.5],
    ]),
    note: "Paper: NN1 at 220 pixels, first split of its hold-out set. Here the aligned crop is compressed.",
  },
  pixels: {
    title: "Size of the face",
    axis: "side of the face crop in pixels",
    trains: false,
    values: (size) => [1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1].map((share) => Math.round(size * share)),
    range: { least: 2, most: 512, whole: true },
    paper: shares([
      [40, 37.8],
      [80, 79.5],
      [120, 84.5],
      [160, 85.7],
      [256, 86.4],
    ]),
    note: "Paper: NN1 at 220 pixels. Here the aligned crop is shrunk to this side and enlarged again to the net's input.",
  },
  quantised: {
    title: "Quantised embeddings",
    axis: "bits of a value (32: as they are)",
    trains: false,
    values: () => [2, 3, 4, 6, 8, 32],
    range: { least: 2, most: 32, whole: true },
    paper: [],
    note: "The paper says that 128 bytes lose no accuracy, without a figure.",
  },
  dimensions: {
    title: "Dimension of the embedding",
    axis: "dimensions",
    trains: true,
    values: () => [64, 128, 256, 512],
    range: { least: 2, most: 4096, whole: true },
    paper: shares([
      [64, 86.8, 1.7],
      [128, 87.9, 1.9],
      [256, 87.7, 1.9],
      [512, 85.6, 2.0],
    ]),
    note: "Paper: NN1, mean over five hold-out sets.",
  },
  "training-size": {
    title: "Training identities",
    axis: "share of the training identities",
    trains: true,
    values: () => [0.1, 0.2, 0.5, 1],
    range: { least: 1e-6, most: 1, whole: false },
    paper: shares([
      [0.01, 76.3],
      [0.1, 85.1],
      [0.2, 85.1],
      [1, 86.2],
    ]),
    note: "Paper: shares of 260 million images, 700 hours each, a net of 96 pixels. Every point here has the same number of steps.",
  },
  "label-noise": {
    title: "Wrong training labels",
    axis: "share of training labels flipped",
    trains: true,
    values: () => [0, 0.05, 0.1, 0.2, 0.4],
    range: { least: 0, most: 0.99, whole: false },
    paper: [],
    note: "The test side keeps its labels.",
  },
  alignment: {
    title: "Alignment",
    axis: "how an image becomes a crop",
    trains: true,
    values: () => alignModes,
    paper: [],
    note: "Training and test images are aligned alike. On LFW the paper reports 98.87 % with a centre crop and 99.63 % with detection and alignment, by one net that was trained once.",
  },
};
