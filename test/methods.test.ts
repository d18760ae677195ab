import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../lib/core/folders";
import { miningRuleNames } from "../lib/miners/rules";
import { netNames } from "../lib/nets/named";
import { samplerNames } from "../lib/samplers/choice";
import { objectiveNames } from "../lib/train/objectives";

const lib = join(packageRoot(), "lib");
const text = readFileSync(join(lib, "README.md"), "utf8");

test("lib/README.md links only to files that exist", () => {
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]);
  assert.ok(links.length > 60);
  assert.deepEqual(
    links.filter((link) => !existsSync(join(lib, link))),
    [],
  );
});

test("lib/README.md names every objective, mining rule, sampler and net", () => {
  const names = [...objectiveNames, ...miningRuleNames, ...samplerNames].map((name) => `\`${name}\``);
  const missing = [...names, ...netNames.map((name) => name.replace("Table6", "net of Table 6"))].filter(
    (name) => !text.includes(name),
  );
  assert.deepEqual(missing, []);
});
