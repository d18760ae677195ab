import assert from "node:assert/strict";
import { sha256 } from "../../lib/core/container";
import type { Store } from "../../lib/store/store";

/** What every store must do, on one that is empty. */
export async function keepsFiles(store: Store): Promise<void> {
  assert.deepEqual(await store.list(), []);
  assert.equal(await store.find("a.bin"), undefined);
  const data = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251);
  const file = { bytes: data.length, sha256: sha256(data) };
  assert.deepEqual(await store.write("a.bin", data), file);
  assert.deepEqual(await store.find("a.bin"), file);
  assert.deepEqual(new Uint8Array(await store.read("a.bin")), data);
  assert.deepEqual(new Uint8Array(await store.read("a.bin", { from: 100, to: 250 })), data.slice(100, 250));
  // The same again, then another text in its place.
  assert.deepEqual(await store.write("a.bin", data), file);
  await store.write("b.json", "ü");
  await store.write("b.json", "{}\n");
  assert.equal(Buffer.from(await store.read("b.json")).toString(), "{}\n");
  await store.write("empty", "");
  assert.equal((await store.read("empty")).length, 0);
  assert.deepEqual(await store.list(), ["a.bin", "b.json", "empty"]);
  await store.remove("b.json");
  await store.remove("b.json");
  assert.deepEqual(await store.list(), ["a.bin", "empty"]);
  await assert.rejects(store.read("b.json"), { name: "LabError", message: /^Cannot read .*b\.json: / });
  await assert.rejects(store.read("a.bin", { from: 5, to: 5 }), { name: "RangeError" });
  await assert.rejects(store.read("a.bin", { from: 299_999, to: 300_001 }), /Cannot read a range/);
  for (const name of ["../a.bin", "a/b", ".hidden", ""]) {
    await assert.rejects(async () => store.write(name, "x"), /its name must be letters, digits/);
    await assert.rejects(async () => store.read(name), /its name must be letters, digits/);
  }
}
