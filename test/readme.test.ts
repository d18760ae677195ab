import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { commands } from "../lib/cli/commands";
import { packageRoot } from "../lib/core/folders";

const text = readFileSync(join(packageRoot(), "README.md"), "utf8");

/** The names in the first column of the table under `head`, ascending. */
function firstColumn(head: string): string[] {
  const table = text.slice(text.indexOf(head)).split("\n\n")[0];
  const cells = [...table.matchAll(/^\|([^|]*)\|/gm)].slice(2).map((match) => match[1]);
  return cells.flatMap((cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name)).sort();
}

test("README.md's map of the code names the folders of lib/, each once", () => {
  const entries = readdirSync(join(packageRoot(), "lib"), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual(firstColumn("| folder | idea |"), folders.sort());
});

test("README.md's table of commands names every command but the walk, which has a section of its own, each once", () => {
  const names = commands.map(({ name }) => name).filter((name) => name !== "walk");
  assert.deepEqual(firstColumn("| command | what it does |"), names.sort());
});

test("README.md links only to files that exist", () => {
  const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1]);
  assert.ok(links.length > 20);
  assert.deepEqual(
    links.filter((link) => !/^https?:/.test(link) && !existsSync(join(packageRoot(), link))),
    [],
  );
});
