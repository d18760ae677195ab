import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { checkFolderFree, writeFileAtomic, writeFolderAtomic } from "../../lib/core/files";
import { inFolder } from "../inFolder";

test("writeFileAtomic() writes the file, makes its folder and leaves nothing else", () =>
  inFolder((folder) => {
    writeFileAtomic(join(folder, "a", "b.txt"), "hello");
    assert.equal(readFileSync(join(folder, "a", "b.txt"), "utf8"), "hello");
    assert.deepEqual(readdirSync(join(folder, "a")), ["b.txt"]);
  }));

test("writeFileAtomic() names the file when it cannot be written and leaves nothing behind", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "file"), "");
    assert.throws(() => writeFileAtomic(join(folder, "file", "x.txt"), "y"), /Cannot write .*x\.txt/);
    assert.deepEqual(readdirSync(folder), ["file"]);
  }));

test("writeFolderAtomic() replaces the folder as a whole", () =>
  inFolder((folder) => {
    const target = join(folder, "model");
    writeFolderAtomic(target, ["old", "new"], (f) => writeFileSync(join(f, "old"), "1"));
    writeFolderAtomic(target, ["old", "new"], (f) => writeFileSync(join(f, "new"), "2"));
    assert.deepEqual(readdirSync(target), ["new"]);
    assert.deepEqual(readdirSync(folder), ["model"]);
  }));

test("writeFolderAtomic() keeps the old folder when filling fails", () =>
  inFolder((folder) => {
    const target = join(folder, "model");
    writeFolderAtomic(target, ["old", "new"], (f) => writeFileSync(join(f, "old"), "1"));
    assert.throws(
      () =>
        writeFolderAtomic(target, ["old", "new"], (f) => {
          writeFileSync(join(f, "half"), "");
          throw new Error("disk full");
        }),
      /Cannot write .*model: disk full/,
    );
    assert.deepEqual(readdirSync(target), ["old"]);
    assert.ok(existsSync(target));
    assert.deepEqual(readdirSync(folder), ["model"]);
  }));

test("writeFolderAtomic() never replaces what it does not own", () =>
  inFolder((folder) => {
    const target = join(folder, "photos");
    mkdirSync(target);
    writeFileSync(join(target, "holiday.jpg"), "1");
    assert.throws(
      () => writeFolderAtomic(target, ["card.json"], () => assert.fail("nothing may be filled")),
      /Cannot write the folder .*photos: it must be new, empty or hold only card\.json, it holds "holiday\.jpg"/,
    );
    assert.deepEqual(readdirSync(target), ["holiday.jpg"]);
    assert.throws(() => checkFolderFree(join(target, "holiday.jpg")), /Cannot write the folder .*ENOTDIR/);
  }));
