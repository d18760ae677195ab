import { z } from "zod";
import { LabError } from "../core/errors";
import { engineProducts } from "../engine/products";
import { countedDistances } from "../evaluate/countedDistances";
import { plainProducts } from "../evaluate/distances";
import { type ShardBest, searchShard } from "../evaluate/galleryShards";
import { pairBlocks } from "../evaluate/pairCounts";
import { approximateShard } from "./approximate";
import { matrixOf, type NamedArrays, shaped } from "./arrays";
import { type Op, op } from "./protocol";
import { held, type Session } from "./session";

/** How inner products are computed: in plain TypeScript, the same on every machine, or on the engine. */
export type ProductsName = "plain" | "engine";

const products = z.enum(["plain", "engine"]);
const productsOf = { plain: plainProducts, engine: engineProducts } as const;
const k = z.number().int().min(1);
const embeddings = { dtype: "float32", shape: "N × D" } as const;
const sides = {
  probes: { ...embeddings, shape: "P × D" },
  shard: { ...embeddings, shape: "G × D" },
} as const;

/** All pairs of N rows in blocks, and neighbours in one shard of a gallery. */
export const evaluateOps: Readonly<Record<string, Op<Session>>> = {
  /** Embeddings and a label for each, for `pairHistogram`; answers how many blocks their pairs make. */
  rows: op("rows", {
    params: z.strictObject({ block: z.number().int().min(1).max(16_384), products }),
    arrays: { embeddings, labels: { dtype: "int32", shape: "N" } },
    run: (session, params, arrays) => {
      const labels = arrays.labels.data as Int32Array;
      const options = { block: params.block, products: productsOf[params.products] };
      session.pairs = pairBlocks(matrixOf(arrays, "embeddings"), labels, options);
      return { result: { blocks: session.pairs.count } };
    },
  }),

  /** How many same and different pairs of the blocks `from` to `to − 1` have which squared L2, by the bits of its float32: exact integers, of fewer than 2³² pairs. */
  pairHistogram: op("pairHistogram", {
    params: z.strictObject({ from: z.number().int().min(0), to: z.number().int().min(1) }),
    run: (session, { from, to }) => {
      const pairs = held(session, "pairs", "pairHistogram", "rows");
      if (from >= to || to > pairs.count) {
        throw new LabError(
          `Cannot pairHistogram: from < to ≤ ${pairs.count} is wanted, current values are ${from} and ${to}`,
        );
      }
      const { bits, same, different } = countedDistances(pairs.countPairs(from, to));
      return { arrays: { bits: shaped(bits), same: shaped(same), different: shaped(different) } };
    },
  }),

  /** The best rows of one shard for every probe; see `searchShard`. */
  search: op("search", {
    params: z.strictObject({ k, products }),
    arrays: { ...sides, centre: { dtype: "float64", shape: "D" } },
    run: (_, params, arrays) => {
      const [probes, shard] = [matrixOf(arrays, "probes"), matrixOf(arrays, "shard")];
      const centre = arrays.centre.data as Float64Array;
      if (centre.length !== shard.columns) {
        throw new LabError(
          `Cannot search: a centre of ${shard.columns} values is needed, current value is ${centre.length}`,
        );
      }
      const best = searchShard(probes, shard, params.k, centre, { products: productsOf[params.products] });
      return { arrays: shapedBest(best) };
    },
  }),

  /** Rows of one shard that a graph of neighbours finds for every probe; see `approximateShard`. */
  searchApproximate: op("searchApproximate", {
    params: z.strictObject({ k, expansion: z.number().int().min(1).max(100_000) }),
    arrays: sides,
    run: (_, params, arrays) => {
      const [probes, shard] = [matrixOf(arrays, "probes"), matrixOf(arrays, "shard")];
      return { arrays: shapedBest(approximateShard(probes, shard, params.k, params)) };
    },
  }),
};

function shapedBest({ k, indices, scores, distances }: ShardBest): NamedArrays {
  const shape = [indices.length / k, k];
  return {
    indices: shaped(indices, shape),
    scores: shaped(scores, shape),
    distances: shaped(distances, shape),
  };
}
