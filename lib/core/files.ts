import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LabError, messageOf } from "./errors";

/** A name beside `path` that nobody else uses; on the same disk, so that a rename is atomic. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
}

/** Writes a whole file or nothing: temporary name, then rename. Makes the folder. Throws a LabError that names the file. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const temporary = temporaryName(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, data);
    renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw new LabError(`Cannot write ${path}: ${messageOf(error)}`);
  }
}

/**
 * Throws a LabError unless `path` is free for a folder of ours: missing, empty, or holding nothing but entries named in `owned` (an older one of the same
 * kind). What else lies there belongs to the reader and is never replaced.
 */
export function checkFolderFree(path: string, owned: readonly string[] = []): void {
  if (!existsSync(path)) return;
  let held: string[];
  try {
    held = readdirSync(path);
  } catch (error) {
    throw new LabError(`Cannot write the folder ${path}: ${messageOf(error)}`);
  }
  const foreign = held.filter((name) => !owned.includes(name));
  if (foreign.length === 0) return;
  const shown = owned.filter((name) => !name.startsWith("."));
  const kind = shown.length > 0 ? `new, empty or hold only ${shown.join(", ")}` : "new or empty";
  throw new LabError(
    `Cannot write the folder ${path}: it must be ${kind}, it holds ${foreign
      .slice(0, 3)
      .map((name) => JSON.stringify(name))
      .join(", ")}. Name another one.`,
  );
}

/**
 * Fills a folder under a temporary name, then puts it in place of `path`: readers see the old folder or the new one. Only a free folder is replaced (see
 * `checkFolderFree`; `owned` are the names that `fill` makes). Nothing stays behind when `fill` throws.
 */
export function writeFolderAtomic(
  path: string,
  owned: readonly string[],
  fill: (folder: string) => void,
): void {
  checkFolderFree(path, owned);
  const temporary = temporaryName(path);
  const old = temporaryName(path);
  try {
    mkdirSync(temporary, { recursive: true });
    fill(temporary);
    if (existsSync(path)) renameSync(path, old);
    renameSync(temporary, path);
    rmSync(old, { recursive: true, force: true });
  } catch (error) {
    removeIfThere(temporary);
    if (!existsSync(path) && existsSync(old)) renameSync(old, path);
    if (error instanceof LabError) throw error;
    throw new LabError(`Cannot write ${path}: ${messageOf(error)}`);
  }
}

/** Cleaning up after an error must not hide it. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The folder above it is gone or no folder: then there is nothing to remove.
  }
}
