/**
 * The nets of the paper as tables (Schroff, Kalenichenko, Philbin 2015, Tables 1 and 2, section 3.3).
 * Differs from the paper: nothing in NN1, NN2 and NN3. For NN4 the paper only says that there are no 5×5 convolutions "in the higher layers": leaving them
 * out of 4e, 5a and 5b gives its printed cost. The layers of NNS1 and NNS2 were never published: ours are declared designs that hit their printed
 * parameters and multiply-adds.
 */
import type { InceptionLayer, Layer, NetSpec } from "./spec";

/** Options of the paper's nets. */
export interface PaperNetOptions {
  /** Dimension D of the embedding; default 128 (Table 5 compares 64, 128, 256, 512). */
  readonly embedding?: number;
  /** Side of the input in pixels; default the paper's. */
  readonly inputSize?: number;
  /** 3 for RGB (default), 1 for grey. */
  readonly channels?: 1 | 3;
}

const conv = (name: string, kernel: number, filters: number, stride = 1): Layer => ({
  name,
  kind: "conv",
  filters,
  kernel,
  stride,
  relu: true,
});
const maxPool = (name: string): Layer => ({ name, kind: "pool", by: "max", kernel: 3, stride: 2 });
const norm = (name: string): Layer => ({ name, kind: "localNorm" });

/** NN1 (Table 1): Zeiler and Fergus (2013) with 1×1 convolutions between. 140 M parameters, nearly all of them in two maxout layers. */
export function nn1(options: PaperNetOptions = {}): NetSpec {
  const { embedding = 128, inputSize = 220, channels = 3 } = options;
  return {
    name: "NN1",
    inputSize,
    channels,
    layers: [
      conv("conv1", 7, 64, 2),
      maxPool("pool1"),
      norm("rnorm1"),
      conv("conv2a", 1, 64),
      conv("conv2", 3, 192),
      norm("rnorm2"),
      maxPool("pool2"),
      conv("conv3a", 1, 192),
      conv("conv3", 3, 384),
      maxPool("pool3"),
      conv("conv4a", 1, 384),
      conv("conv4", 3, 256),
      conv("conv5a", 1, 256),
      conv("conv5", 3, 256),
      conv("conv6a", 1, 256),
      conv("conv6", 3, 256),
      maxPool("pool4"),
      { name: "concat", kind: "flatten" },
      { name: "fc1", kind: "maxout", units: 32 * 128, pieces: 2 },
      { name: "fc2", kind: "maxout", units: 32 * 128, pieces: 2 },
      { name: "fc7128", kind: "dense", units: embedding },
    ],
  };
}

type Pool = { readonly by: "max" | "l2"; readonly project?: number };
type Row = readonly [
  name: string,
  stride: number,
  one: number,
  reduce3: number,
  three: number,
  reduce5: number,
  five: number,
  pool: Pool,
];
const max = (project?: number): Pool => ({ by: "max", project });
const l2 = (project: number): Pool => ({ by: "l2", project });

/** Rows of Table 2. */
const table2: readonly Row[] = [
  // name, stride, #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pooling
  ["inception (3a)", 1, 64, 96, 128, 16, 32, max(32)],
  ["inception (3b)", 1, 64, 96, 128, 32, 64, l2(64)],
  ["inception (3c)", 2, 0, 128, 256, 32, 64, max()],
  ["inception (4a)", 1, 256, 96, 192, 32, 64, l2(128)],
  ["inception (4b)", 1, 224, 112, 224, 32, 64, l2(128)],
  ["inception (4c)", 1, 192, 128, 256, 32, 64, l2(128)],
  ["inception (4d)", 1, 160, 144, 288, 32, 64, l2(128)],
  ["inception (4e)", 2, 0, 160, 256, 64, 128, max()],
  ["inception (5a)", 1, 384, 192, 384, 48, 128, l2(128)],
  ["inception (5b)", 1, 384, 192, 384, 48, 128, max(128)],
];

function inception([name, stride, one, reduce3, three, reduce5, five, pool]: Row): Layer {
  const module: InceptionLayer = {
    kind: "inception",
    stride,
    ...(one > 0 && { one }),
    ...(three > 0 && { three: [reduce3, three] }),
    ...(five > 0 && { five: [reduce5, five] }),
    pool,
  };
  return { name, ...module };
}

/** The rows without the 5×5 branches of those that `drops` names. */
function without5x5(drops: (name: string) => boolean): Row[] {
  return table2.map((row) => {
    const [name, stride, one, reduce3, three, , , pool] = row;
    return drops(name) ? [name, stride, one, reduce3, three, 0, 0, pool] : row;
  });
}

function inceptionNet(
  name: string,
  standardSize: number,
  rows: readonly Row[],
  { embedding = 128, inputSize = standardSize, channels = 3 }: PaperNetOptions,
): NetSpec {
  return {
    name,
    inputSize,
    channels,
    layers: [
      conv("conv1", 7, 64, 2),
      maxPool("pool1"),
      norm("rnorm1"),
      { name: "inception (2)", kind: "inception", three: [64, 192] },
      norm("rnorm2"),
      maxPool("pool2"),
      ...rows.map(inception),
      { name: "avg pool", kind: "averagePool" },
      { name: "fully conn", kind: "dense", units: embedding },
    ],
  };
}

/** NN2 (Table 2): Inception (Szegedy et al. 2014) with L2 pooling. */
export const nn2 = (options: PaperNetOptions = {}): NetSpec => inceptionNet("NN2", 224, table2, options);

/** NN3: NN2 on 160×160 pixels. */
export const nn3 = (options: PaperNetOptions = {}): NetSpec => inceptionNet("NN3", 160, table2, options);

/** NN4: NN2 on 96×96 pixels, without 5×5 convolutions in 4e, 5a and 5b. */
export const nn4 = (options: PaperNetOptions = {}): NetSpec =>
  inceptionNet(
    "NN4",
    96,
    without5x5((name) => /4e|5a|5b/.test(name)),
    options,
  );

/** The net of Table 6 (training-set size): NN2 on 96×96 pixels without any 5×5 convolution. */
export const table6Net = (options: PaperNetOptions = {}): NetSpec =>
  inceptionNet(
    "Table6",
    96,
    without5x5(() => true),
    options,
  );

/** Rows of our NNS1, in the columns of Table 2. */
const nns1Rows: readonly Row[] = [
  ["inception (3a)", 1, 32, 40, 64, 16, 32, max(32)],
  ["inception (3b)", 1, 48, 48, 80, 16, 32, l2(32)],
  ["inception (3c)", 2, 0, 64, 160, 32, 64, max()],
  ["inception (4a)", 1, 128, 64, 160, 24, 64, l2(64)],
  ["inception (4b)", 2, 0, 112, 224, 32, 96, max()],
  ["inception (5a)", 1, 256, 112, 256, 32, 64, max(64)],
];

/** Rows of our NNS2. */
const nns2Rows: readonly Row[] = [
  ["inception (3a)", 1, 16, 16, 32, 8, 16, max(16)],
  ["inception (3b)", 2, 0, 24, 48, 8, 24, max()],
  ["inception (4a)", 1, 40, 32, 64, 8, 24, l2(32)],
  ["inception (4b)", 2, 0, 32, 64, 8, 24, max()],
];

/** The small nets: the same beginning with fewer filters, their rows, and one wide hidden layer. */
function smallInception(
  first: readonly Layer[],
  stem: number,
  second: readonly [number, number],
  rows: readonly Row[],
  hidden: number,
  embedding: number,
): Layer[] {
  return [
    ...first,
    conv("conv1", 7, stem, 2),
    maxPool("pool1"),
    { name: "inception (2)", kind: "inception", three: second },
    maxPool("pool2"),
    ...rows.map(inception),
    { name: "concat", kind: "flatten" },
    { name: "fc1", kind: "dense", units: hidden, relu: true },
    { name: "fc2", kind: "dense", units: embedding },
  ];
}

/** NNS1 "mini" on 165×165 pixels: declared design for 26 M parameters and 220 M multiply-adds. */
export function nns1(options: PaperNetOptions = {}): NetSpec {
  const { embedding = 128, inputSize = 165, channels = 3 } = options;
  const layers = smallInception([], 24, [24, 64], nns1Rows, 1040, embedding);
  return { name: "NNS1", inputSize, channels, layers };
}

/** NNS2 "tiny" on 140×116 pixels (height × width), the middle columns of a square crop: declared design for 4.3 M parameters and 20 M multiply-adds. */
export function nns2(options: PaperNetOptions = {}): NetSpec {
  const { embedding = 128, inputSize = 140, channels = 3 } = options;
  const columns: Layer = {
    name: "columns",
    kind: "middleColumns",
    width: Math.round((inputSize * 116) / 140),
  };
  const layers = smallInception([columns], 8, [12, 28], nns2Rows, 816, embedding);
  return { name: "NNS2", inputSize, channels, layers };
}
