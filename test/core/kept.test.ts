import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { readKept } from "../../lib/core/kept";

test("readKept() gives what was kept, nothing where there is none, and names a file that holds something else", () => {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  const path = join(folder, "run.json");
  const parse = (json: unknown): number | undefined => (json === 7 ? 7 : undefined);
  const read = (): number | undefined => readKept(path, parse, "a seven; remove it");
  try {
    assert.equal(read(), undefined);
    writeFileSync(path, "7\n");
    assert.equal(read(), 7);
    for (const other of ["8", "{", ""]) {
      writeFileSync(path, other);
      assert.throws(read, {
        name: "LabError",
        message: `Cannot read ${path}: it must hold a seven; remove it`,
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
