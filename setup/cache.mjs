// The cache folder, where large derived files live: what is there was made whole, once, and is shared by every checkout.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { SetupError } from "./steps.mjs";

/** The same rule as cacheFolder() in lib/core/folders.ts. */
export function cacheFolder() {
  const { FACENET_LAB_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  return own ? resolve(own) : join(xdg ? resolve(xdg) : join(homedir(), ".cache"), "facenet-lab");
}

/** `engine/NAME` in the cache. Unless it is there, `make` gets a temporary folder, fills a new folder inside and returns its path. */
export async function cached(name, make) {
  const folder = join(cacheFolder(), "engine");
  const target = join(folder, name);
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, ".work-"));
  try {
    moveInto(await make(work), target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Renames; when another process was faster, its result is as good. */
function moveInto(from, target) {
  try {
    renameSync(from, target);
  } catch (error) {
    if (!existsSync(target)) throw new SetupError(`Cannot write ${target}: ${error.message}`);
  }
}
