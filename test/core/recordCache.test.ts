import assert from "node:assert/strict";
import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
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
