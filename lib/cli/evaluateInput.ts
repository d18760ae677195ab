import { readFileSync } from "node:fs";
import { LabError, messageOf, UsageError } from "../core/errors";
import type { PairList } from "../data/dataset";
import { parsePairList } from "../data/pairs";
import { type Clips, clipsOf } from "../walk/clipStage";
import { parseTable } from "../walk/embeddingTable";
import { sampledPairs } from "../walk/listedPairs";
import type { CommandContext } from "./command";
import { type EmbeddingSource, openEmbeddings } from "./embeddingSource";

/** Columns that say which row it is, not what kind. */
const KEYS: readonly string[] = ["", "identity", "name", "clip"];

/** The rows that the options name, with the columns of `--attributes`. */
export async function evaluationInput(context: CommandContext): Promise<EmbeddingSource> {
  return withAttributes(context, await openEmbeddings(context, context.given("html")));
}

/** Adds the columns of `--attributes FILE`, joined by its column `name`. Throws a LabError for a name of an embedding that stands there twice. */
function withAttributes(context: CommandContext, input: EmbeddingSource): EmbeddingSource {
  const file = context.text("attributes");
  if (file === undefined) return input;
  const { names } = input;
  if (!names) throw new LabError(`Cannot use ${file}: the embeddings need names to join it`);
  const table = parseTable(readText(file), file);
  const keys = table.get("name");
  if (!keys) throw new LabError(`Cannot read ${file}: line 1: a column "name" is needed`);
  const at = keyRows(keys, new Set(names), file);
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

/** The row of each key in a table. */
function keyRows(keys: readonly string[], used: ReadonlySet<string>, file: string): Map<string, number> {
  const at = new Map<string, number>();
  for (const [row, key] of keys.entries()) {
    const before = at.get(key);
    if (before !== undefined && used.has(key)) {
      throw new LabError(
        `Cannot read ${file}: line ${row + 2}: a name must stand once, current value is ${JSON.stringify(key)}, as in line ${before + 2}`,
      );
    }
    at.set(key, row);
  }
  return at;
}

/** The columns that `--slices` names, or all that say what kind a row is. Throws a UsageError for one that is not there. */
export function sliceColumns(
  context: CommandContext,
  { columns }: EmbeddingSource,
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
export function listedPairs(context: CommandContext, input: EmbeddingSource): PairList | undefined {
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
  { columns, labels }: EmbeddingSource,
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
