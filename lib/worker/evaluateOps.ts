import { z } from "zod";
import { LabError } from "../core/errors";
import { engineProducts } from "../engine/products";
import { countedDistances } from "../evaluate/countedDistances";
import { plainProducts } from "../evaluate/distances";
import { searchShard } from "../evaluate/galleryShards";
import { pairBlocks } from "../evaluate/pairCounts";
import { matrixOf, shaped } from "./arrays";
import { type Op, op } from "./protocol";
import { held, type Session } from "./session";

/** How inner products are computed: in plain TypeScript, the same on every machine, or on the engine. */
export type ProductsName = "plain" | "engine";

const products = z.enum(["plain", "engine"]);
const productsOf = { plain: plainProducts, engine: engineProducts } as const;
const embeddings = { dtype: "float32", shape: "N × D" } as const;

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

  /** How many same and different pairs of the blocks `from` to `to − 1` have which squared L2, by the bits of its float32: exact integers. */
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
    params: z.strictObject({ k: z.number().int().min(1), products }),
    arrays: {
      probes: { ...embeddings, shape: "P × D" },
      shard: { ...embeddings, shape: "G × D" },
      centre: { dtype: "float64", shape: "D" },
    },
    run: (_, params, arrays) => {
      const [probes, shard] = [matrixOf(arrays, "probes"), matrixOf(arrays, "shard")];
      const centre = arrays.centre.data as Float64Array;
      if (centre.length !== shard.columns) {
        throw new LabError(
          `Cannot search: a centre of ${shard.columns} values is needed, current value is ${centre.length}`,
        );
      }
      const best = searchShard(probes, shard, params.k, centre, { products: productsOf[params.products] });
      const shape = [probes.rows, best.k];
      return {
        arrays: {
          indices: shaped(best.indices, shape),
          scores: shaped(best.scores, shape),
          distances: shaped(best.distances, shape),
        },
      };
    },
  }),
};
