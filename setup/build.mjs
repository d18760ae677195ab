// Compiles lib/ and test/ into dist/. tslab replaces node_modules/.bin/tsc by its own older compiler, so it is called by path.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { digest, root, run, step, textOf, treeKey } from "./steps.mjs";

export async function build() {
  const sources = ["lib", "test"].map((folder) => treeKey(join(root, folder)));
  const names = digest(...sources.map((source) => source.replace(/:\d+:[\d.]+$/gm, "")));
  // A renamed or deleted source must not live on in dist/.
  await step("sources", {
    title: "making room for the build",
    key: names,
    present: () => true,
    work: () => rmSync(join(root, "dist"), { recursive: true, force: true }),
  });
  await step("build", {
    title: "compiling",
    key: digest(...sources, textOf(join(root, "tsconfig.json")), textOf(join(root, "package-lock.json"))),
    present: () => existsSync(join(root, "dist", "lib", "index.js")),
    work: () =>
      void run(
        "build",
        process.execPath,
        [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "."],
        { advice: "The sources do not compile" },
      ),
  });
}
