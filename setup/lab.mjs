// npm run lab [-- JupyterLab's options]: the notebooks, without the walk.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { setUp } from "./all.mjs";
import { venvProgram } from "./python.mjs";
import { main, root, say } from "./steps.mjs";

/**
 * The options of JupyterLab: the first notebook unless one is named, and this machine only. The token stays Jupyter's own random one, which stands in no
 * list of processes. What a person gives comes last and wins.
 */
export function labArguments(args) {
  const folder = join(root, "notebooks");
  const first = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".ipynb"))
        .sort()[0]
    : undefined;
  const named = args.some((arg) => arg.endsWith(".ipynb"));
  const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
  return [
    ...(first && !named ? [join("notebooks", first)] : []),
    "--ip=127.0.0.1",
    `--ServerApp.root_dir=${root}`,
    ...asRoot,
    ...args,
  ];
}

/** JupyterLab on the first notebook: this machine only, token on. Resolves with its exit code. */
export function openLab(args) {
  say("opening JupyterLab (Ctrl-C twice ends it)");
  const lab = spawn(venvProgram("jupyter-lab"), labArguments(args), {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: dirname(venvProgram("python")) + delimiter + process.env.PATH },
  });
  const pass = (signal) => lab.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, pass);
  return new Promise((done) => lab.on("exit", (code) => done(code ?? 0)));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    return openLab(process.argv.slice(2));
  });
}
