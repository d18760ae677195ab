import { throwIfStopped } from "../core/errors";
import { checkFinite, type Matrix } from "../core/matrix";
import type { Products } from "../core/products";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import { fitCurve } from "./curve";
import { diffusedStart } from "./diffusedStart";
import { fuzzySet } from "./fuzzySet";
import { createLayout } from "./layout";
import { type Neighbors, nearestNeighbors } from "./neighbors";

/** Options of {@link umapLayout}. */
export interface LayoutOptions extends LongWork {
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
}

/** Options of {@link umapProjection}. */
export interface UmapOptions extends LayoutOptions {
  /** Neighbours that shape the picture, itself included: an integer in [2, N − 1]; default 15. Small shows detail, large the whole. */
  readonly neighbors?: number;
  readonly products?: Products;
}

/**
 * A UMAP of embeddings in two or three dimensions (N×D → N×components), neighbours by L2: fuzzy set, diffused start, layout.
 * Source: McInnes, Healy, Melville (2018). Differs from the paper: exact neighbours instead of approximate ones; see `fuzzySet`, `diffusedStart` and `createLayout`.
 * Throws a RangeError for an option out of range, a LabError for a row that is not finite, `Interrupted` when the signal is aborted.
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
  const { minDistance = 0.1, spread = 1, components = 2, seed = 1, progress, signal } = options;
  checkLayout(options);
  const set = fuzzySet(graph);
  const total = options.epochs ?? (set.count < 10_000 ? 500 : 200);
  const random = createRandom(seed);
  const start = diffusedStart(set, components, random.fork("start"));
  const { picture, epoch } = createLayout(
    set,
    start,
    fitCurve(minDistance, spread),
    total,
    random.fork("layout"),
  );
  for (let done = 1; done <= total; done++) {
    epoch(done - 1);
    if (done % 10 !== 0 && done !== total) continue;
    progress?.({ stage: "project", done, total });
    throwIfStopped(signal, "the projection; nothing was written");
    await new Promise((resolve) => setImmediate(resolve));
  }
  return picture;
}

function checkLayout({ minDistance = 0.1, spread = 1, epochs = 1, components = 2 }: LayoutOptions): void {
  check("spread", spread, spread > 0 && Number.isFinite(spread), "above 0");
  check("the least distance", minDistance, minDistance >= 0 && minDistance <= spread, `in [0, ${spread}]`);
  check("components", components, components === 2 || components === 3, "2 or 3");
  check("epochs", epochs, Number.isInteger(epochs) && epochs >= 1, "an integer of at least 1");
}

function check(what: string, value: number, holds: boolean, wanted: string): void {
  if (!holds) throw new RangeError(`Cannot project: ${what} must be ${wanted}, current value is ${value}`);
}
