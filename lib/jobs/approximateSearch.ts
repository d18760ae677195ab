import { type Matrix, takeRows } from "../core/matrix";
import { centreOf } from "../evaluate/centre";
import { mergeShards, type ShardBest } from "../evaluate/galleryShards";
import { checkSearch, type Nearest } from "../evaluate/nearest";
import { type NamedArrays, shaped, shapedMatrix } from "../worker/arrays";
import type { Workers } from "../worker/workers";
import { bestOf, rowsFrom } from "./parallelSearch";
import { computeParts, type PartOptions, startsOf } from "./shardedWork";

/** Options of {@link approximateSearch}. */
export interface ApproximateSearchOptions extends PartOptions {
  /** Gallery rows of a shard, an integer ≥ 1; default 65,536. */
  readonly shardRows?: number;
  /** Candidates that the graph of a shard looks at, an integer ≥ 1; default 128. */
  readonly expansion?: number;
  /** Probes that are searched exactly as well, evenly spaced, to measure the recall, an integer ≥ 1; default 100. */
  readonly sample?: number;
}

/** Approximate neighbours, and how good they are. */
export interface ApproximateNearest extends Nearest {
  /** Mean share of the exact k nearest rows that were found, over the sampled probes. */
  readonly recall: number;
  readonly sampledProbes: number;
}

/**
 * The k nearest gallery rows of every probe, approximately (see `approximateShard`), over several workers; some probes are searched exactly too, so that the
 * result carries its own recall. The same shards give the same neighbours, whatever the number of workers. Throws as `nearestRows` does.
 */
export async function approximateSearch(
  workers: Workers,
  probes: Matrix,
  gallery: Matrix,
  k: number,
  options: ApproximateSearchOptions = {},
): Promise<ApproximateNearest> {
  const { shardRows = 65_536, expansion = 128, sample = 100 } = options;
  checkSearch(probes, gallery, k, false);
  const starts = startsOf(gallery.rows, shardRows);
  const size = Math.min(sample, probes.rows);
  const sampled = Array.from({ length: size }, (_, i) => Math.floor((i * probes.rows) / size));
  const centre = shaped(centreOf(gallery));
  const found: ShardBest[] = new Array<ShardBest>(starts.length);
  const exact: ShardBest[] = new Array<ShardBest>(starts.length);
  await computeParts(
    workers,
    starts.length,
    "search",
    {
      run: async (part, call) => {
        const shard = shapedMatrix(rowsFrom(gallery, starts[part], shardRows));
        const all = { probes: shapedMatrix(probes), shard };
        const some = { probes: shapedMatrix(takeRows(probes, sampled)), shard, centre };
        const near = await call("searchApproximate", { k, expansion }, all);
        const truth = await call("search", { k, products: "plain" }, some);
        return { ...prefixed("near/", near.arrays), ...prefixed("exact/", truth.arrays) };
      },
      take: (part, arrays) => {
        found[part] = bestOf(arrays, "near/");
        exact[part] = bestOf(arrays, "exact/");
      },
    },
    options,
  );
  const nearest = mergeShards(found, starts, probes.rows, k);
  const truth = mergeShards(exact, starts, size, k);
  return { ...nearest, recall: recallOf(nearest, truth, sampled), sampledProbes: size };
}

function prefixed(prefix: string, arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [prefix + name, array]));
}

/** Mean share of the rows of `truth` (of the sampled probes, in order) that were found for the same probe. */
function recallOf({ k, indices }: Nearest, truth: Nearest, sampled: readonly number[]): number {
  const hits = sampled.reduce((sum, probe, s) => {
    const rows = new Set(indices.subarray(probe * k, (probe + 1) * k));
    return sum + truth.indices.subarray(s * k, (s + 1) * k).filter((row) => rows.has(row)).length;
  }, 0);
  return hits / (sampled.length * k);
}
