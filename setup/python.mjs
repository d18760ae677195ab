// The Python environment in .venv: JupyterLab, headless execution, and the TypeScript kernel (tslab) as a kernelspec of its own.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, digest, root, run, SetupError, step, textOf, windows } from "./steps.mjs";

const venv = join(root, ".venv");
const requirements = join(root, "setup", "requirements.txt");

/** A program of the environment. */
export function venvProgram(name) {
  return join(venv, windows ? "Scripts" : "bin", windows ? `${name}.exe` : name);
}

/** A Python of at least 3.9, from PYTHON or the usual names. */
export function findPython() {
  const names = [process.env.PYTHON, "python3", "python", "py"].filter(Boolean);
  const found = names.find(
    (name) => attempt(name, ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).ok,
  );
  if (found) return found;
  throw new SetupError(
    "Python 3.9 or newer was not found: install it (or set PYTHON to it), then run the command again.",
  );
}

export async function preparePython() {
  await step("python", {
    title: "making the Python environment with JupyterLab",
    key: digest(textOf(requirements), venv),
    present: () => existsSync(venvProgram("jupyter-lab")) && existsSync(venvProgram("python")),
    work: install,
  });
  writeKernel();
}

function install() {
  rmSync(venv, { recursive: true, force: true });
  const advice =
    "JupyterLab could not be installed: check the network and the Python package index setting, then run the command again";
  if (attempt("uv", ["--version"]).ok) {
    run("python", "uv", ["venv", "-q", "--python", ">=3.9", venv], { advice });
    run("python", "uv", ["pip", "install", "-q", "--python", venvProgram("python"), "-r", requirements], {
      advice,
    });
    return;
  }
  makeVenv(findPython());
  const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements];
  run("python", venvProgram("python"), pip, { advice });
}

/** Debian ships Python without ensurepip: then virtualenv, then a bare environment that the system's pip fills. */
function makeVenv(python) {
  if (attempt(python, ["-m", "venv", venv]).ok) return;
  rmSync(venv, { recursive: true, force: true });
  if (attempt(python, ["-m", "virtualenv", "-q", venv]).ok) return;
  const bare = attempt(python, ["-m", "venv", "--without-pip", venv]);
  const pip = ["-m", "pip", "--python", venvProgram("python"), "install", "-q", "pip"];
  if (bare.ok && attempt(python, pip).ok) return;
  rmSync(venv, { recursive: true, force: true });
  throw new SetupError(
    'A Python virtual environment could not be made: on Debian or Ubuntu run "sudo apt install python3-venv", then run the command again.',
  );
}

/** The kernel by absolute paths, so that it also works when an editor starts Jupyter; and a Lab that does not ask for news. */
function writeKernel() {
  const kernel = {
    argv: [
      process.execPath,
      join(root, "node_modules", "tslab", "bin", "tslab"),
      "kernel",
      "--config-path",
      "{connection_file}",
    ],
    display_name: "TypeScript",
    language: "typescript",
    interrupt_mode: "signal",
  };
  writeIfChanged(join(venv, "share", "jupyter", "kernels", "tslab"), "kernel.json", kernel);
  writeIfChanged(join(venv, "share", "jupyter", "lab", "settings"), "overrides.json", {
    "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  });
}

function writeIfChanged(folder, name, value) {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  const path = join(folder, name);
  if (String(textOf(path)) === text) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
}
