import { addCounts, emptyCounts } from "../evaluate/countedDistances";
import { mergeShards } from "../evaluate/galleryShards";
import { countsOf } from "../jobs/parallelAllPairs";
import { bestOf } from "../jobs/parallelSearch";
import type { Costs, Linear } from "../plan/measured";
import { type NamedArrays, shaped, shapedMatrix } from "../worker/arrays";
import { type CostSurroundings, randomRows } from "./planCosts";
import { costOf, ownCost } from "./processorTime";

/** A line through two measurements; what would be negative is 0. */
function lineThrough(d1: number, cost1: number, d2: number, cost2: number): Linear {
  const perDimension = Math.max(0, (cost2 - cost1) / (d2 - d1));
  return { perDimension, fixed: Math.max(0, cost1 - perDimension * d1) };
}

/** All pairs and searches at two dimensions, and what their coordinator does. */
export async function pairCosts(
  surroundings: CostSurroundings,
): Promise<
  Pick<
    Costs,
    "pair" | "partOfPairs" | "histogramPerPart" | "histogramBytesPerPart" | "search" | "mergePerNeighbour"
  >
> {
  const { workers, rows } = surroundings;
  const [low, high] = [64, 256];
  const products = "engine";
  let answer: NamedArrays = {};
  let blocks = 1;
  /** One part of all pairs of so many rows. */
  const partOf = async (rows: number, columns: number): Promise<number> => {
    const labels = Int32Array.from({ length: rows }, (_, i) => i >> 1);
    const embeddings = shapedMatrix(randomRows(rows, columns, 1));
    const { result } = await workers.call(
      0,
      "rows",
      { block: 1024, products },
      { embeddings, labels: shaped(labels) },
    );
    blocks = result.blocks as number;
    const part = { from: 0, to: blocks };
    const { core } = await costOf(surroundings, async () => {
      answer = (await workers.call(0, "pairHistogram", part)).arrays;
    });
    return core;
  };
  const pairsOf = (n: number): number => (n * (n - 1)) / 2;
  const [small, narrow, wide] = [
    await partOf(rows / 2, low),
    await partOf(rows, low),
    await partOf(rows, high),
  ];
  const partOfPairs = Math.max(
    0,
    small - ((narrow - small) * pairsOf(rows / 2)) / (pairsOf(rows) - pairsOf(rows / 2)),
  );
  const pair = lineThrough(
    low,
    (narrow - partOfPairs) / pairsOf(rows),
    high,
    (wide - partOfPairs) / pairsOf(rows),
  );
  // What this process spends on a part: taking the answer in, and adding.
  let sum = emptyCounts(0);
  const histogramPerPart = await ownCost(async () => {
    answer = (await workers.call(0, "pairHistogram", { from: 0, to: Math.min(blocks, 8) })).arrays;
    sum = addCounts(sum, countsOf(answer));
  });
  const histogramBytesPerPart = Object.values(answer).reduce((bytes, { data }) => bytes + data.byteLength, 0);

  const [probes, k] = [512, 10];
  const searchOf = async (columns: number): Promise<number> => {
    const arrays = {
      probes: shapedMatrix(randomRows(probes, columns, 2)),
      shard: shapedMatrix(randomRows(rows, columns, 1)),
      centre: shaped(new Float64Array(columns)),
    };
    const { core } = await costOf(surroundings, async () => {
      answer = (await workers.call(0, "search", { k, products }, arrays)).arrays;
    });
    return core / (probes * rows);
  };
  const search = lineThrough(low, await searchOf(low), high, await searchOf(high));
  const best = bestOf(answer);
  const shards = 16;
  const merge = await ownCost(() =>
    mergeShards(
      new Array(shards).fill(best),
      Array.from({ length: shards }, (_, s) => s * rows),
      probes,
      k,
    ),
  );
  return {
    pair,
    partOfPairs,
    histogramPerPart,
    histogramBytesPerPart,
    search,
    mergePerNeighbour: merge / (shards * probes * k),
  };
}
