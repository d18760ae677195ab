// Executes every notebook headless and compares nothing but success: errors, late errors and rejected promises fail.
//   node setup/notebooks.mjs                  execute in the fast mode (fewer steps and images, same code), keep the files as they are
//   node setup/notebooks.mjs --save [words]   execute in full those whose name holds a word (default all), store the outputs and print the seconds
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setUp } from "./all.mjs";
import { venvProgram } from "./python.mjs";
import { main, root, run, say } from "./steps.mjs";

export async function checkNotebooks({ save = false, words = [] } = {}) {
  const folder = join(root, "notebooks");
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".ipynb"))
        .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
        .sort()
    : [];
  for (const name of names) {
    say(`executing notebooks/${name}${save ? "" : " in the fast mode"}`);
    const start = Date.now();
    run(
      `notebook-${name}`,
      venvProgram("python"),
      [join(root, "setup", "execute_notebook.py"), ...(save ? ["--save"] : []), join(folder, name)],
      {
        env: { ...process.env, FACENET_LAB_FAST: save ? "0" : "1" },
        advice: `The notebook ${name} does not run`,
      },
    );
    if (save) say(`${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    const words = process.argv.slice(2).filter((word) => word !== "--save");
    await checkNotebooks({ save: process.argv.includes("--save"), words });
  });
}
