import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { packageRoot } from "../../lib/core/folders";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { decodeParquet, encodeParquet } from "../../lib/jobs/parquet";

test("decodeParquet() reads what encodeParquet() wrote, to the bit", async () => {
  const row = fc.record({ name: fc.string({ unit: "binary" }), identity: fc.string() });
  const values = fc.float32Array({ minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), values, async (rows, floats) => {
      const table = {
        names: rows.map(({ name }) => name),
        identities: rows.map(({ identity }) => identity),
        vectors: matrix(rows.length, 3, floats.slice(0, 3 * rows.length)),
      };
      const bytes = await encodeParquet(table);
      assert.deepEqual(await decodeParquet(bytes, "x"), table);
      assert.deepEqual(await encodeParquet(table), bytes);
    }),
    { numRuns: 20 },
  );
});

/** Golden: see the header of test/golden/parquet.json, made by test/golden/parquet.py. */
interface Golden {
  readonly name: string[];
  readonly identity: string[];
  readonly embedding: number[][];
  readonly files: Readonly<Record<"plain" | "snappy", string>>;
}

test("decodeParquet() reads the files of pyarrow, compressed and in several groups too", async () => {
  const golden = JSON.parse(
    readFileSync(join(packageRoot(), "test", "golden", "parquet.json"), "utf8"),
  ) as Golden;
  for (const file of Object.values(golden.files)) {
    assert.deepEqual(await decodeParquet(Buffer.from(file, "base64"), "golden"), {
      names: golden.name,
      identities: golden.identity,
      vectors: matrixFromRows(golden.embedding),
    });
  }
});

test("decodeParquet() refuses what is no table of embeddings, by name", async () => {
  const good = { names: ["a", "b"], identities: ["a", "b"], vectors: matrix(2, 2) };
  const bytes = await encodeParquet(good);
  await assert.rejects(decodeParquet(bytes.slice(0, 40), "cut.parquet"), {
    name: "LabError",
    message: /^Cannot read cut\.parquet: a Parquet file of embeddings is wanted/,
  });
  await assert.rejects(decodeParquet(Buffer.from("no table"), "text"), /Cannot read text/);
});
