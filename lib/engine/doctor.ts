import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { messageOf } from "../core/errors";
import { cacheFolder, packageRoot } from "../core/folders";
import { loadEngine } from "./load";

/** What is on this machine. Plain JSON. */
export interface Diagnosis {
  readonly engine: {
    readonly loaded: boolean;
    readonly version: string | null;
    /** Version of libtensorflow where it can be told. */
    readonly tensorflow: string | null;
    readonly threads: number;
    readonly error: string | null;
  };
  readonly node: { readonly version: string; readonly supported: boolean };
  readonly python: {
    readonly version: string | null;
    readonly jupyterlab: string | null;
    readonly environment: string;
  };
  readonly kernel: { readonly installed: boolean; readonly path: string; readonly tslab: string | null };
  readonly data: readonly {
    readonly name: string;
    readonly path: string;
    readonly found: boolean;
    readonly identities: number | null;
  }[];
}

/** Looks; changes nothing. */
export async function diagnose(env: NodeJS.ProcessEnv = process.env): Promise<Diagnosis> {
  const root = packageRoot();
  const venv = join(root, ".venv");
  const kernel = join(venv, "share", "jupyter", "kernels", "tslab", "kernel.json");
  const [major, minor] = process.versions.node.split(".").map(Number);
  const folders: [string, string][] = [
    ["omniglot (embedded)", join(root, "data", "omniglot", "omniglot.pack.br")],
    ["lfw", env.FACENET_LAB_LFW || join(root, "data", "lfw")],
    ["cache", cacheFolder(env)],
  ];
  return {
    engine: engineState(root),
    node: { version: process.versions.node, supported: major > 20 || (major === 20 && minor >= 19) },
    python: {
      version: ask(join(venv, "bin", "python"), ["--version"])?.replace("Python ", "") ?? null,
      jupyterlab: installedVersion(venv, "jupyterlab"),
      environment: venv,
    },
    kernel: { installed: existsSync(kernel), path: kernel, tslab: packageVersion(root, "tslab") },
    data: folders.map(([name, path]) => ({
      name,
      path,
      found: existsSync(path),
      identities: name === "lfw" ? countFolders(path) : null,
    })),
  };
}

function engineState(root: string): Diagnosis["engine"] {
  const version = packageVersion(root, "@tensorflow/tfjs-node");
  const deps = join(root, "node_modules", "@tensorflow", "tfjs-node", "deps");
  const staged = existsSync(deps) ? /tensorflow-([\d.]+)/.exec(basename(realpathSync(deps))) : null;
  const state = { version, tensorflow: staged?.[1] ?? null, threads: availableParallelism() };
  try {
    const tf = loadEngine();
    const right = tf.tidy(() => tf.matMul([[2]], [[3]]).dataSync()[0] === 6);
    return { ...state, loaded: right, error: right ? null : "a product came out wrong" };
  } catch (error) {
    return { ...state, loaded: false, error: messageOf(error) };
  }
}

function ask(program: string, args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

function packageVersion(root: string, name: string): string | null {
  const path = join(root, "node_modules", name, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version : null;
}

/** Version of a Python package from the name of its metadata folder. */
function installedVersion(venv: string, name: string): string | null {
  const lib = join(venv, "lib");
  const pythons = existsSync(lib) ? readdirSync(lib).map((python) => join(lib, python, "site-packages")) : [];
  for (const folder of [...pythons, join(venv, "Lib", "site-packages")]) {
    const found = existsSync(folder)
      ? readdirSync(folder).find((entry) => entry.startsWith(`${name}-`) && entry.endsWith(".dist-info"))
      : undefined;
    if (found) return found.slice(name.length + 1, -".dist-info".length);
  }
  return null;
}

function countFolders(path: string): number | null {
  if (!existsSync(path)) return null;
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).length;
}

/** The diagnosis for a terminal. */
export function diagnosisText({ engine, node, python, kernel, data }: Diagnosis): string {
  const mark = (good: boolean): string => (good ? "ok     " : "MISSING");
  return [
    `${mark(engine.loaded)} engine   tfjs-node ${engine.version ?? "?"}, libtensorflow ${engine.tensorflow ?? "?"}, ${engine.threads} threads${engine.error ? `: ${engine.error}` : ""}`,
    `${mark(node.supported)} node     ${node.version}`,
    `${mark(python.jupyterlab !== null)} python   ${python.version ?? "none"}, JupyterLab ${python.jupyterlab ?? "not installed (npm run setup)"}`,
    `${mark(kernel.installed)} kernel   tslab ${kernel.tslab ?? "?"}${kernel.installed ? "" : " is not registered (npm run setup)"}`,
    ...data.map(
      ({ name, path, found, identities }) =>
        `${found ? "ok     " : "-      "} data     ${name}: ${path}${identities === null ? "" : `, ${identities} identities`}${found ? "" : " (not there)"}`,
    ),
  ].join("\n");
}
