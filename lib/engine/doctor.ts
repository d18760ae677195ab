import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { messageOf } from "../core/errors";
import { cacheFolder, packageRoot } from "../core/folders";
import { type EngineBuild, engineBuild } from "./build";
import { computesOnGpu, nvidiaGpus } from "./gpu";
import { loadEngine } from "./load";

/** What is on this machine. Plain JSON. */
export interface Diagnosis {
  readonly engine: {
    readonly loaded: boolean;
    readonly version: string | null;
    /** Version of libtensorflow where it can be told. */
    readonly tensorflow: string | null;
    readonly build: EngineBuild["kind"] | null;
    readonly threads: number;
    readonly error: string | null;
  };
  /** NVIDIA's, by name and driver, and whether the engine computes on one. */
  readonly gpu: { readonly devices: readonly string[]; readonly used: boolean };
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
  const { used, ...engine } = engineState(root);
  return {
    engine,
    gpu: { devices: nvidiaGpus(env), used },
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

function engineState(root: string): Diagnosis["engine"] & { readonly used: boolean } {
  const version = packageVersion(root, "@tensorflow/tfjs-node");
  const { kind: build = null, tensorflow = null } = engineBuild(root) ?? {};
  const state = { version, tensorflow, build, threads: availableParallelism() };
  try {
    const tf = loadEngine();
    const right = tf.tidy(() => tf.matMul([[2]], [[3]]).dataSync()[0] === 6);
    return {
      ...state,
      loaded: right,
      used: computesOnGpu(tf),
      error: right ? null : "a product came out wrong",
    };
  } catch (error) {
    return { ...state, loaded: false, used: false, error: messageOf(error) };
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

const BUILDS: Readonly<Record<EngineBuild["kind"], string>> = {
  cpu: "the CPU's build",
  gpu: "the GPU's build",
  prebuilt: "the package's own download",
};

function gpuText({ devices, used }: Diagnosis["gpu"], build: EngineBuild["kind"] | null): string {
  const names = devices.join("; ");
  if (used) return `ok      gpu      ${names || "NVIDIA"}: the engine computes on the GPU`;
  if (devices.length === 0) return "-       gpu      nvidia-smi names none";
  return build === "gpu"
    ? `MISSING gpu      ${names}: TensorFlow does not use it (TF_CPP_MIN_LOG_LEVEL=0 npx facenet-lab doctor shows its messages)`
    : `-       gpu      ${names}: not used by this build (FACENET_LAB_ENGINE=gpu npm run setup takes the GPU's)`;
}

/** The diagnosis for a terminal. */
export function diagnosisText({ engine, gpu, node, python, kernel, data }: Diagnosis): string {
  const mark = (good: boolean): string => (good ? "ok     " : "MISSING");
  return [
    `${mark(engine.loaded)} engine   tfjs-node ${engine.version ?? "?"}, libtensorflow ${engine.tensorflow ?? "?"}${engine.build ? ` (${BUILDS[engine.build]})` : ""}, ${engine.threads} threads${engine.error ? `: ${engine.error}` : ""}`,
    gpuText(gpu, engine.build),
    `${mark(node.supported)} node     ${node.version}`,
    `${mark(python.jupyterlab !== null)} python   ${python.version ?? "none"}, JupyterLab ${python.jupyterlab ?? "not installed (npm run setup)"}`,
    `${mark(kernel.installed)} kernel   tslab ${kernel.tslab ?? "?"}${kernel.installed ? "" : " is not registered (npm run setup)"}`,
    ...data.map(
      ({ name, path, found, identities }) =>
        `${found ? "ok     " : "-      "} data     ${name}: ${path}${identities === null ? "" : `, ${identities} identities`}${found ? "" : " (not there)"}`,
    ),
  ].join("\n");
}
