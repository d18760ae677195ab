import { checkFinite, type Matrix } from "../core/matrix";
import { type AllPairsOptions, type AllPairsResult, ratesOfPairs } from "../evaluate/allPairs";
import { addCounts, type CountedDistances, emptyCounts, pairCountsOf } from "../evaluate/countedDistances";
import { type NamedArrays, shaped, shapedMatrix } from "../worker/arrays";
import type { ProductsName } from "../worker/evaluateOps";
import type { Workers } from "../worker/workers";
import { computeParts, type PartOptions } from "./shardedWork";

/** Options of {@link parallelAllPairs}. */
export interface ParallelAllPairsOptions extends Pick<AllPairsOptions, "fars" | "thresholds">, PartOptions {
  /** Rows of a block; default 1024. */
  readonly block?: number;
  /**
   * Blocks of one part, an integer ≥ 1, so that a part has fewer than 2³² pairs; default a 256th of all blocks, within [256, 4000]. A part's counts are tens of
   * megabytes however few its blocks.
   */
  readonly blocksPerPart?: number;
  /** Default `plain`. */
  readonly products?: ProductsName;
}

/**
 * `allPairsVal` over several workers: each counts the pairs of some blocks by their exact squared L2, the integer counts are added, and VAL and FAR are read off
 * the sum. The result is that of one process to the last bit, whatever the number of workers and the order in which they finish.
 * Each worker holds all N×D embeddings and one histogram. Throws as `allPairsVal` does.
 */
export async function parallelAllPairs(
  workers: Workers,
  x: Matrix,
  labels: ArrayLike<number>,
  options: ParallelAllPairsOptions = {},
): Promise<AllPairsResult> {
  const { block = 1024, products = "plain" } = options;
  checkFinite(x, "these embeddings");
  const side = Math.ceil(x.rows / block);
  const blocks = (side * (side + 1)) / 2;
  const { blocksPerPart = Math.min(4000, Math.max(256, Math.ceil(blocks / 256))) } = options;
  if (!(blocksPerPart >= 1) || blocksPerPart * block ** 2 >= 2 ** 32) {
    throw new RangeError(
      `Cannot count all pairs in parts: a part must have at least one block and fewer than 2^32 pairs, current values are ${blocksPerPart} blocks of ${block}²`,
    );
  }
  let sum: CountedDistances = emptyCounts(0);
  await computeParts(
    workers,
    Math.ceil(blocks / blocksPerPart),
    "all pairs",
    {
      setUp: async (call) => {
        const arrays = { embeddings: shapedMatrix(x), labels: shaped(Int32Array.from(labels)) };
        await call("rows", { block, products }, arrays);
      },
      run: async (part, call) => {
        const from = part * blocksPerPart;
        const to = Math.min(blocks, from + blocksPerPart);
        return (await call("pairHistogram", { from, to })).arrays;
      },
      take: (_, arrays) => {
        sum = addCounts(sum, countsOf(arrays));
      },
    },
    options,
  );
  return ratesOfPairs(pairCountsOf(sum), options);
}

export function countsOf({ bits, same, different }: NamedArrays): CountedDistances<Uint32Array> {
  return {
    bits: bits.data as Uint32Array,
    same: same.data as Uint32Array,
    different: different.data as Uint32Array,
  };
}
