// npm test [-- words]: all set-up, then types, lint, the tests (or only those test files whose path holds a word), and the notebooks.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setUp } from "./all.mjs";
import { checkNotebooks } from "./notebooks.mjs";
import { main, root, run, say } from "./steps.mjs";

const words = process.argv.slice(2);

function testFiles() {
  const folder = join(root, "dist", "test");
  return readdirSync(folder, { recursive: true })
    .filter(
      (name) => name.endsWith(".test.js") && existsSync(join(root, "test", name.replace(/\.js$/, ".ts"))),
    )
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .map((name) => join(folder, name))
    .sort();
}

await main(async () => {
  await setUp();
  say("checking style (Biome)");
  run(
    "lint",
    process.execPath,
    [join(root, "node_modules", "@biomejs", "biome", "bin", "biome"), "ci", "--error-on-warnings", "."],
    {
      advice: 'The sources break a style rule: "npm run lint" shows where',
    },
  );
  if (words.length === 0) await checkNotebooks();
  say("running the tests");
  const files = testFiles();
  if (files.length === 0) {
    say(`no test file has one of these words in its path: ${words.join(", ")}`);
    return 1;
  }
  const options = ["--test", "--enable-source-maps", "--test-reporter=spec", "--test-concurrency=2"];
  return spawnSync(process.execPath, [...options, ...files], { cwd: root, stdio: "inherit" }).status ?? 1;
});
