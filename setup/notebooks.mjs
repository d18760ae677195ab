// Executes every notebook headless and compares nothing but success: errors, late errors and rejected promises fail.
//   node setup/notebooks.mjs          execute, keep the files as they are
//   node setup/notebooks.mjs --save   execute and store the outputs
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setUp } from "./all.mjs";
import { venvProgram } from "./python.mjs";
import { main, root, run, say } from "./steps.mjs";

export async function checkNotebooks(options = []) {
  const folder = join(root, "notebooks");
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".ipynb"))
        .sort()
    : [];
  for (const name of names) {
    say(`executing notebooks/${name}`);
    run(
      `notebook-${name}`,
      venvProgram("python"),
      [join(root, "setup", "execute_notebook.py"), ...options, join(folder, name)],
      {
        advice: `The notebook ${name} does not run`,
      },
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    await checkNotebooks(process.argv.slice(2));
  });
}
