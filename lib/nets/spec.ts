/**
 * A network as data: a table of layers that reads like a paper's table. `build.ts` turns it into a running net, `count.ts` counts it.
 * All convolutions and pools use "same" padding, as in the paper's tables.
 */
export type Layer = {
  /** As the paper's table calls the row; left out: position and kind. */
  readonly name?: string;
} & (
  | ConvLayer
  | InceptionLayer
  | PoolLayer
  /** Two 3×3 convolutions with batch normalisation and a shortcut (1×1 where shape changes), ReLU after each (He et al. 2015). */
  | { readonly kind: "residual"; readonly filters: number; readonly stride?: number }
  /** Local response normalisation over 5 neighbouring channels (Krizhevsky et al. 2012, section 3.3): k = 2, α = 1e-4, β = 0.75. */
  | { readonly kind: "localNorm" }
  /** Keeps the middle `width` columns: for nets whose input is not square. Only as the first layer. */
  | { readonly kind: "middleColumns"; readonly width: number }
  | { readonly kind: "flatten" }
  /** Mean over all positions. */
  | { readonly kind: "averagePool" }
  /** Fully connected with `pieces` linear maps per unit, of which the largest counts (Goodfellow et al. 2013). */
  | { readonly kind: "maxout"; readonly units: number; readonly pieces: number }
  /** Fully connected; the last one gives the embedding. */
  | { readonly kind: "dense"; readonly units: number; readonly norm?: boolean; readonly relu?: boolean }
);

/** k×k convolution, then (optionally) batch normalisation and ReLU. With `norm` the bias is left to the normalisation. */
export interface ConvLayer {
  readonly kind: "conv";
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly norm?: boolean;
  readonly relu?: boolean;
}

/** `max`: the largest value. `l2`: √(mean of squares), of what lies inside the image. */
export interface PoolLayer {
  readonly kind: "pool";
  readonly by: "max" | "l2";
  readonly kernel: number;
  readonly stride?: number;
}

/**
 * Inception module (Szegedy et al. 2014): up to four branches side by side, joined by channel; ReLU after every convolution. A branch that is left
 * out does not exist. `stride` belongs to the 3×3, 5×5 and pooling branches; a module with a stride has no 1×1 branch.
 */
export interface InceptionLayer {
  readonly kind: "inception";
  /** Filters of the 1×1 branch. */
  readonly one?: number;
  /** Filters of the 1×1 reduction, then of the 3×3 convolution. */
  readonly three?: readonly [reduce: number, filters: number];
  readonly five?: readonly [reduce: number, filters: number];
  /** 3×3 pooling, then a 1×1 projection to `project` filters (left out: no projection). */
  readonly pool?: { readonly by: "max" | "l2"; readonly project?: number };
  readonly stride?: number;
  readonly norm?: boolean;
}

/** The embedding f(x): layers, then L2 normalisation onto the unit sphere (paper, section 3). */
export interface NetSpec {
  readonly name: string;
  /** Side of the square input in pixels. */
  readonly inputSize: number;
  readonly channels: 1 | 3;
  readonly layers: readonly Layer[];
}

/** Dimension D of the embedding: the units of the last dense layer. */
export function embeddingSize(spec: NetSpec): number {
  const last = spec.layers.at(-1);
  if (last?.kind !== "dense") {
    throw new RangeError(
      `Cannot use the net ${spec.name}: its last layer must be dense (the embedding), current value is ${last?.kind ?? "no layer"}`,
    );
  }
  return last.units;
}

/** Name of layer `i`: its own, or position and kind. */
export function layerName(layer: Layer, i: number): string {
  return layer.name ?? `${i}.${layer.kind}`;
}

/** Branches of an inception module, each a chain of plain layers. */
export function inceptionBranches(layer: InceptionLayer): Layer[][] {
  const { one, three, five, pool, stride = 1, norm } = layer;
  const conv = (kernel: number, filters: number, step = 1): Layer => ({
    kind: "conv",
    filters,
    kernel,
    stride: step,
    norm,
    relu: true,
  });
  const branches: Layer[][] = [];
  if (one) branches.push([{ ...conv(1, one), name: "1×1" }]);
  for (const [kernel, sizes] of [
    [3, three],
    [5, five],
  ] as const) {
    if (!sizes) continue;
    branches.push([
      { ...conv(1, sizes[0]), name: `${kernel}×${kernel} reduce` },
      { ...conv(kernel, sizes[1], stride), name: `${kernel}×${kernel}` },
    ]);
  }
  if (pool) {
    const chain: Layer[] = [{ name: "pool", kind: "pool", by: pool.by, kernel: 3, stride }];
    if (pool.project) chain.push({ ...conv(1, pool.project), name: "pool proj" });
    branches.push(chain);
  }
  return branches;
}

/** The same net with batch normalisation (Ioffe and Szegedy 2015) after every convolution and on the embedding: the common variant; the paper has none. */
export function withBatchNorm(spec: NetSpec): NetSpec {
  return {
    ...spec,
    name: `${spec.name}-bn`,
    layers: spec.layers
      .filter((layer) => layer.kind !== "localNorm")
      .map(
        (layer): Layer =>
          layer.kind === "conv" || layer.kind === "inception" || layer.kind === "dense"
            ? { ...layer, norm: true }
            : layer,
      ),
  };
}
