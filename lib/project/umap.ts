import { UMAP } from "umap-js";
import { throwIfStopped } from "../core/errors";
import { checkFinite, type Matrix, matrix, rowOf } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import type { Products } from "../evaluate/distances";
import { type Neighbors, nearestNeighbors } from "./neighbors";

/** Options of {@link umapProjection}. */
export interface UmapOptions extends LongWork {
  /**
   * Neighbours that shape the picture, itself included: an integer in [2, N − 1]; default 15. Small shows detail, large the whole. Or the neighbours
   * themselves, N×k, which are then not looked for.
   */
  readonly neighbors?: number | Neighbors;
  /** Least distance of points in the picture, in [0, spread]; default 0.1. */
  readonly minDistance?: number;
  /** Scale of the picture, > 0; default 1. */
  readonly spread?: number;
  /** Rounds of the layout, an integer of at least 1; default 500 below 10,000 points, else 200. */
  readonly epochs?: number;
  /** Axes of the picture; default 2. */
  readonly components?: 2 | 3;
  /** Any integer; default 1. The same seed gives the same picture. */
  readonly seed?: number;
  /** Products for the search of neighbours. */
  readonly products?: Products;
}

/**
 * A UMAP of embeddings in two or three dimensions (N×D → N×components), neighbours by L2.
 * Source: McInnes, Healy, Melville (2018); layout by umap-js, always on a fresh instance (a second `fit` on one hangs), with exact
 * neighbours from our own distance code instead of its approximate search.
 */
export async function umapProjection(x: Matrix, options: UmapOptions = {}): Promise<Matrix> {
  const {
    neighbors: asked = 15,
    components = 2,
    minDistance = 0.1,
    spread = 1,
    seed = 1,
    products,
    progress,
    signal,
  } = options;
  const given = typeof asked === "number" ? undefined : asked;
  const neighbors = typeof asked === "number" ? asked : asked.k;
  const epochs = options.epochs ?? (x.rows < 10_000 ? 500 : 200);
  checkOptions(x.rows, { neighbors, components, minDistance, spread, epochs });
  checkFinite(x, "these embeddings");
  const exact = given ?? nearestNeighbors(x, neighbors, { products });
  check(
    "the neighbours",
    exact.indices.length,
    exact.indices.length === x.rows * neighbors,
    `${x.rows * neighbors}`,
  );
  const umap = new UMAP({
    nComponents: components,
    nNeighbors: neighbors,
    minDist: minDistance,
    spread,
    nEpochs: epochs,
    random: createRandom(seed).next,
  });
  const rows = Array.from({ length: x.rows }, (_, i) => i);
  const slice = <T extends Float32Array | Int32Array>(values: T, i: number): number[] =>
    Array.from(values.subarray(i * neighbors, (i + 1) * neighbors));
  umap.setPrecomputedKNN(
    rows.map((i) => slice(exact.indices, i)),
    rows.map((i) => slice(exact.distances, i)),
  );
  const total = umap.initializeFit(rows.map((i) => Array.from(rowOf(x, i))));
  for (let epoch = 1; epoch <= total; epoch++) {
    umap.step();
    if (epoch % 10 !== 0 && epoch !== total) continue;
    progress?.({ stage: "project", done: epoch, total });
    throwIfStopped(signal, "the projection; nothing was written");
    await new Promise((resolve) => setImmediate(resolve));
  }
  return matrix(x.rows, components, Float32Array.from(umap.getEmbedding().flat()));
}

function checkOptions(
  rows: number,
  o: Readonly<Record<"neighbors" | "components" | "minDistance" | "spread" | "epochs", number>>,
): void {
  check(
    "neighbours",
    o.neighbors,
    Number.isInteger(o.neighbors) && o.neighbors >= 2 && o.neighbors < rows,
    `an integer in [2, ${rows - 1}] for ${rows} rows`,
  );
  check("spread", o.spread, o.spread > 0 && Number.isFinite(o.spread), "above 0");
  const near = o.minDistance >= 0 && o.minDistance <= o.spread;
  check("the least distance", o.minDistance, near, `in [0, ${o.spread}]`);
  check("components", o.components, o.components === 2 || o.components === 3, "2 or 3");
  check("epochs", o.epochs, Number.isInteger(o.epochs) && o.epochs >= 1, "an integer of at least 1");
}

function check(what: string, value: number, holds: boolean, wanted: string): void {
  if (!holds) throw new RangeError(`Cannot project: ${what} must be ${wanted}, current value is ${value}`);
}
