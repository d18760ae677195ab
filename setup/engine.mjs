// TensorFlow's native addon for @tensorflow/tfjs-node, in this order: one that already loads; libtensorflow out of the pinned tensorflow-cpu wheel with the addon compiled
// against it, kept in the cache folder, linked from node_modules. The package's own prebuilt download comes without a sum that could be checked: it is taken only where
// FACENET_LAB_ENGINE=prebuilt asks for it.

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { findPython } from "./python.mjs";
import { attempt, digest, root, run, SetupError, say, step, textOf } from "./steps.mjs";

const tfjs = join(root, "node_modules", "@tensorflow", "tfjs-node");
const WHEEL = {
  version: "2.15.1",
  platform: "manylinux_2_17_x86_64",
  sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
};

/** The same rule as cacheFolder() in lib/core/folders.ts. */
function cacheFolder() {
  const { FACENET_LAB_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  return own ? resolve(own) : join(xdg ? resolve(xdg) : join(homedir(), ".cache"), "facenet-lab");
}

export async function provideEngine() {
  await step("engine", {
    title: "providing the engine (TensorFlow)",
    key: digest(process.version, process.arch, textOf(join(tfjs, "package.json")), cacheFolder()),
    present: () =>
      existsSync(join(tfjs, "lib", "napi-v8", "tfjs_binding.node")) && existsSync(join(tfjs, "deps")),
    work: () => {
      if (addonLoads()) return;
      if (prebuiltIsWanted()) return downloadPrebuilt();
      linkFromCache();
      if (!addonLoads())
        throw new SetupError(
          "The engine was built but does not load: run npm run doctor, and set CXX to a C++17 compiler of this machine.",
        );
    },
  });
}

/** In a child process: a broken addon must not take this one down. */
function addonLoads() {
  const code =
    'const tf = require("@tensorflow/tfjs-node"); if (tf.matMul([[2]], [[3]]).dataSync()[0] !== 6) process.exit(1);';
  const shim =
    'const u = require("node:util"); u.isArray ??= Array.isArray; u.isNullOrUndefined ??= (v) => v == null;';
  return attempt(process.execPath, ["-e", shim + code], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
  }).ok;
}

function prebuiltIsWanted() {
  const { FACENET_LAB_ENGINE: wanted } = process.env;
  if (wanted === undefined || wanted === "") return false;
  if (wanted === "prebuilt") return true;
  throw new SetupError(
    `Cannot provide the engine: FACENET_LAB_ENGINE must be "prebuilt" or not set, current value is "${wanted}".`,
  );
}

function downloadPrebuilt() {
  say("  FACENET_LAB_ENGINE=prebuilt: the package's own download, whose content nothing checks …");
  run("prebuilt", process.execPath, [join(tfjs, "scripts", "install.js"), "cpu", "download"], {
    cwd: tfjs,
    timeout: 300_000,
    advice:
      "The prebuilt engine could not be downloaded: check the network, or unset FACENET_LAB_ENGINE to build it",
  });
  if (addonLoads()) return;
  for (const part of ["deps", "lib"]) rmSync(join(tfjs, part), { recursive: true, force: true });
  throw new SetupError(
    "The prebuilt engine was downloaded but does not load on this machine; it was deleted. Unset FACENET_LAB_ENGINE to build it.",
  );
}

function linkFromCache() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SetupError(
      `The engine can be built only on Linux x64 (this is ${process.platform} ${process.arch}). To take the prebuilt one of @tensorflow/tfjs-node, whose content nothing checks, set FACENET_LAB_ENGINE=prebuilt and run the command again.`,
    );
  }
  const library = stageLibrary();
  const addon = buildAddon(library);
  replaceLink(join(tfjs, "deps"), library);
  replaceLink(join(tfjs, "lib"), addon);
}

/** `engine/tensorflow-VERSION/{include,lib}` in the cache; made once, under a temporary name. */
function stageLibrary() {
  const target = join(cacheFolder(), "engine", `tensorflow-${WHEEL.version}-${process.arch}`);
  if (existsSync(target)) return target;
  mkdirSync(join(cacheFolder(), "engine"), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), "engine", ".work-"));
  try {
    say(`  downloading libtensorflow ${WHEEL.version} (207 MB) from the Python package index …`);
    const python = findPython();
    const args = [
      "-m",
      "pip",
      "download",
      "-q",
      "--disable-pip-version-check",
      "--no-deps",
      "--only-binary=:all:",
      "--python-version",
      "311",
    ];
    run(
      "wheel",
      python,
      [...args, "--platform", WHEEL.platform, "-d", work, `tensorflow-cpu==${WHEEL.version}`],
      {
        advice:
          "libtensorflow could not be downloaded: check the network and the Python package index setting, then run the command again",
      },
    );
    const wheel = join(work, readdirSync(work).find((name) => name.endsWith(".whl")) ?? "none.whl");
    const sum = createHash("sha256").update(readFileSync(wheel)).digest("hex");
    if (sum !== WHEEL.sha256) {
      throw new SetupError(
        `The downloaded tensorflow-cpu wheel is not the pinned one (SHA-256 ${sum}, wanted ${WHEEL.sha256}); it was deleted. Check the package index setting.`,
      );
    }
    say("  unpacking it …");
    const staged = join(work, "staged");
    run("unpack", python, [join(root, "setup", "unpack_wheel.py"), wheel, staged], {
      advice: "The wheel could not be unpacked: check the free disk space (1.5 GB)",
    });
    moveInto(staged, target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** `engine/addon-…/napi-v8/tfjs_binding.node` in the cache: compiled by hand, without node-gyp and without Node's headers on the machine. */
function buildAddon(library) {
  const { version } = JSON.parse(readFileSync(join(tfjs, "package.json"), "utf8"));
  const target = join(
    cacheFolder(),
    "engine",
    `addon-${version}-tensorflow-${WHEEL.version}-${process.arch}`,
  );
  if (existsSync(target)) return target;
  say("  compiling the addon …");
  const work = mkdtempSync(join(cacheFolder(), "engine", ".work-"));
  try {
    mkdirSync(join(work, "napi-v8"));
    run(
      "addon",
      findCompiler(),
      [
        ...[
          "-O2",
          "-std=c++17",
          "-fPIC",
          "-shared",
          "-DNODE_GYP_MODULE_NAME=tfjs_binding",
          "-DBUILDING_NODE_EXTENSION",
          "-DNAPI_VERSION=8",
        ],
        ...[
          "-I",
          join(root, "node_modules", "node-api-headers", "include"),
          "-I",
          tfjs,
          "-I",
          join(library, "include"),
        ],
        ...[join(tfjs, "binding", "tfjs_backend.cc"), join(tfjs, "binding", "tfjs_binding.cc")],
        ...[
          "-o",
          join(work, "napi-v8", "tfjs_binding.node"),
          "-L",
          join(library, "lib"),
          "-ltensorflow",
          "-ltensorflow_framework",
        ],
        `-Wl,-rpath,${join(library, "lib")}`,
      ],
      {
        advice:
          "The engine's addon could not be compiled: a C++17 compiler is needed (g++ or clang++; CXX names another)",
      },
    );
    moveInto(work, target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function findCompiler() {
  const found = [process.env.CXX, "c++", "g++", "clang++"]
    .filter(Boolean)
    .find((name) => attempt(name, ["--version"]).ok);
  if (found) return found;
  throw new SetupError(
    "No C++ compiler was found: install g++ (on Debian or Ubuntu: sudo apt install g++), then run the command again.",
  );
}

/** Renames; when another process was faster, its result is as good. */
function moveInto(from, target) {
  try {
    renameSync(from, target);
  } catch (error) {
    if (!existsSync(target)) throw new SetupError(`Cannot write ${target}: ${error.message}`);
  }
}

/** Links are swapped by a rename, so that a running program never sees the gap. */
function replaceLink(link, target) {
  const fresh = `${link}.${process.pid}.new`;
  symlinkSync(target, fresh, "dir");
  try {
    renameSync(fresh, link);
  } catch {
    rmSync(link, { recursive: true, force: true });
    renameSync(fresh, link);
  }
}
