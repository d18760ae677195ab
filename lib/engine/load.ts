import { createRequire } from "node:module";
import * as util from "node:util";
import { LabError, messageOf } from "../core/errors";
import { engineBuild } from "./build";

/** The engine's module type: everything of `@tensorflow/tfjs-node`. */
export type Tf = typeof import("@tensorflow/tfjs-node");

let engine: Tf | undefined;

/**
 * The one door to TensorFlow. Loads it on first use: quiet, and with the two `node:util` functions that Node 23 removed put back.
 * Throws a LabError that says what to do when the native addon does not load.
 */
export function loadEngine(): Tf {
  engine ??= load();
  return engine;
}

function load(): Tf {
  // The GPU's build starts with three errors that are none (of factories registered twice).
  process.env.TF_CPP_MIN_LOG_LEVEL ??= engineBuild()?.kind === "gpu" ? "3" : "2";
  // On a GPU: memory as it is needed, because workers share it; and float32 products of float32, not of TF32's 10 bits.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
  process.env.NVIDIA_TF32_OVERRIDE ??= "0";
  // TensorFlow uses oneDNN's convolutions by itself only on processors with AVX-512 VNNI; with AVX2 they make a training step 1.5 times faster as well.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
  const target = util as unknown as Record<string, unknown>;
  const require = createRequire(__filename);
  const mutable = require("node:util") as Record<string, unknown>;
  target.isArray ?? Object.assign(mutable, { isArray: Array.isArray });
  mutable.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  try {
    return require("@tensorflow/tfjs-node") as Tf;
  } catch (error) {
    throw new LabError(
      `Cannot load TensorFlow: ${messageOf(error)}. Run "npm run setup" to provide the engine.`,
    );
  }
}
