import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { folderStore } from "../../lib/store/folderStore";
import { isAddress, openStore } from "../../lib/store/open";
import { s3Store } from "../../lib/store/s3Store";
import { placeOf } from "../../lib/store/store";
import { inFolder } from "../inFolder";
import { keepsFiles } from "./contract";

test("folderStore() keeps files, whole or not at all", () =>
  inFolder(async (folder) => {
    const place = join(folder, "new", "store");
    await keepsFiles(folderStore(place));
    // What is on its way does not count, and nothing stays behind.
    assert.deepEqual(readdirSync(place).sort(), ["a.bin", "empty"]);
    writeFileSync(join(place, ".a.bin.1.tmp"), "half");
    assert.deepEqual(await folderStore(place).list(), ["a.bin", "empty"]);
  }));

test("folderStore() names the file that the disk refuses", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "file"), "");
    await assert.rejects(
      folderStore(join(folder, "file")).write("a", "x"),
      /^LabError: Cannot write .*file.a: /,
    );
    mkdirSync(join(folder, "sub"));
    await assert.rejects(folderStore(folder).read("sub"), /^LabError: Cannot read .*sub: /);
  }));

test("openStore() takes a path and a file:// address of the same folder, and refuses other schemes", () =>
  inFolder(async (folder) => {
    await openStore(folder).write("a", "1");
    const address = pathToFileURL(folder).href;
    assert.deepEqual(await openStore(address).list(), ["a"]);
    assert.throws(
      () => openStore("ftp://host/x"),
      /^LabError: Cannot open ftp:\/\/host\/x: a path, a file:\/\/ or an s3:\/\/ address is wanted/,
    );
    assert.throws(() => openStore("file://other-host/x"), /^LabError: Cannot open file:\/\/other-host\/x/);
    assert.deepEqual([folder, address, "s3://a/b", "C:/x"].map(isAddress), [false, true, true, false]);
  }));

test("s3Store() refuses addresses and endpoints that are none, before anything is sent", () => {
  for (const url of ["s3://", "s3://A/x", "s3://bucket/../x", "s3:bucket"]) {
    assert.throws(
      () => s3Store(url),
      /^LabError: Cannot use .*: an address like s3:\/\/BUCKET\/PREFIX is wanted/,
      url,
    );
  }
  assert.throws(
    () => s3Store("s3://bucket/x", { endpoint: "localhost:9000" }),
    /the S3 endpoint: .* current value is localhost:9000/,
  );
});

test("placeOf() names a file of a store", () => {
  assert.deepEqual(
    [placeOf({ url: "s3://b/p" }, "x"), placeOf({ url: "s3://b/" }, "x")],
    ["s3://b/p/x", "s3://b/x"],
  );
});
