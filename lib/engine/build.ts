import { existsSync, lstatSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { packageRoot } from "../core/folders";

/** Which libtensorflow lies under the engine: of set-up's two builds, or the one of tfjs-node's own download. */
export interface EngineBuild {
  readonly kind: "cpu" | "gpu" | "prebuilt";
  /** Version of libtensorflow where it can be told. */
  readonly tensorflow: string | null;
}

/** What set-up linked (stageLibrary() in setup/wheels.mjs names the folder); null where nothing is there. */
export function engineBuild(root: string = packageRoot()): EngineBuild | null {
  const deps = join(root, "node_modules", "@tensorflow", "tfjs-node", "deps");
  if (!existsSync(deps)) return null;
  const staged = /^tensorflow-([\d.]+)(-gpu)?/.exec(basename(realpathSync(deps)));
  if (!lstatSync(deps).isSymbolicLink() || !staged) return { kind: "prebuilt", tensorflow: null };
  return { kind: staged[2] ? "gpu" : "cpu", tensorflow: staged[1] };
}
