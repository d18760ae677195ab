import { resolve } from "node:path";
import { encodeCsv } from "../../core/csv";
import { writeFileAtomic } from "../../core/files";
import { engineProducts } from "../../engine/products";
import { pca } from "../../project/pca";
import { trustworthiness } from "../../project/trustworthiness";
import { umapProjection } from "../../project/umap";
import { loadEmbeddings } from "../../walk/embeddings";
import type { Command } from "../command";
import { required } from "../shared";

export const projectCommand: Command = {
  name: "project",
  summary: "UMAP and PCA of a folder of embeddings, as a table",
  options: {
    embeddings: { kind: "text", value: "DIR", help: "embeddings of `embed` or of a walk" },
    out: { kind: "text", value: "FILE", help: "CSV file: name, identity, umap1, umap2, pca1, pca2" },
    neighbors: { kind: "integer", help: "neighbours that shape the picture", least: 2, default: 15 },
    "min-distance": {
      kind: "number",
      help: "least distance of points in the picture",
      least: 0,
      most: 1,
      default: 0.1,
    },
    seed: { kind: "integer", help: "seed of the layout", default: 1 },
  },
  examples: ["facenet-lab project --embeddings my-embeddings --out map.csv"],
  run: async (context) => {
    const out = resolve(required(context, "out", "the CSV file"));
    const { vectors, names, identities, model } = loadEmbeddings(
      required(context, "embeddings", "a folder of embeddings"),
    );
    const umap = await umapProjection(vectors, {
      neighbors: context.number("neighbors"),
      minDistance: context.number("min-distance"),
      seed: context.number("seed"),
      products: engineProducts,
      progress: context.progress,
      signal: context.signal,
    });
    const components = pca(vectors, 2);
    const rows = names.map((name, i) => [
      name,
      identities[i],
      ...[umap, components.projection].flatMap((map) => [map.data[2 * i], map.data[2 * i + 1]]),
    ]);
    writeFileAtomic(out, encodeCsv([["name", "identity", "umap1", "umap2", "pca1", "pca2"], ...rows]));
    const k = Math.min(15, Math.ceil(vectors.rows / 2) - 1);
    // Quadratic and slow beyond this; the picture itself does not need it.
    const quality = vectors.rows <= 5000 && k >= 1 ? trustworthiness(vectors, umap, k) : null;
    const json = {
      out,
      model,
      images: vectors.rows,
      trustworthiness: quality,
      neighbors: k,
      explained: components.explained,
    };
    const told = quality === null ? "not measured above 5,000 images" : quality.toFixed(3);
    return { json, text: `${vectors.rows} images in ${out}; trustworthiness at ${k} neighbours: ${told}` };
  },
};
