import { LabError, UsageError } from "../core/errors";
import { type Matrix, matrix } from "../core/matrix";
import { type CropSet, identityNames, type PairList } from "../data/dataset";
import type { OneShotItems } from "../data/omniglot";
import { openDataSet } from "../data/open";
import { SYNTHETIC_NAME } from "../data/synthetic";
import { type Embedder, MODEL_HELP, noteTrainedPeople, openEmbedder } from "../walk/embedder";
import { labelsOf, loadEmbeddings } from "../walk/embeddings";
import { loadEmbeddingTable } from "../walk/embeddingTable";
import { oneShotRows } from "../walk/evaluateStage";
import { alignmentOf } from "../walk/modelInput";
import { prepare } from "../walk/prepare";
import type { CommandContext } from "./command";
import type { OptionTable } from "./options";
import {
  alignOptions,
  alignOptionsOf,
  dataOptions,
  protocolOf,
  protocolOptions,
  refuseGiven,
} from "./shared";

/** Options of a command that works on embeddings, whatever their origin. */
export const embeddingOptions: OptionTable = {
  embeddings: {
    kind: "text",
    value: "PATH",
    help: "folder of `embed` or of a walk, or with --labels a .npy file (N × D float32)",
  },
  labels: {
    kind: "text",
    value: "FILE",
    help: "CSV with one row for each row of the .npy file and the column identity; name, clip and others if you like",
  },
  model: {
    kind: "text",
    value: "DIR",
    help: `instead of embeddings: ${MODEL_HELP}; the protocol's test images are aligned and embedded`,
  },
  normalize: { kind: "flag", help: "project the rows of --embeddings to the unit sphere first" },
  ...dataOptions,
  ...protocolOptions,
  ...alignOptions,
};

/** Embeddings with all that belongs to them, wherever they come from. */
export interface EmbeddingSource {
  /** N×D. */
  readonly vectors: Matrix;
  /** Position in `identities` per row. */
  readonly labels: Int32Array;
  readonly identities: readonly string[];
  /** A name per row, where there are names. */
  readonly names?: readonly string[];
  /** Columns of the CSV by name. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** The protocol's pairs and one-shot runs, as rows. */
  readonly pairs?: PairList;
  readonly oneShotRuns: readonly OneShotItems[];
  readonly protocol: string;
  /** Id of the model that made the rows, where it is known. */
  readonly model?: string;
  /** Aligned images in the order of the rows, where they were embedded just now. */
  readonly crops?: CropSet;
}

/**
 * Opens what {@link embeddingOptions} name; `pictures` where --data gives pictures of embeddings. Throws a UsageError unless exactly one origin is given, and
 * for an option that the origin leaves without meaning.
 */
export async function openEmbeddings(
  context: CommandContext,
  pictures: boolean = false,
): Promise<EmbeddingSource> {
  const [embeddings, labels, model] = ["embeddings", "labels", "model"].map((name) => context.text(name));
  if ((embeddings === undefined) === (model === undefined)) {
    throw new UsageError("Give either --model or --embeddings");
  }
  if (labels !== undefined && embeddings === undefined) {
    throw new UsageError("Cannot use --labels without --embeddings FILE.npy");
  }
  if (model === undefined) {
    const idle = ["protocol", ...Object.keys(alignOptions), ...(pictures ? [] : ["data"])];
    refuseGiven(context, idle, "with --embeddings: it says what --model embeds");
  } else {
    refuseGiven(context, ["normalize"], "with --model: its rows lie on the unit sphere already");
  }
  const source =
    model !== undefined
      ? await openTestSide(context, model)
      : labels !== undefined
        ? ofTable(embeddings as string, labels)
        : ofFolder(embeddings as string);
  return context.flag("normalize") ? { ...source, vectors: onSphere(source.vectors) } : source;
}

/** A model's embeddings of the test side of a protocol. What commands do with them has no pause, so Ctrl-C ends the process from there on. */
export async function openTestSide(
  context: CommandContext,
  model: string,
): Promise<EmbeddingSource & { readonly model: string }> {
  const embedder = await openEmbedder(model, context);
  try {
    const { progress, signal } = context;
    const data = await openDataSet(testedData(context, embedder), { progress, signal });
    const align = alignmentOf(embedder, data.dataSet, alignOptionsOf(context));
    const seed = context.number("seed");
    const prepared = await prepare({ data, protocol: protocolOf(context), seed, align, progress, signal });
    const { crops, itemIndex } = prepared.test;
    const { labels, names: identities } = labelsOf(identityNames(crops));
    noteTrainedPeople(embedder, identities, context.note);
    const vectors = await embedder.embed(crops, { progress, signal });
    context.endAtOnce();
    return {
      vectors,
      labels,
      identities,
      names: crops.names,
      columns: new Map(),
      pairs: prepared.pairs,
      oneShotRuns: oneShotRows(prepared.opened.oneShotRuns, itemIndex),
      protocol: prepared.protocol.name,
      model: embedder.id,
      crops,
    };
  } finally {
    embedder.dispose();
  }
}

/**
 * What `--data` names, or the standard set. Throws a UsageError where it is left out and the model was trained on something else: a test on drawn faces would say nothing about it.
 */
export function testedData(context: CommandContext, { trainingData }: Embedder): string | undefined {
  const data = context.text("data");
  if (data === undefined && trainingData !== undefined && !trainingData.startsWith(`${SYNTHETIC_NAME};`)) {
    throw new UsageError(
      `--data is needed: the model was trained on ${trainingData}, and without it would be tested on synthetic faces`,
    );
  }
  return data;
}

function ofFolder(folder: string): EmbeddingSource {
  if (folder.endsWith(".npy")) {
    throw new UsageError(`--labels is needed: the CSV that names the rows of ${folder}`);
  }
  const { vectors, names, identities, model } = loadEmbeddings(folder);
  const known = labelsOf(identities);
  const protocol = "all embeddings of the folder";
  return {
    vectors,
    labels: known.labels,
    identities: known.names,
    names,
    columns: new Map(),
    oneShotRuns: [],
    protocol,
    model,
  };
}

function ofTable(npy: string, csv: string): EmbeddingSource {
  const { vectors, identities, columns } = loadEmbeddingTable(npy, csv);
  const known = labelsOf(identities);
  return {
    vectors,
    labels: known.labels,
    identities: known.names,
    names: columns.get("name"),
    columns,
    oneShotRuns: [],
    protocol: `all rows of ${npy}`,
  };
}

/** Rows of length 1. Throws a LabError for a row of zeros. */
function onSphere(x: Matrix): Matrix {
  const result = matrix(x.rows, x.columns);
  for (let i = 0; i < x.rows; i++) {
    const row = x.data.subarray(i * x.columns, (i + 1) * x.columns);
    const norm = Math.hypot(...row);
    if (norm === 0) {
      throw new LabError(`Cannot normalise row ${i}: its L2 norm must be above 0, current value is 0`);
    }
    for (let c = 0; c < x.columns; c++) result.data[i * x.columns + c] = row[c] / norm;
  }
  return result;
}
