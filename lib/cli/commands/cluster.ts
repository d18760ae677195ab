import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Linkage } from "../../cluster/agglomerative";
import { type ClusteringScores, clusteringScores } from "../../cluster/clusteringScores";
import { clusterScores } from "../../cluster/clusterScores";
import { clusterMistakes } from "../../cluster/mistakes";
import { thresholdSweep } from "../../cluster/thresholdSweep";
import { encodeCsv } from "../../core/csv";
import { checkFolderFree, writeFolderAtomic } from "../../core/files";
import { createRandom, type Random } from "../../core/random";
import { engineProducts } from "../../engine/products";
import { dendrogramFigure } from "../../figures/dendrogramFigure";
import { figureSvg } from "../../figures/still";
import { checkClusterOptions, clusterBy, clusterOptions } from "../clusterMethods";
import type { Command, CommandContext, CommandResult } from "../command";
import { type EmbeddingSource, embeddingOptions, openEmbeddings } from "../embeddingSource";

const files = ["clusters.csv", "dendrogram.svg"];

export const clusterCommand: Command = {
  name: "cluster",
  summary: "group embeddings without their identities, and score the groups against them",
  options: {
    ...embeddingOptions,
    ...clusterOptions,
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
    checkClusterOptions(context);
    const given = context.text("out");
    const out = given === undefined ? undefined : resolve(given);
    if (out) checkFolderFree(out, files);
    const source = await openEmbeddings(context);
    return context.text("method") === undefined
      ? sideBySide(context, source)
      : oneMethod(context, source, out);
  },
};

function sideBySide(context: CommandContext, source: EmbeddingSource): CommandResult {
  const random = randomOf(context);
  const scores = clusterScores(source.vectors, source.labels, random, {
    linkage: context.text("linkage") as Linkage | undefined,
    restarts: context.number("restarts"),
    smallest: context.number("cluster-size"),
    products: engineProducts,
  });
  const { kmeans, agglomerative: tree, hdbscan: dense } = scores;
  const lines = [
    `${source.vectors.rows} images of ${scores.identities} identities; k-means and the tree were told that number and nothing else, HDBSCAN not even that`,
    scoreLine("k-means", kmeans),
    scoreLine(`${tree.linkage} linkage`, tree),
    `${scoreLine("HDBSCAN", dense)}  ${dense.noise} noise`,
  ];
  return { json: { model: source.model, images: source.vectors.rows, ...scores }, text: lines.join("\n") };
}

function oneMethod(context: CommandContext, source: EmbeddingSource, out: string | undefined): CommandResult {
  const method = context.text("method") as string;
  const { vectors, labels, identities, names, model } = source;
  const { clusters, tree, threshold } = clusterBy(context, method, randomOf(context), source);
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
    const rows = Array.from(labels, (label, i) => [names?.[i] ?? `row ${i}`, identities[label], clusters[i]]);
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

function randomOf(context: CommandContext): Random {
  return createRandom(context.number("seed") ?? 1).fork("clusters");
}

function scoreLine(name: string, { clusters, bcubed, pairwise, ami, nmi, ari }: ClusteringScores): string {
  const two = (value: number): string => (Number.isNaN(value) ? "  –  " : value.toFixed(3));
  return `${name.padEnd(17)} ${String(clusters).padStart(6)} clusters  BCubed ${two(bcubed.precision)} / ${two(bcubed.recall)} F ${two(bcubed.f)}  pairs F ${two(pairwise.f)}  AMI ${two(ami)}  NMI ${two(nmi)}  ARI ${two(ari)}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `: ${items.slice(0, 5).join(", ")}${items.length > 5 ? ", …" : ""}`;
}
