import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
 * Fills a folder under a temporary name, then puts it in place of `path`: readers see the old folder or the new one.
 * Nothing stays behind when `fill` throws.
 */
export function writeFolderAtomic(path: string, fill: (folder: string) => void): void {
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
