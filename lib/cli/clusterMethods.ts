import { agglomerative, type Linkage, linkages } from "../cluster/agglomerative";
import { chineseWhispers } from "../cluster/chineseWhispers";
import { dbscan } from "../cluster/dbscan";
import { cutAt, cutInto, type Dendrogram } from "../cluster/dendrogram";
import { hdbscan } from "../cluster/hdbscan";
import { kMeans } from "../cluster/kMeans";
import { UsageError } from "../core/errors";
import type { Random } from "../core/random";
import { engineProducts } from "../engine/products";
import type { CommandContext } from "./command";
import type { EmbeddingSource } from "./embeddingSource";
import type { OptionTable } from "./options";

/** Options that each method takes beside those of every method. */
const methods: Readonly<Record<string, readonly string[]>> = {
  "k-means": ["clusters", "restarts"],
  agglomerative: ["clusters", "threshold", "linkage", "sweep"],
  dbscan: ["threshold", "least"],
  "chinese-whispers": ["threshold"],
  hdbscan: ["cluster-size", "least"],
};

/** The method of clustering and what it takes. */
export const clusterOptions: OptionTable = {
  method: {
    kind: "text",
    value: "NAME",
    help: "left out: k-means and agglomerative, as many clusters as identities, and hdbscan side by side",
    choices: Object.keys(methods),
  },
  clusters: { kind: "integer", help: "clusters; left out: as many as identities", least: 1 },
  restarts: { kind: "integer", help: "starts of k-means; left out: 10 (3 side by side)", least: 1 },
  threshold: {
    kind: "number",
    value: "T",
    help: "squared L2: joins below it (agglomerative), radius (dbscan), edges (chinese-whispers)",
    least: 1e-9,
  },
  linkage: {
    kind: "text",
    value: "NAME",
    help: "distance of two clusters; left out: average",
    choices: linkages,
  },
  least: {
    kind: "integer",
    help: "rows that make a core: within the radius (dbscan; left out: 3), or the nearest ones (hdbscan; left out: the cluster size)",
    least: 1,
  },
  "cluster-size": {
    kind: "integer",
    help: "rows of the smallest cluster (hdbscan); left out: 5 (2 side by side)",
    least: 2,
  },
  sweep: { kind: "flag", help: "scores at 25 thresholds of the tree (agglomerative)" },
};

/** Throws a UsageError for an option that the chosen method would ignore, or lacks. */
export function checkClusterOptions(context: CommandContext): void {
  const method = context.text("method");
  const taken = method === undefined ? ["linkage", "restarts", "cluster-size"] : [...methods[method], "out"];
  const whose = method ?? "the methods side by side (give --method)";
  for (const name of new Set([...Object.values(methods).flat(), "out"])) {
    const given = name === "sweep" ? context.flag(name) : context.text(name) !== undefined;
    if (given && !taken.includes(name)) throw new UsageError(`Cannot use --${name} with ${whose}`);
  }
  if (
    method !== undefined &&
    taken.includes("threshold") &&
    !taken.includes("clusters") &&
    context.number("threshold") === undefined
  ) {
    throw new UsageError(`--threshold is needed with ${method}: a squared L2`);
  }
  if (context.number("threshold") !== undefined && context.number("clusters") !== undefined) {
    throw new UsageError("Cannot use --threshold and --clusters together");
  }
}

/** Clusters, and the tree that they were cut from. */
export interface Clustering {
  readonly clusters: Int32Array;
  readonly tree?: Dendrogram;
  /** Squared L2 at which the tree was cut. */
  readonly threshold?: number;
}

/** Runs the chosen method. */
export function clusterBy(
  context: CommandContext,
  method: string,
  random: Random,
  { vectors: x, identities }: EmbeddingSource,
): Clustering {
  const products = engineProducts;
  const threshold = context.number("threshold");
  const count = context.number("clusters") ?? identities.length;
  if (method === "k-means")
    return {
      clusters: kMeans(x, count, random, { restarts: context.number("restarts"), products }).clusters,
    };
  if (method === "agglomerative") {
    const tree = agglomerative(x, { linkage: context.text("linkage") as Linkage | undefined, products });
    if (threshold !== undefined) return { clusters: cutAt(tree, threshold), tree, threshold };
    return {
      clusters: cutInto(tree, count),
      tree,
      threshold: tree.heights[tree.rows - count] ?? Number.POSITIVE_INFINITY,
    };
  }
  if (method === "hdbscan") {
    const smallest = context.number("cluster-size");
    return { clusters: hdbscan(x, { smallest, least: context.number("least") }) };
  }
  const below = threshold as number;
  return method === "dbscan"
    ? { clusters: dbscan(x, { radius: below, least: context.number("least"), products }) }
    : { clusters: chineseWhispers(x, random, { threshold: below, products }) };
}
