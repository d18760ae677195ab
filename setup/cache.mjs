// The cache folder, where large derived files live: what is there was made whole, once, and is shared by every checkout.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { isAlive, SetupError } from "./steps.mjs";

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
  removeAbandoned(folder);
  const work = mkdtempSync(join(folder, `.work-${process.pid}-${hostname()}-`));
  try {
    moveInto(await make(work), target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const DAY = 24 * 3600 * 1000;

/** Temporary folders of set-ups that were stopped: their process on this machine is gone, or, where another machine may have made them, a day has passed. */
function removeAbandoned(folder) {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(".work-"))) {
    const path = join(folder, name);
    const [, pid, host] = /^\.work-(\d+)-(.+)-[^-]+$/.exec(name) ?? [];
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    const gone = host === hostname() && !isAlive(Number(pid));
    if (gone || Date.now() - since > DAY) rmSync(path, { recursive: true, force: true });
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
