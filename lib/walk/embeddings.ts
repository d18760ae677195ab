import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { decodeCsv, encodeCsv } from "../core/csv";
import { LabError, messageOf } from "../core/errors";
import { writeFolderAtomic } from "../core/files";
import { checkFinite, type Matrix } from "../core/matrix";
import { decodeNpy, encodeNpy } from "../core/npy";

/** Embeddings with what belongs to them: a folder of `vectors.npy` (N×D float32), `images.csv` and `embeddings.json`. */
export interface EmbeddingFolder {
  readonly vectors: Matrix;
  readonly names: readonly string[];
  /** Identity name per row. */
  readonly identities: readonly string[];
  /** Id of the model that made them: vectors of different models must not be compared. */
  readonly model: string;
}

/** The files of an embedding folder; a folder with others is never replaced. */
export const embeddingFiles: readonly string[] = ["vectors.npy", "images.csv", "embeddings.json"];

const factsSchema = z.object({
  format: z.literal("facenet-lab embeddings 1"),
  model: z.string(),
  distance: z.literal("squared L2"),
  rows: z.number().int(),
  columns: z.number().int(),
});

/** Writes the folder, whole or not at all. */
export function saveEmbeddings(folder: string, { vectors, names, identities, model }: EmbeddingFolder): void {
  const facts = {
    format: "facenet-lab embeddings 1",
    model,
    distance: "squared L2",
    rows: vectors.rows,
    columns: vectors.columns,
  };
  writeFolderAtomic(folder, embeddingFiles, (temporary) => {
    writeFileSync(join(temporary, "vectors.npy"), encodeNpy(vectors));
    const rows = names.map((name, i) => [name, identities[i]]);
    writeFileSync(join(temporary, "images.csv"), encodeCsv([["name", "identity"], ...rows]));
    writeFileSync(join(temporary, "embeddings.json"), `${JSON.stringify(facts, null, 2)}\n`);
  });
}

/** Reads what `saveEmbeddings` wrote. Throws a LabError that names the file when something is missing or does not fit. */
export function loadEmbeddings(folder: string): EmbeddingFolder {
  const read = (name: string): Buffer => {
    try {
      return readFileSync(join(folder, name));
    } catch (error) {
      throw new LabError(`Cannot read the embeddings ${folder}: ${messageOf(error)}`);
    }
  };
  let facts: z.infer<typeof factsSchema>;
  try {
    facts = factsSchema.parse(JSON.parse(read("embeddings.json").toString("utf8")));
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(`Cannot read ${join(folder, "embeddings.json")}: it is no description of embeddings`);
  }
  const vectors = decodeNpy(read("vectors.npy"), join(folder, "vectors.npy"));
  const csv = join(folder, "images.csv");
  const rows = decodeCsv(read("images.csv").toString("utf8"), csv).slice(1);
  if (vectors.rows !== facts.rows || vectors.columns !== facts.columns || rows.length !== facts.rows) {
    throw new LabError(
      `Cannot read the embeddings ${folder}: ${facts.rows} rows of ${facts.columns} are wanted, current values are ${vectors.rows} of ${vectors.columns} and ${rows.length} names`,
    );
  }
  const odd = rows.findIndex((row) => row.length !== 2);
  if (odd >= 0)
    throw new LabError(
      `Cannot read ${csv}: line ${odd + 2}: two cells are wanted, current value is ${rows[odd].length}`,
    );
  checkFinite(vectors, `the embeddings ${folder}`);
  return {
    vectors,
    names: rows.map(([name]) => name),
    identities: rows.map(([, identity]) => identity),
    model: facts.model,
  };
}

/** Identity names as indices in order of first appearance. */
export function labelsOf(identities: readonly string[]): { labels: Int32Array; names: string[] } {
  const index = new Map<string, number>();
  const labels: Int32Array = Int32Array.from(identities, (name) => {
    const known = index.get(name) ?? index.size;
    index.set(name, known);
    return known;
  });
  return { labels, names: [...index.keys()] };
}
