import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError, messageOf, UsageError } from "../core/errors";
import type { Matrix } from "../core/matrix";
import type { PairList } from "../data/dataset";
import type { OneShotItems } from "../data/omniglot";
import { openDataSet } from "../data/open";
import { parsePairList } from "../data/pairs";
import { embedCrops } from "../train/embed";
import { loadModel } from "../train/modelFolder";
import { type Clips, clipsOf } from "../walk/clipStage";
import { labelsOf, loadEmbeddings } from "../walk/embeddings";
import { loadEmbeddingTable, parseTable } from "../walk/embeddingTable";
import { sampledPairs } from "../walk/evaluateRows";
import { oneShotRows } from "../walk/evaluateStage";
import { alignmentOf } from "../walk/modelInput";
import { prepare } from "../walk/prepare";
import type { CommandContext } from "./command";
import { alignOptionsOf, protocolOf } from "./shared";

/** Rows with all that belongs to them, wherever they come from. */
export interface EvaluationInput {
  readonly vectors: Matrix;
  readonly labels: Int32Array;
  readonly identities: number;
  /** Names of the rows, where they have any. */
  readonly names?: readonly string[];
  /** Columns beside the identity, by name. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly pairs?: PairList;
  readonly oneShotRuns: readonly OneShotItems[];
  readonly protocol: string;
  /** Id of the model that made the rows, where it is known. */
  readonly model?: string;
}

/** Columns that say which row it is, not what kind. */
const KEYS: readonly string[] = ["", "identity", "name", "clip"];

/** The rows that the options name: a model's embeddings of a protocol's test side, a folder of `embed`, or a .npy file with a CSV. */
export async function evaluationInput(context: CommandContext): Promise<EvaluationInput> {
  const [model, embeddings, labels] = ["model", "embeddings", "labels"].map((name) => context.text(name));
  if ((model === undefined) === (embeddings === undefined)) {
    throw new UsageError("Give either --model or --embeddings");
  }
  if (labels !== undefined && embeddings === undefined)
    throw new UsageError("Give --labels with --embeddings FILE");
  const input =
    model !== undefined
      ? await modelInput(context, model)
      : labels !== undefined
        ? ofTable(embeddings as string, labels)
        : ofFolder(embeddings as string);
  return withAttributes(context, input);
}

/** A model's embeddings of the test side of a protocol. */
export async function modelInput(
  context: CommandContext,
  folder: string,
): Promise<EvaluationInput & { readonly model: string }> {
  if (!existsSync(join(folder, "card.json")) && existsSync(join(folder, "model", "card.json"))) {
    throw new LabError(
      `Cannot load the model ${folder}: this is a run folder, its model is ${join(folder, "model")}`,
    );
  }
  const { card, net } = loadModel(folder);
  try {
    const { progress, signal } = context;
    const data = await openDataSet(context.text("data"), { progress, signal });
    const prepared = await prepare({
      data,
      protocol: protocolOf(context),
      seed: context.number("seed"),
      align: alignmentOf(card, data.dataSet, alignOptionsOf(context)),
      progress,
      signal,
    });
    const { crops, itemIndex } = prepared.test;
    const { mirrorAverage } = card.embedding;
    return {
      vectors: await embedCrops(net, crops, { mirrorAverage, progress, signal }),
      labels: crops.labels,
      identities: new Set(crops.labels).size,
      names: crops.names,
      columns: new Map(),
      pairs: prepared.pairs,
      oneShotRuns: oneShotRows(prepared.opened.oneShotRuns, itemIndex),
      protocol: prepared.protocol.name,
      model: card.id,
    };
  } finally {
    net.dispose();
  }
}

function ofFolder(folder: string): EvaluationInput {
  const { vectors, names, identities, model } = loadEmbeddings(folder);
  const { labels, names: people } = labelsOf(identities);
  const protocol = "all embeddings of the folder";
  return {
    vectors,
    labels,
    identities: people.length,
    names,
    columns: new Map(),
    oneShotRuns: [],
    protocol,
    model,
  };
}

function ofTable(npy: string, csv: string): EvaluationInput {
  const { vectors, identities, columns } = loadEmbeddingTable(npy, csv);
  const { labels, names: people } = labelsOf(identities);
  const protocol = `all rows of ${npy}`;
  const names = columns.get("name");
  return { vectors, labels, identities: people.length, names, columns, oneShotRuns: [], protocol };
}

/** Adds the columns of `--attributes FILE`, joined by its column `name`. */
function withAttributes(context: CommandContext, input: EvaluationInput): EvaluationInput {
  const file = context.text("attributes");
  if (file === undefined) return input;
  const { names } = input;
  if (!names) throw new LabError(`Cannot use ${file}: the embeddings need names to join it`);
  const table = parseTable(readText(file), file);
  const keys = table.get("name");
  if (!keys) throw new LabError(`Cannot read ${file}: line 1: a column "name" is needed`);
  const at = new Map(keys.map((name, i) => [name, i]));
  if (!names.some((name) => at.has(name))) {
    throw new LabError(
      `Cannot use ${file}: none of its names is among the embeddings, the first is ${keys[0]}`,
    );
  }
  const columns = new Map(input.columns);
  for (const [column, cells] of table) {
    if (column !== "name")
      columns.set(
        column,
        names.map((name) => cells[at.get(name) ?? -1] ?? ""),
      );
  }
  return { ...input, columns };
}

/** The columns that `--slices` names, or all that say what kind a row is. Throws a UsageError for one that is not there. */
export function sliceColumns(
  context: CommandContext,
  { columns }: EvaluationInput,
): ReadonlyMap<string, readonly string[]> {
  const asked = context.text("slices")?.split(",");
  const names = asked ?? [...columns.keys()].filter((name) => !KEYS.includes(name));
  return new Map(
    names.map((name) => {
      const cells = columns.get(name);
      if (cells) return [name, cells];
      throw new UsageError(
        `Cannot slice by ${name}: the columns are ${[...columns.keys()].join(", ") || "none"}`,
      );
    }),
  );
}

/** The pairs of `--pairs`, else those of the protocol, else sampled ones. With clips, the list names clips. */
export function listedPairs(context: CommandContext, input: EvaluationInput): PairList | undefined {
  const file = context.text("pairs");
  if (file === undefined) return input.pairs ?? sampledPairs(input.labels, context.number("seed") ?? 1);
  const { names, labels } = input;
  if (!names)
    throw new LabError(`Cannot use ${file}: the embeddings need names, for example a column "name"`);
  return parsePairList(readText(file), file, { names, labels });
}

/** The clips of the table and their pairs, where it has a column `clip` and pairs can be made. */
export function clipPairs(
  context: CommandContext,
  { columns, labels }: EvaluationInput,
): { clips: Clips; pairs: PairList } | undefined {
  const column = columns.get("clip");
  const file = context.text("clip-pairs");
  if (!column) {
    if (file === undefined) return undefined;
    throw new UsageError('Cannot use --clip-pairs: the table needs a column "clip"');
  }
  const clips = clipsOf(column, labels);
  const pairs = file
    ? parsePairList(readText(file), file, clips)
    : sampledPairs(clips.labels, context.number("seed") ?? 1);
  return pairs && { clips, pairs };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
}
