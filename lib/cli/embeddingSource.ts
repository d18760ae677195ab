import { LabError, UsageError } from "../core/errors";
import { type Matrix, matrix } from "../core/matrix";
import { openDataSet } from "../data/open";
import { embedCrops } from "../train/embed";
import { loadModel } from "../train/modelFolder";
import { labelsOf, loadEmbeddings } from "../walk/embeddings";
import { loadEmbeddingTable } from "../walk/embeddingTable";
import { alignmentOf } from "../walk/modelInput";
import { prepare } from "../walk/prepare";
import type { CommandContext } from "./command";
import type { OptionTable } from "./options";
import { alignOptions, alignOptionsOf, dataOptions, protocolOf, protocolOptions } from "./shared";

/** Options of a command that works on embeddings, whatever their origin. */
export const embeddingOptions: OptionTable = {
  embeddings: {
    kind: "text",
    value: "PATH",
    help: "folder of `embed` or of a walk, or with --labels a .npy file (N×D float32)",
  },
  labels: {
    kind: "text",
    value: "FILE",
    help: "CSV beside the .npy file, with at least the column identity, rows in its order",
  },
  model: {
    kind: "text",
    value: "DIR",
    help: "model folder, instead of embeddings; the protocol's test images are aligned and embedded",
  },
  normalize: { kind: "flag", help: "divide every row by its L2 norm first" },
  ...dataOptions,
  ...protocolOptions,
  ...alignOptions,
};

/** Embeddings with their identities. */
export interface EmbeddingSource {
  /** N×D. */
  readonly vectors: Matrix;
  /** Position in `identities` per row. */
  readonly labels: Int32Array;
  readonly identities: readonly string[];
  /** A name per row. */
  readonly names: readonly string[];
  /** Id of the model, or the file where that is not known. */
  readonly model: string;
}

/** Opens what `embeddingOptions` name. Throws a UsageError unless exactly one origin is given. */
export async function openEmbeddings(context: CommandContext): Promise<EmbeddingSource> {
  const [embeddings, labels, model] = ["embeddings", "labels", "model"].map((name) => context.text(name));
  if ((embeddings === undefined) === (model === undefined)) {
    throw new UsageError("Give either --embeddings or --model");
  }
  if (labels !== undefined && embeddings === undefined) {
    throw new UsageError("Cannot use --labels without --embeddings FILE.npy");
  }
  const source =
    embeddings === undefined ? await ofModel(context, model as string) : ofFiles(embeddings, labels);
  return context.flag("normalize") ? { ...source, vectors: onSphere(source.vectors) } : source;
}

function ofFiles(path: string, labelFile: string | undefined): EmbeddingSource {
  if (labelFile === undefined) {
    if (path.endsWith(".npy"))
      throw new UsageError(`--labels is needed: the CSV that names the rows of ${path}`);
    const { vectors, identities, names, model } = loadEmbeddings(path);
    const known = labelsOf(identities);
    return { vectors, labels: known.labels, identities: known.names, names, model };
  }
  const { vectors, identities, columns } = loadEmbeddingTable(path, labelFile);
  const known = labelsOf(identities);
  const names = columns.get("name") ?? Array.from(identities, (_, row) => `row ${row}`);
  return { vectors, labels: known.labels, identities: known.names, names, model: path };
}

async function ofModel(context: CommandContext, folder: string): Promise<EmbeddingSource> {
  const { card, net } = loadModel(folder);
  try {
    const { progress, signal } = context;
    const data = await openDataSet(context.text("data"), { progress, signal });
    const align = alignmentOf(card, data.dataSet, alignOptionsOf(context));
    const seed = context.number("seed");
    const prepared = await prepare({ data, protocol: protocolOf(context), seed, align, progress, signal });
    const { crops } = prepared.test;
    const mirrorAverage = card.embedding.mirrorAverage;
    const vectors = await embedCrops(net, crops, { mirrorAverage, progress, signal });
    return {
      vectors,
      labels: crops.labels,
      identities: crops.identities,
      names: crops.names,
      model: card.id,
    };
  } finally {
    net.dispose();
  }
}

/** Rows of length 1. Throws a LabError for a row of zeros. */
function onSphere(x: Matrix): Matrix {
  const result = matrix(x.rows, x.columns);
  for (let i = 0; i < x.rows; i++) {
    const row = x.data.subarray(i * x.columns, (i + 1) * x.columns);
    const norm = Math.hypot(...row);
    if (norm === 0)
      throw new LabError(`Cannot normalise row ${i}: its L2 norm must be above 0, current value is 0`);
    for (let c = 0; c < x.columns; c++) result.data[i * x.columns + c] = row[c] / norm;
  }
  return result;
}
