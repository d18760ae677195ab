import assert from "node:assert/strict";
import test from "node:test";
import type { SkippedItem } from "../../lib/data/dataset";
import { countLeftOut, keptLeftOut, leftOutLines, shownLeftOut } from "../../lib/walk/leftOut";

const items = (count: number): SkippedItem[] =>
  Array.from({ length: count }, (_, i) => ({ name: `a/${i}.jpg`, reason: "an empty file" }));

test("leftOutLines() names ten and counts the rest", () => {
  assert.deepEqual(leftOutLines([]), []);
  assert.deepEqual(leftOutLines(items(1)), ["left out  a/0.jpg: an empty file"]);
  assert.equal(leftOutLines(items(10)).length, 10);
  assert.deepEqual(leftOutLines(items(13)).slice(9), [
    "left out  a/9.jpg: an empty file",
    "          and 3 more",
  ]);
  assert.deepEqual(leftOutLines([{ name: "\u202egpj\n", reason: "x\u001b[2J" }]), [
    "left out  \\u202egpj\\u000a: x\\u001b[2J",
  ]);
});

test("keptLeftOut() keeps fifty, shownLeftOut() makes names printable, and countLeftOut() tells files from folders", () => {
  assert.equal(keptLeftOut(items(51)).length, 50);
  const folder: SkippedItem = { name: "\u202eab", reason: "an identity folder without images", folder: true };
  assert.deepEqual(shownLeftOut([folder]), [{ ...folder, name: "\\u202eab" }]);
  assert.deepEqual(countLeftOut([...items(3), folder]), { files: 3, folders: 1 });
});
