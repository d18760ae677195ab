import { createRequire } from "node:module";
import * as util from "node:util";
import { LabError, messageOf } from "../core/errors";

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
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
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
