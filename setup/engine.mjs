// TensorFlow's native addon for @tensorflow/tfjs-node, in this order: one that already loads, unless FACENET_LAB_ENGINE asks for another; libtensorflow out of pinned wheels, for the
// CPU or for NVIDIA GPUs, with the addon compiled against it, kept in the cache folder, linked from node_modules. The package's own prebuilt download comes without a sum that could be
// checked: it is taken only where FACENET_LAB_ENGINE=prebuilt asks for it.

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, join } from "node:path";
import { cached, cacheFolder } from "./cache.mjs";
import { chooseEngine } from "./choice.mjs";
import { attempt, digest, root, run, SetupError, say, step, textOf } from "./steps.mjs";
import { stageLibrary } from "./wheels.mjs";

const tfjs = join(root, "node_modules", "@tensorflow", "tfjs-node");

export async function provideEngine() {
  const asked = process.env.FACENET_LAB_ENGINE ?? "";
  await step("engine", {
    title: "providing the engine (TensorFlow)",
    key: digest(process.version, process.arch, textOf(join(tfjs, "package.json")), cacheFolder(), asked),
    present: () =>
      existsSync(join(tfjs, "lib", "napi-v8", "tfjs_binding.node")) && existsSync(join(tfjs, "deps")),
    work: async () => {
      const { wanted, build, why } = chooseEngine();
      if ((wanted === undefined || wanted === presentBuild()) && addonLoads()) return;
      if (build === "prebuilt") return downloadPrebuilt();
      await linkFromCache(build, why);
      if (!addonLoads())
        throw new SetupError(
          "The engine was built but does not load: run npm run doctor, and set CXX to a C++17 compiler of this machine.",
        );
    },
  });
}

/** The build that node_modules holds: a link is one of ours, a folder the package's own download. */
function presentBuild() {
  const deps = join(tfjs, "deps");
  if (!existsSync(deps)) return undefined;
  if (!lstatSync(deps).isSymbolicLink()) return "prebuilt";
  return basename(realpathSync(deps)).includes("-gpu-") ? "gpu" : "cpu";
}

/** In a child process: a broken addon must not take this one down. */
function addonLoads() {
  const code =
    'const tf = require("@tensorflow/tfjs-node"); if (tf.matMul([[2]], [[3]]).dataSync()[0] !== 6) process.exit(1);';
  const shim =
    'const u = require("node:util"); u.isArray ??= Array.isArray; u.isNullOrUndefined ??= (v) => v == null;';
  return attempt(process.execPath, ["-e", shim + code], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", TF_FORCE_GPU_ALLOW_GROWTH: "true" },
  }).ok;
}

function downloadPrebuilt() {
  say("  FACENET_LAB_ENGINE=prebuilt: the package's own download, whose content nothing checks …");
  removeEngine();
  run("prebuilt", process.execPath, [join(tfjs, "scripts", "install.js"), "cpu", "download"], {
    cwd: tfjs,
    timeout: 300_000,
    advice:
      "The prebuilt engine could not be downloaded: check the network, or unset FACENET_LAB_ENGINE to build it",
  });
  if (addonLoads()) return;
  removeEngine();
  throw new SetupError(
    "The prebuilt engine was downloaded but does not load on this machine; it was deleted. Unset FACENET_LAB_ENGINE to build it.",
  );
}

/** Of ours only the links. */
function removeEngine() {
  for (const part of ["deps", "lib"]) rmSync(join(tfjs, part), { recursive: true, force: true });
}

async function linkFromCache(build, why) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SetupError(
      `The engine can be built only on Linux x64 (this is ${process.platform} ${process.arch}). To take the prebuilt one of @tensorflow/tfjs-node, whose content nothing checks, set FACENET_LAB_ENGINE=prebuilt and run the command again.`,
    );
  }
  say(`  the ${build.toUpperCase()}'s build (${why})`);
  const library = await stageLibrary(build);
  const addon = await buildAddon(library);
  replaceLink(join(tfjs, "deps"), library);
  replaceLink(join(tfjs, "lib"), addon);
}

/** `engine/addon-…/napi-v8/tfjs_binding.node` in the cache: compiled by hand, without node-gyp and without Node's headers on the machine. */
function buildAddon(library) {
  const { version } = JSON.parse(readFileSync(join(tfjs, "package.json"), "utf8"));
  return cached(`addon-${version}-${basename(library)}`, (work) => {
    say("  compiling the addon …");
    const addon = join(work, "addon");
    mkdirSync(join(addon, "napi-v8"), { recursive: true });
    const libraries = join(library, "lib");
    const includes = [
      join(root, "node_modules", "node-api-headers", "include"),
      tfjs,
      join(library, "include"),
    ];
    run(
      "addon",
      findCompiler(),
      [
        ...["-O2", "-std=c++17", "-fPIC", "-shared"],
        ...["-DNODE_GYP_MODULE_NAME=tfjs_binding", "-DBUILDING_NODE_EXTENSION", "-DNAPI_VERSION=8"],
        ...includes.flatMap((folder) => ["-I", folder]),
        ...["tfjs_backend.cc", "tfjs_binding.cc"].map((source) => join(tfjs, "binding", source)),
        ...["-o", join(addon, "napi-v8", "tfjs_binding.node")],
        ...["-L", libraries, "-ltensorflow", "-ltensorflow_framework", `-Wl,-rpath,${libraries}`],
      ],
      {
        advice:
          "The engine's addon could not be compiled: a C++17 compiler is needed (g++ or clang++; CXX names another)",
      },
    );
    return addon;
  });
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
