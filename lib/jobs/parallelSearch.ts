import { type Matrix, matrix } from "../core/matrix";
import { centreOf } from "../evaluate/centre";
import { mergeShards, type ShardBest } from "../evaluate/galleryShards";
import { checkSearch, type Nearest } from "../evaluate/nearest";
import { type NamedArrays, shaped, shapedMatrix } from "../worker/arrays";
import type { ProductsName } from "../worker/evaluateOps";
import type { Workers } from "../worker/workers";
import { computeParts, type PartOptions, startsOf } from "./shardedWork";

/** Options of {@link parallelSearch}. */
export interface ParallelSearchOptions extends PartOptions {
  /** Gallery rows of a shard, an integer ≥ 1; default 65,536. A multiple of 2048 cuts a gallery where `nearestRows` cuts it into blocks. */
  readonly shardRows?: number;
  /** Default `plain`. */
  readonly products?: ProductsName;
}

/**
 * The exact k nearest gallery rows of every probe over several workers: each searches shards of the gallery, the best of all shards are the result of
 * `nearestRows` (see `mergeShards`). A worker holds one shard at a time. Throws as `nearestRows` does.
 */
export async function parallelSearch(
  workers: Workers,
  probes: Matrix,
  gallery: Matrix,
  k: number,
  options: ParallelSearchOptions = {},
): Promise<Nearest> {
  const { shardRows = 65_536, products = "plain" } = options;
  checkSearch(probes, gallery, k, false);
  const starts = startsOf(gallery.rows, shardRows);
  const centre = centreOf(gallery);
  const found: ShardBest[] = new Array<ShardBest>(starts.length);
  await computeParts(
    workers,
    starts.length,
    "search",
    {
      run: async (part, call) => {
        const shard = rowsFrom(gallery, starts[part], shardRows);
        const arrays = { probes: shapedMatrix(probes), shard: shapedMatrix(shard), centre: shaped(centre) };
        return (await call("search", { k, products }, arrays)).arrays;
      },
      take: (part, arrays) => {
        found[part] = bestOf(arrays);
      },
    },
    options,
  );
  return mergeShards(found, starts, probes.rows, k);
}

/** Rows `from` to `from + count − 1`, or as many as there are, as a view. */
export function rowsFrom(x: Matrix, from: number, count: number): Matrix {
  const rows = Math.min(count, x.rows - from);
  return matrix(rows, x.columns, x.data.subarray(from * x.columns, (from + rows) * x.columns));
}

/** The answer of a search in one shard. */
export function bestOf(arrays: NamedArrays, prefix: string = ""): ShardBest {
  const { shape, data } = arrays[`${prefix}indices`];
  return {
    k: shape[1],
    indices: data as Int32Array,
    scores: arrays[`${prefix}scores`].data as Float32Array,
    distances: arrays[`${prefix}distances`].data as Float32Array,
  };
}
