import { UMAP } from "umap-js";
import { throwIfStopped } from "../core/errors";
import { checkFinite, type Matrix, matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import type { Products } from "../evaluate/distances";
import { type Neighbors, nearestNeighbors } from "./neighbors";

/** Options of {@link umapLayout}. */
export interface LayoutOptions extends LongWork {
  /** Least distance of points in the picture, in [0, spread]; default 0.1. */
  readonly minDistance?: number;
  /** Scale of the picture, > 0; default 1. */
  readonly spread?: number;
  /** Rounds of the layout, an integer of at least 1; default 500 below 10,000 points, else 200. */
  readonly epochs?: number;
  /** Any integer; default 1. The same seed gives the same picture. */
  readonly seed?: number;
}

/** Options of {@link umapProjection}. */
export interface UmapOptions extends LayoutOptions {
  /** Neighbours that shape the picture, itself included: an integer in [2, N − 1]; default 15. Small shows detail, large the whole. */
  readonly neighbors?: number;
  readonly products?: Products;
}

/**
 * A two-dimensional UMAP of embeddings (N×D → N×2), neighbours by L2.
 * Source: McInnes, Healy, Melville (2018); layout by umap-js, always on a fresh instance (a second `fit` on one hangs), with exact
 * neighbours from our own distance code instead of its approximate search.
 */
export async function umapProjection(x: Matrix, options: UmapOptions = {}): Promise<Matrix> {
  const { neighbors = 15, products } = options;
  check(
    "neighbours",
    neighbors,
    Number.isInteger(neighbors) && neighbors >= 2 && neighbors < x.rows,
    `an integer in [2, ${x.rows - 1}] for ${x.rows} rows`,
  );
  checkLayout(options);
  checkFinite(x, "these embeddings");
  return umapLayout(nearestNeighbors(x, neighbors, { products }), options);
}

/** The layout of {@link umapProjection} for neighbours that are known: every row first in its own list, distances ascending, at least 2 in a list. */
export async function umapLayout(graph: Neighbors, options: LayoutOptions = {}): Promise<Matrix> {
  const { minDistance = 0.1, spread = 1, seed = 1, progress, signal } = options;
  checkLayout(options);
  const { k, indices, distances } = graph;
  const count = indices.length / k;
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: k,
    minDist: minDistance,
    spread,
    nEpochs: options.epochs ?? (count < 10_000 ? 500 : 200),
    random: createRandom(seed).next,
  });
  const rows = Array.from({ length: count }, (_, i) => i);
  const slice = <T extends Float32Array | Int32Array>(values: T, i: number): number[] =>
    Array.from(values.subarray(i * k, (i + 1) * k));
  umap.setPrecomputedKNN(
    rows.map((i) => slice(indices, i)),
    rows.map((i) => slice(distances, i)),
  );
  // With known neighbours only the number of rows counts.
  const total = umap.initializeFit(rows.map((i) => [i]));
  for (let epoch = 1; epoch <= total; epoch++) {
    umap.step();
    if (epoch % 10 !== 0 && epoch !== total) continue;
    progress?.({ stage: "project", done: epoch, total });
    throwIfStopped(signal, "the projection; nothing was written");
    await new Promise((resolve) => setImmediate(resolve));
  }
  return matrix(count, 2, Float32Array.from(umap.getEmbedding().flat()));
}

function checkLayout({ minDistance = 0.1, spread = 1, epochs = 1 }: LayoutOptions): void {
  check("spread", spread, spread > 0 && Number.isFinite(spread), "above 0");
  check("the least distance", minDistance, minDistance >= 0 && minDistance <= spread, `in [0, ${spread}]`);
  check("epochs", epochs, Number.isInteger(epochs) && epochs >= 1, "an integer of at least 1");
}

function check(what: string, value: number, holds: boolean, wanted: string): void {
  if (!holds) throw new RangeError(`Cannot project: ${what} must be ${wanted}, current value is ${value}`);
}
