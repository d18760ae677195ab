import { readFileSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { LabError, messageOf } from "../core/errors";
import { decodeNpy } from "../core/npy";
import { decodeImage } from "../image/codec";
import type { Raster } from "../image/raster";
import { labelsOf } from "./embeddings";
import { loadEmbeddingTable } from "./embeddingTable";
import type { ExploreInput } from "./exploreStage";

/** Columns that say which row it is, not what kind. */
const KEYS: readonly string[] = ["", "identity", "name"];

/** Options of {@link exploreTable}. */
export interface ExploreTableOptions {
  /** .npy files of earlier checkpoints, in order of training; same rows as the main one. Default none. */
  readonly earlier?: readonly string[];
  /** Folder of the pictures; left out: no pictures. */
  readonly images?: string;
  /** Column with a picture's path inside `images`; default `name`. */
  readonly imageColumn?: string;
}

/** Embeddings of any origin with the CSV beside them, ready to explore. Throws a LabError that names the file which does not fit. */
export function exploreTable(npy: string, csv: string, options: ExploreTableOptions = {}): ExploreInput {
  const { earlier = [], images, imageColumn = "name" } = options;
  const { vectors, identities, columns } = loadEmbeddingTable(npy, csv);
  const known = labelsOf(identities);
  const files = columns.get(imageColumn);
  if (images !== undefined && !files) {
    throw new LabError(
      `Cannot use ${csv}: line 1: a column ${JSON.stringify(imageColumn)} is needed for the pictures, current value is ${[...columns.keys()].join(", ")}`,
    );
  }
  return {
    title: "Embeddings, explored",
    subtitle: `${vectors.rows} rows of ${basename(npy)}`,
    epochs: [
      ...earlier.map((file) => ({ label: basename(file), vectors: decodeNpy(read(file), file) })),
      { label: basename(npy), vectors },
    ],
    labels: known.labels,
    identities: known.names,
    names: columns.get("name") ?? identities.map((_, row) => `row ${row}`),
    columns: new Map([...columns].filter(([name]) => !KEYS.includes(name) && name !== imageColumn)),
    ...(images !== undefined && files && { picture: (row: number) => pictureOf(images, files[row]) }),
  };
}

/** A picture that is missing or damaged is no reason to show nothing: it is counted and said in the page. */
async function pictureOf(folder: string, file: string): Promise<Raster | undefined> {
  const path = isAbsolute(file) ? file : join(folder, file);
  try {
    return await decodeImage(readFileSync(path), path);
  } catch {
    return undefined;
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
}
