import { type Matrix, squaredL2 } from "../core/matrix";
import type { BlockOptions } from "./distances";
import { type Best, bestRows, checkSearch, type Nearest } from "./nearest";

/** What one part of a gallery offers: for every probe its k best rows (or all, if there are fewer), numbered within the shard. */
export interface ShardBest extends Best {
  /** Squared L2, from differences in float64, P×k. */
  readonly distances: Float32Array;
}

/**
 * The candidates of one shard, for {@link mergeShards}. `centre` is `centreOf` the whole gallery: with it a row has the same score as in the whole.
 * Throws as `nearestRows` does, but a shard may hold fewer than k rows.
 */
export function searchShard(
  probes: Matrix,
  shard: Matrix,
  k: number,
  centre: Float64Array,
  options: BlockOptions = {},
): ShardBest {
  checkSearch(probes, shard, Math.min(k, shard.rows), false);
  const best = bestRows(probes, shard, Math.min(k, shard.rows), centre, options);
  const distances = Float32Array.from(best.indices, (row, o) =>
    squaredL2(probes, Math.floor(o / best.k), shard, row),
  );
  return { ...best, distances };
}

/**
 * The k nearest rows of a gallery from its shards, in the order of their rows: exactly what `nearestRows` finds in the whole (where the products do not depend
 * on how rows are blocked, as plain ones do not). `starts` are the first rows of the shards in the whole.
 */
export function mergeShards(
  shards: readonly ShardBest[],
  starts: readonly number[],
  probes: number,
  k: number,
): Nearest {
  const indices: Int32Array = new Int32Array(probes * k);
  const distances: Float32Array = new Float32Array(probes * k);
  for (let p = 0; p < probes; p++) {
    const found = shards.flatMap((shard, s) =>
      Array.from({ length: shard.k }, (_, r) => {
        const o = p * shard.k + r;
        return { row: starts[s] + shard.indices[o], score: shard.scores[o], distance: shard.distances[o] };
      }),
    );
    found.sort((a, b) => b.score - a.score || a.row - b.row);
    const nearest = found.slice(0, k).sort((a, b) => a.distance - b.distance || a.row - b.row);
    nearest.forEach(({ row, distance }, r) => {
      indices[p * k + r] = row;
      distances[p * k + r] = distance;
    });
  }
  return { k, indices, distances };
}
