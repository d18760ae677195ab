import { LabError, messageOf } from "../core/errors";
import { type Matrix, matrix } from "../core/matrix";

/** The one door to hyparquet and hyparquet-writer: Apache Parquet in plain JavaScript, so that tables of embeddings open in pandas, DuckDB, Spark or Ray. */

/** Rows of a table of embeddings. */
export interface EmbeddingRows {
  readonly names: readonly string[];
  readonly identities: readonly string[];
  /** N×D. */
  readonly vectors: Matrix;
}

/**
 * A Parquet file of the columns `name`, `identity` (strings) and `embedding` (a list of 32-bit floats), without compression, which floats do not reward. The same
 * rows give the same bytes.
 */
export async function encodeParquet({ names, identities, vectors }: EmbeddingRows): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const { rows, columns, data } = vectors;
  const text = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" } as const;
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "name", data: [...names] },
      { name: "identity", data: [...identities] },
      {
        name: "embedding",
        data: Array.from({ length: rows }, (_, i) =>
          Array.from(data.subarray(i * columns, (i + 1) * columns)),
        ),
      },
    ],
    schema: [
      { name: "root", num_children: 3 },
      { name: "name", ...text },
      { name: "identity", ...text },
      { name: "embedding", converted_type: "LIST", repetition_type: "REQUIRED", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
    ],
    codec: "UNCOMPRESSED",
    statistics: false,
    rowGroupSize: Math.max(1, rows),
  });
  return new Uint8Array(buffer);
}

/**
 * Reads what `encodeParquet` or another program wrote with these columns. Throws a LabError that names the file otherwise. Only for files whose sum was
 * checked or that come from a program one trusts: a damaged page can keep hyparquet busy for ever.
 */
export async function decodeParquet(bytes: Uint8Array, name: string): Promise<EmbeddingRows> {
  const { parquetReadObjects } = await import("hyparquet");
  const file = new Uint8Array(bytes).buffer;
  try {
    const rows: Record<string, unknown>[] = await parquetReadObjects({ file });
    const columns = (rows[0]?.embedding as ArrayLike<number> | undefined)?.length ?? 0;
    const vectors = matrix(rows.length, columns);
    const texts = (column: string): string[] =>
      rows.map((row, i) => {
        const value = row[column];
        if (typeof value !== "string") throw new Error(`row ${i}: the column ${column} must hold text`);
        return value;
      });
    rows.forEach(({ embedding }, i) => {
      const values = embedding as ArrayLike<unknown> | undefined;
      const fits =
        values?.length === columns && Array.from(values).every((value) => typeof value === "number");
      if (!fits) throw new Error(`row ${i}: the column embedding must hold ${columns} numbers`);
      vectors.data.set(values as ArrayLike<number>, i * columns);
    });
    return { names: texts("name"), identities: texts("identity"), vectors };
  } catch (error) {
    throw new LabError(`Cannot read ${name}: a Parquet file of embeddings is wanted: ${messageOf(error)}`);
  }
}
