import assert from "node:assert/strict";
import test from "node:test";
import { strToU8, zipSync } from "fflate";
import { readZip } from "../../lib/data/zip";

const zipOf = (files: Readonly<Record<string, string>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));

test("readZip() gives the files by their names, folders left out", () => {
  const files = readZip(zipOf({ "a/": "", "a/b.txt": "hello", "c.txt": "" }), "x.zip");
  assert.deepEqual(
    [...files].map(([name, data]) => [name, Buffer.from(data).toString()]),
    [
      ["a/b.txt", "hello"],
      ["c.txt", ""],
    ],
  );
});

test("readZip() refuses names that would leave a folder, in one line with the archive and the name", () => {
  for (const name of ["../evil", "a/../../evil", "/etc/evil", "C:evil", "a\\..\\evil", "a\0b"]) {
    assert.throws(
      () => readZip(zipOf({ [name]: "x" }), "x.zip"),
      (error: Error) =>
        /^Cannot read x\.zip: names must stay inside the archive, current value is /.test(error.message) &&
        !/[\n\r]/.test(error.message),
      name,
    );
  }
});

test("readZip() takes __proto__ as a name like any other", () => {
  // An object literal with that key would set its prototype; the name is put in afterwards.
  const archive = Buffer.from(zipOf({ __prot0__: "x" }));
  for (let at = archive.indexOf("__prot0__"); at >= 0; at = archive.indexOf("__prot0__"))
    archive.write("__proto__", at);
  const files = readZip(archive, "x.zip");
  assert.ok(files.size <= 1);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  assert.equal(Object.getPrototypeOf({}), Object.prototype);
});

test("readZip() refuses a bomb by the sizes that it declares, before anything is inflated", () => {
  const bomb = zipOf({ zeros: "\0".repeat(2 ** 21) });
  assert.ok(bomb.length < 2 ** 13);
  assert.throws(() => readZip(bomb, "x.zip"), /zeros may have 1048576 bytes, current value is 2097152/);
  const many = zipOf(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`${i}`, "\0".repeat(1000)])));
  assert.throws(() => readZip(many, "x.zip", { maxBytes: 4000 }), /at most 4000 bytes are accepted in all/);
  assert.throws(() => readZip(many, "x.zip", { maxEntries: 4 }), /at most 4 entries are accepted/);
});

test("readZip() inflates no more of an entry than it declares", () => {
  const lying = Buffer.from(zipOf({ zeros: "\0".repeat(5000) }));
  // The size stands in the local header at 22, and in the central one, which the end record (22 bytes at the end) points to, at 24.
  const central = lying.readUInt32LE(lying.length - 22 + 16);
  lying.writeUInt32LE(10, 22);
  lying.writeUInt32LE(10, central + 24);
  assert.equal(readZip(lying, "x.zip").get("zeros")?.length, 10);
  // And one that declares more than it holds is refused.
  lying.writeUInt32LE(6000, 22);
  lying.writeUInt32LE(6000, central + 24);
  assert.throws(
    () => readZip(lying, "x.zip"),
    /^LabError: Cannot read x\.zip: zeros must have the declared 6000 bytes/,
  );
});

test("readZip() names the archive when it is none", () => {
  for (const bytes of [
    new Uint8Array(),
    Buffer.from("PK but no archive"),
    zipOf({ a: "b" }).subarray(0, 30),
  ]) {
    assert.throws(
      () => readZip(bytes, "x.zip"),
      /^LabError: Cannot read x\.zip: it must be a whole zip archive/,
    );
  }
});
