import { readFileSync } from "node:fs";
import { decodeCsv } from "../core/csv";
import { LabError, messageOf } from "../core/errors";
import { checkFinite, type Matrix } from "../core/matrix";
import { decodeNpy } from "../core/npy";

/** Embeddings of any origin with a table beside them: row i of the vectors belongs to line i + 2 of the CSV. */
export interface EmbeddingTable {
  /** N×D. */
  readonly vectors: Matrix;
  readonly identities: readonly string[];
  /** Every column of the CSV by its name, also `identity`; N cells each. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
}

/** Reads N×D float32 from a .npy file and N rows from a CSV with at least the column `identity`. Throws a LabError that names file and line. */
export function loadEmbeddingTable(npy: string, csv: string): EmbeddingTable {
  const vectors = decodeNpy(readOrRefuse(npy), npy);
  checkFinite(vectors, npy);
  const columns = parseTable(readOrRefuse(csv).toString("utf8"), csv);
  const identities = columns.get("identity");
  if (!identities) {
    throw new LabError(
      `Cannot read ${csv}: line 1: a column "identity" is needed, current value is ${[...columns.keys()].join(", ")}`,
    );
  }
  if (identities.length !== vectors.rows) {
    throw new LabError(
      `Cannot use ${csv}: one row for each of the ${vectors.rows} vectors in ${npy} is needed, current value is ${identities.length}`,
    );
  }
  const unnamed = identities.indexOf("");
  if (unnamed >= 0) throw new LabError(`Cannot read ${csv}: line ${unnamed + 2}: the identity is empty`);
  return { vectors, identities, columns };
}

/** A CSV with a head line as columns. Throws a LabError for a line that is too short or too long, or for two columns of one name. */
export function parseTable(text: string, name: string): Map<string, string[]> {
  // A mark of byte order, as spreadsheets write it, is not part of the first name.
  const [head = [], ...rows] = decodeCsv(text.replace(/^\uFEFF/, ""), name);
  const columns = new Map<string, string[]>(head.map((column) => [column, []]));
  if (columns.size !== head.length) {
    throw new LabError(
      `Cannot read ${name}: line 1: every column needs its own name, current value is ${head.join(", ")}`,
    );
  }
  rows.forEach((row, i) => {
    if (row.length !== head.length) {
      throw new LabError(
        `Cannot read ${name}: line ${i + 2}: ${head.length} cells are wanted, current value is ${row.length}`,
      );
    }
    row.forEach((cell, c) => {
      columns.get(head[c])?.push(cell);
    });
  });
  return columns;
}

function readOrRefuse(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
}
