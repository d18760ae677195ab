import { addCounts, emptyCounts } from "../evaluate/countedDistances";
import { mergeShards } from "../evaluate/galleryShards";
import { countsOf } from "../jobs/parallelAllPairs";
import { bestOf } from "../jobs/parallelSearch";
import type { Costs, Linear } from "../plan/measured";
import { type NamedArrays, shaped, shapedMatrix } from "../worker/arrays";
import { type CostSurroundings, randomRows } from "./planCosts";
import { costOf, ownCost } from "./processorTime";

/** Blocks of a small part of all pairs. */
const FEW_BLOCKS = 4;

/** Slope, and height at 0, of the line through two measurements; what would be negative is 0. */
function lineThrough(x1: number, cost1: number, x2: number, cost2: number): [number, number] {
  const slope = Math.max(0, (cost2 - cost1) / (x2 - x1));
  return [slope, Math.max(0, cost1 - slope * x1)];
}

/** A cost by dimensions, from that at `LOW` and at `HIGH`. */
function byDimension(low: number, high: number): Linear {
  const [perDimension, fixed] = lineThrough(LOW, low, HIGH, high);
  return { perDimension, fixed };
}

/** Dimensions at which pairs are timed. */
const [LOW, HIGH] = [128, 512];
const products = "engine";

/** All pairs, and what their coordinator does. */
export async function pairCosts(
  surroundings: CostSurroundings,
): Promise<Pick<Costs, "pair" | "partOfPairs" | "histogramPerPart" | "histogramBytesPerPart">> {
  const { workers, rows, least } = surroundings;
  const block = Math.max(1, Math.floor(rows / 8));
  let answer: NamedArrays = {};
  /** Seconds for one part of all pairs of so many blocks, and its pairs. */
  const partOf = async (blocks: number): Promise<{ core: number; pairs: number }> => {
    const part = { from: 0, to: blocks };
    const { core } = await costOf(surroundings, async () => {
      answer = (await workers.call(0, "pairHistogram", part)).arrays;
    });
    const { same, different } = countsOf(answer);
    return { core, pairs: same.reduce((sum, n, i) => sum + n + different[i], 0) };
  };
  /** A pair, and a part beside its pairs: the line through a part of few blocks and a part of all. */
  const pairsOf = async (columns: number): Promise<{ pair: number; part: number; blocks: number }> => {
    const labels = Int32Array.from({ length: rows }, (_, i) => i >> 1);
    const embeddings = shapedMatrix(randomRows(rows, columns, 1));
    const arrays = { embeddings, labels: shaped(labels) };
    const { result } = await workers.call(0, "rows", { block, products }, arrays);
    const blocks = result.blocks as number;
    const [few, all] = [await partOf(FEW_BLOCKS), await partOf(blocks)];
    const [pair, part] = lineThrough(few.pairs, few.core, all.pairs, all.core);
    return { pair, part, blocks };
  };
  const wide = await pairsOf(HIGH);
  const narrow = await pairsOf(LOW);
  // What this process spends on a part: taking the answer in, and adding it to the sum of other parts.
  let sum = emptyCounts(0);
  let next = 0;
  const histogramPerPart = await ownCost(least, async () => {
    const from = next;
    next = (next + FEW_BLOCKS) % (narrow.blocks - FEW_BLOCKS);
    answer = (await workers.call(0, "pairHistogram", { from, to: from + FEW_BLOCKS })).arrays;
    sum = addCounts(sum, countsOf(answer));
  });
  const histogramBytesPerPart = Object.values(answer).reduce((bytes, { data }) => bytes + data.byteLength, 0);

  return {
    pair: byDimension(narrow.pair, wide.pair),
    partOfPairs: narrow.part,
    histogramPerPart,
    histogramBytesPerPart,
  };
}

/** Searches, and what their coordinator does. */
export async function searchCosts(
  surroundings: CostSurroundings,
): Promise<Pick<Costs, "search" | "mergePerNeighbour">> {
  const { workers, rows, least } = surroundings;
  const [probes, k] = [512, 10];
  let answer: NamedArrays = {};
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
  const search = byDimension(await searchOf(LOW), await searchOf(HIGH));
  const best = bestOf(answer);
  const shards = 16;
  const merge = await ownCost(least, () =>
    mergeShards(
      new Array(shards).fill(best),
      Array.from({ length: shards }, (_, s) => s * rows),
      probes,
      k,
    ),
  );
  return {
    search,
    mergePerNeighbour: merge / (shards * probes * k),
  };
}
