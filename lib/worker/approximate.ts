import { createRequire } from "node:module";
import { LabError, messageOf } from "../core/errors";
import { type Matrix, matrix, rowOf, squaredL2 } from "../core/matrix";
import { centreOf } from "../evaluate/centre";
import { type ShardBest, searchShard } from "../evaluate/galleryShards";
import { checkSearch } from "../evaluate/nearest";

/** Options of {@link approximateShard}. */
export interface ApproximateOptions {
  /** Neighbours of each row in the graph, an integer ≥ 2; default 16. */
  readonly connectivity?: number;
  /** Candidates that are looked at when a row is added and when it is searched for, an integer ≥ k is sensible; default 128. More find more and take longer. */
  readonly expansion?: number;
}

/**
 * Approximate neighbours in one shard by a graph of neighbours (HNSW), for `mergeShards`; the one door to usearch. The graph is built with one thread, so that
 * the same rows give the same neighbours. Distances are computed from differences as in exact search, and stand for scores with their signs turned.
 *
 * Source: Malkov and Yashunin (2018), "Efficient and Robust Approximate Nearest Neighbor Search Using Hierarchical Navigable Small World Graphs".
 * Differs from the paper: nothing; a probe for which the graph finds fewer than k rows is searched exactly.
 */
export function approximateShard(
  probes: Matrix,
  shard: Matrix,
  k: number,
  { connectivity = 16, expansion = 128 }: ApproximateOptions = {},
): ShardBest {
  const most = Math.min(k, shard.rows);
  checkSearch(probes, shard, most, false);
  const { Index, MetricKind, ScalarKind } = loadIndex();
  const index = new Index({
    dimensions: shard.columns,
    metric: MetricKind.L2sq,
    quantization: ScalarKind.F32,
    connectivity,
    expansion_add: expansion,
    expansion_search: expansion,
    multi: false,
  });
  const rowsOf = (x: Matrix): Float32Array[] => Array.from({ length: x.rows }, (_, i) => rowOf(x, i));
  index.add(
    BigUint64Array.from({ length: shard.rows }, (_, i) => BigInt(i)),
    rowsOf(shard),
    1,
  );
  const found = rowsOf(probes).map((probe) => Int32Array.from(index.search(probe, most, 1).keys, Number));
  const indices: Int32Array = new Int32Array(probes.rows * most);
  found.forEach((rows, p) => {
    indices.set(rows.length === most ? rows : exactRows(probes, p, shard, most), p * most);
  });
  const distances = Float32Array.from(indices, (row, o) =>
    squaredL2(probes, Math.floor(o / most), shard, row),
  );
  return { k: most, indices, scores: distances.map((distance) => -distance), distances };
}

function exactRows(probes: Matrix, p: number, shard: Matrix, k: number): Int32Array {
  return searchShard(matrix(1, probes.columns, rowOf(probes, p)), shard, k, centreOf(shard)).indices;
}

/** On first use: a platform that the addon was not built for can do all else. */
function loadIndex(): typeof import("usearch") {
  const require = createRequire(__filename);
  try {
    return require("usearch") as typeof import("usearch");
  } catch (error) {
    throw new LabError(`Cannot search approximately: the package usearch must load: ${messageOf(error)}`);
  }
}
