/**
 * A network as data: a table of layers that reads like a paper's table. `build.ts` turns it into a running net, `count.ts` counts it.
 * All convolutions use "same" padding, as in the paper's tables.
 */
export type Layer =
  /** k×k convolution, then (optionally) batch normalisation and ReLU. With `norm` the bias is left to the normalisation. */
  | {
      readonly kind: "conv";
      readonly filters: number;
      readonly kernel: number;
      readonly stride?: number;
      readonly norm?: boolean;
      readonly relu?: boolean;
    }
  /** Two 3×3 convolutions with batch normalisation and a shortcut (1×1 where shape changes), ReLU after each (He et al. 2015). */
  | { readonly kind: "residual"; readonly filters: number; readonly stride?: number }
  | { readonly kind: "flatten" }
  | { readonly kind: "averagePool" }
  /** Fully connected; the last one gives the embedding. */
  | { readonly kind: "dense"; readonly units: number; readonly norm?: boolean };

/** The embedding f(x): layers, then always L2 normalisation onto the unit sphere (paper, section 3). */
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
