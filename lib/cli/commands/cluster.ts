import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { agglomerative, type Linkage, linkages } from "../../cluster/agglomerative";
import { chineseWhispers } from "../../cluster/chineseWhispers";
import { type ClusteringScores, clusteringScores } from "../../cluster/clusteringScores";
import { clusterScores } from "../../cluster/clusterScores";
import { dbscan } from "../../cluster/dbscan";
import { cutAt, cutInto, type Dendrogram } from "../../cluster/dendrogram";
import { kMeans } from "../../cluster/kMeans";
import { clusterMistakes } from "../../cluster/mistakes";
import { thresholdSweep } from "../../cluster/thresholdSweep";
import { encodeCsv } from "../../core/csv";
import { UsageError } from "../../core/errors";
import { checkFolderFree, writeFolderAtomic } from "../../core/files";
import { createRandom } from "../../core/random";
import { engineProducts } from "../../engine/products";
import { dendrogramFigure } from "../../figures/dendrogramFigure";
import { figureSvg } from "../../figures/still";
import type { Command, CommandContext, CommandResult } from "../command";
import { type EmbeddingSource, embeddingOptions, openEmbeddings } from "../embeddingSource";

/** Options that each method takes beside those of every method. */
const methods: Readonly<Record<string, readonly string[]>> = {
  "k-means": ["clusters", "restarts"],
  agglomerative: ["clusters", "threshold", "linkage", "sweep"],
  dbscan: ["threshold", "least"],
  "chinese-whispers": ["threshold"],
};

const files = ["clusters.csv", "dendrogram.svg"];

export const clusterCommand: Command = {
  name: "cluster",
  summary: "group embeddings without their identities, and score the groups against them",
  options: {
    ...embeddingOptions,
    method: {
      kind: "text",
      value: "NAME",
      help: "left out: k-means and agglomerative side by side, as many clusters as identities",
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
      help: "rows within the radius that make a core (dbscan); left out: 3",
      least: 1,
    },
    sweep: { kind: "flag", help: "scores at 25 thresholds of the tree (agglomerative)" },
    out: {
      kind: "text",
      value: "DIR",
      help: "folder for clusters.csv and, for trees up to 400 rows, dendrogram.svg",
    },
  },
  examples: [
    "facenet-lab cluster --embeddings my-embeddings",
    "facenet-lab cluster --embeddings E.npy --labels L.csv --method agglomerative --threshold 1.1 --sweep --json",
    "facenet-lab cluster --embeddings my-embeddings --method chinese-whispers --threshold 0.8 --out groups",
  ],
  run: async (context) => {
    checkOptions(context);
    const given = context.text("out");
    const out = given === undefined ? undefined : resolve(given);
    if (out) checkFolderFree(out, files);
    const source = await openEmbeddings(context);
    return context.text("method") === undefined
      ? sideBySide(context, source)
      : oneMethod(context, source, out);
  },
};

function checkOptions(context: CommandContext): void {
  const method = context.text("method");
  const taken = method === undefined ? ["linkage", "restarts"] : [...methods[method], "out"];
  const whose = method ?? "both methods side by side (give --method)";
  for (const name of new Set([...Object.values(methods).flat(), "out"])) {
    const given = name === "sweep" ? context.flag(name) : context.text(name) !== undefined;
    if (given && !taken.includes(name)) throw new UsageError(`Cannot use --${name} with ${whose}`);
  }
  if (method !== undefined && !taken.includes("clusters") && context.number("threshold") === undefined) {
    throw new UsageError(`--threshold is needed with ${method}: a squared L2`);
  }
  if (context.number("threshold") !== undefined && context.number("clusters") !== undefined) {
    throw new UsageError("Cannot use --threshold and --clusters together");
  }
}

function sideBySide(context: CommandContext, source: EmbeddingSource): CommandResult {
  const random = createRandom(context.number("seed") ?? 1).fork("clusters");
  const scores = clusterScores(source.vectors, source.labels, random, {
    linkage: context.text("linkage") as Linkage | undefined,
    restarts: context.number("restarts"),
    products: engineProducts,
  });
  const { kmeans, agglomerative: tree } = scores;
  const lines = [
    `${source.vectors.rows} images of ${scores.identities} identities; both methods were told that number and nothing else`,
    scoreLine("k-means", kmeans),
    scoreLine(`${tree.linkage} linkage`, tree),
  ];
  return { json: { model: source.model, images: source.vectors.rows, ...scores }, text: lines.join("\n") };
}

interface Clustering {
  readonly clusters: Int32Array;
  readonly tree?: Dendrogram;
  readonly threshold?: number;
}

function oneMethod(context: CommandContext, source: EmbeddingSource, out: string | undefined): CommandResult {
  const method = context.text("method") as string;
  const { vectors, labels, identities, names, model } = source;
  const { clusters, tree, threshold } = clusterBy(context, method, source);
  const scores = clusteringScores(labels, clusters);
  const mistakes = clusterMistakes(labels, clusters);
  const sweep = tree && context.flag("sweep") ? thresholdSweep(tree, labels, { count: 25 }) : undefined;
  const named = {
    overSplit: mistakes.overSplit.map((split) => ({ ...split, identity: identities[split.identity] })),
    overMerged: mistakes.overMerged.map((merge) => ({
      ...merge,
      identities: merge.identities.map(({ identity, count }) => ({ identity: identities[identity], count })),
    })),
  };
  if (out) {
    const rows = names.map((name, i) => [name, identities[labels[i]], clusters[i]]);
    const picture =
      tree && tree.rows <= 400 && threshold !== undefined
        ? figureSvg(
            dendrogramFigure({ ...tree, threshold, names: Array.from(labels, (label) => identities[label]) }),
          )
        : undefined;
    writeFolderAtomic(out, files, (temporary) => {
      writeFileSync(join(temporary, files[0]), encodeCsv([["name", "identity", "cluster"], ...rows]));
      if (picture) writeFileSync(join(temporary, files[1]), picture);
    });
  }
  const json = {
    model,
    images: vectors.rows,
    method,
    ...scores,
    ...named,
    ...(sweep && { sweep }),
    ...(out && { out }),
  };
  const lines = [
    scoreLine(method, scores),
    ...(sweep ?? []).map((point) => scoreLine(`T ${point.threshold.toFixed(3)}`, point)),
    `${named.overSplit.length} identities torn apart${list(named.overSplit.map(({ identity, parts }) => `${identity} (${parts.length} parts)`))}`,
    `${named.overMerged.length} clusters of several identities${list(
      named.overMerged.map(({ identities: who }) =>
        who
          .map(({ identity }) => identity)
          .slice(0, 3)
          .join(" + "),
      ),
    )}`,
    ...(out ? [`in ${out}`] : []),
  ];
  return { json, text: lines.join("\n") };
}

function clusterBy(
  context: CommandContext,
  method: string,
  { vectors: x, identities }: EmbeddingSource,
): Clustering {
  const random = createRandom(context.number("seed") ?? 1).fork("clusters");
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
  const below = threshold as number;
  return method === "dbscan"
    ? { clusters: dbscan(x, { radius: below, least: context.number("least"), products }) }
    : { clusters: chineseWhispers(x, random, { threshold: below, products }) };
}

function scoreLine(name: string, { clusters, bcubed, pairwise, ami, nmi, ari }: ClusteringScores): string {
  const two = (value: number): string => (Number.isNaN(value) ? "  –  " : value.toFixed(3));
  return `${name.padEnd(17)} ${String(clusters).padStart(6)} clusters  BCubed ${two(bcubed.precision)} / ${two(bcubed.recall)} F ${two(bcubed.f)}  pairs F ${two(pairwise.f)}  AMI ${two(ami)}  NMI ${two(nmi)}  ARI ${two(ari)}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `: ${items.slice(0, 5).join(", ")}${items.length > 5 ? ", …" : ""}`;
}
