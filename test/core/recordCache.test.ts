import assert from "node:assert/strict";
import fs, { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { openRecordCache } from "../../lib/core/recordCache";
import { inFolder } from "../inFolder";

test("openRecordCache() gives back what two writers put there, and nothing before it was flushed", () =>
  inFolder((place) => {
    const folder = join(place, "cache");
    const [a, b] = [openRecordCache<"old" | "new">(folder, 3), openRecordCache<"old" | "new">(folder, 3)];
    a.add("one", { status: "old", bytes: Uint8Array.of(1, 2, 3) });
    a.add("two", { status: "new", bytes: Uint8Array.of(4, 5, 6) });
    assert.equal(openRecordCache(folder, 3).get("one"), undefined);
    a.flush();
    b.add("three", { status: "new", bytes: Uint8Array.of(7, 8, 9) });
    b.flush();
    b.flush();
    const read = openRecordCache(folder, 3);
    assert.deepEqual(read.get("one"), { status: "old", bytes: Uint8Array.of(1, 2, 3) });
    assert.deepEqual(read.get("two"), { status: "new", bytes: Uint8Array.of(4, 5, 6) });
    assert.deepEqual(read.get("three"), { status: "new", bytes: Uint8Array.of(7, 8, 9) });
    assert.equal(read.get("four"), undefined);
  }));

test("openRecordCache() passes over lines that are cut off or point beyond the data, and says when it cannot write", () =>
  inFolder((place) => {
    const cache = openRecordCache(place, 2);
    cache.add("kept", { status: "x", bytes: Uint8Array.of(1, 2) });
    cache.flush();
    const index = readdirSync(place).find((name) => name.endsWith(".index"));
    appendFileSync(
      join(place, String(index)),
      '{"key":"beyond","offset":2,"status":"x"}\n{"key":"negative","offset":-2,"status":"x"}\n{"key":"cut',
    );
    const read = openRecordCache(place, 2);
    assert.deepEqual(read.get("kept")?.bytes, Uint8Array.of(1, 2));
    for (const key of ["beyond", "negative", "cut"]) assert.equal(read.get(key), undefined);
    writeFileSync(join(place, "file"), "");
    const blocked = openRecordCache(join(place, "file", "below"), 2);
    blocked.add("k", { status: "x", bytes: Uint8Array.of(1, 2) });
    assert.throws(() => blocked.flush(), /Cannot write the cache/);
  }));

/** The `at`-th append from here on writes one byte and fails as on a full disk; the others do as always. */
function failAppend(t: TestContext, at: number): void {
  const append = fs.appendFileSync;
  let calls = 0;
  t.mock.method(fs, "appendFileSync", (path: string, data: string | Uint8Array) => {
    calls++;
    append(path, calls === at ? data.slice(0, 1) : data);
    if (calls === at) throw new Error("ENOSPC: no space left on device, write");
  });
}

for (const [part, at] of [
  ["data", 1],
  ["index", 2],
] as const) {
  test(`flush() after one that wrote a part of the ${part} puts every record where it is read`, (t) =>
    inFolder((place) => {
      const cache = openRecordCache(place, 3);
      cache.add("before", { status: "x", bytes: Uint8Array.of(1, 2, 3) });
      cache.flush();
      cache.add("one", { status: "x", bytes: Uint8Array.of(4, 5, 6) });
      cache.add("two", { status: "x", bytes: Uint8Array.of(7, 8, 9) });
      failAppend(t, at);
      assert.throws(() => cache.flush(), /Cannot write the cache .*ENOSPC/);
      cache.add("after", { status: "x", bytes: Uint8Array.of(10, 11, 12) });
      cache.flush();
      const read = openRecordCache(place, 3);
      const bytes = ["before", "one", "two", "after"].map((key) => [...(read.get(key)?.bytes ?? [])]);
      assert.deepEqual(bytes, [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
        [10, 11, 12],
      ]);
    }));
}
