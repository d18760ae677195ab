// The Python environment in .venv: JupyterLab, headless execution, and the TypeScript kernel (tslab) as a kernelspec of its own.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { attempt, digest, root, run, SetupError, say, step, textOf, windows } from "./steps.mjs";

const venv = join(root, ".venv");
/** Every package with its version and the sums of its files: pip and uv then take nothing else. Made from requirements.txt, see CONTRIBUTING.md. */
const requirements = join(root, "setup", "requirements.lock");

/** A program of the environment. */
export function venvProgram(name, folder = venv) {
  return join(folder, windows ? "Scripts" : "bin", windows ? `${name}.exe` : name);
}

/** A Python of at least 3.10 (JupyterLab asks for it), from PYTHON or the usual names. */
export function findPython() {
  const names = [process.env.PYTHON, "python3", "python", "py"].filter(Boolean);
  const found = names.find(
    (name) => attempt(name, ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]).ok,
  );
  if (found) return found;
  throw new SetupError(
    "Python 3.10 or newer was not found: install it (or set PYTHON to it), then run the command again.",
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
  fill(venv, requirements, "python");
}

/**
 * An environment beside the usual one, at `.setup/NAME`, for programs that only developers need. The packages of the file `bare`, where one is given, are added
 * without what they ask for; where a platform has none of them, that is said. Returns its Python.
 */
export async function prepareEnvironment(name, wanted, bare) {
  const folder = join(root, ".setup", name);
  const python = venvProgram("python", folder);
  await step(`environment-${name}`, {
    title: `making the Python environment "${name}" (its packages can be gigabytes)`,
    key: digest(textOf(wanted), ...(bare ? [textOf(bare)] : []), folder),
    present: () => existsSync(python),
    work: () => {
      fill(folder, wanted, name);
      if (bare) addBare(python, bare, name);
    },
  });
  return python;
}

/** Makes the environment `folder` anew with the packages that the file `wanted` lists; `name` names the log. */
function fill(folder, wanted, name) {
  rmSync(folder, { recursive: true, force: true });
  const python = venvProgram("python", folder);
  const advice =
    "The Python packages could not be installed: check the network and the Python package index setting, then run the command again";
  if (attempt("uv", ["--version"]).ok) {
    run(name, "uv", ["venv", "-q", "--python", ">=3.10", folder], { advice });
  } else {
    makeVenv(findPython(), folder);
  }
  installInto(python, ["-r", wanted], name, advice);
}

function addBare(python, bare, name) {
  try {
    const advice = `${basename(bare)} was left out: not every platform has its packages`;
    installInto(python, ["--no-deps", "--only-binary", ":all:", "-r", bare], `${name}-bare`, advice);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
  }
}

function installInto(python, args, name, advice) {
  if (attempt("uv", ["--version"]).ok) {
    run(name, "uv", ["pip", "install", "-q", "--python", python, ...args], { advice });
    return;
  }
  run(name, python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...args], { advice });
}

/** Debian ships Python without ensurepip: then virtualenv, then a bare environment that the system's pip fills. */
function makeVenv(python, folder) {
  if (attempt(python, ["-m", "venv", folder]).ok) return;
  rmSync(folder, { recursive: true, force: true });
  if (attempt(python, ["-m", "virtualenv", "-q", folder]).ok) return;
  const bare = attempt(python, ["-m", "venv", "--without-pip", folder]);
  const pip = ["-m", "pip", "--python", venvProgram("python", folder), "install", "-q", "pip"];
  if (bare.ok && attempt(python, pip).ok) return;
  rmSync(folder, { recursive: true, force: true });
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
