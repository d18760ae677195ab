import { realpathSync, type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { LabError, throwIfStopped } from "../core/errors";
import type { LongWork } from "../core/progress";
import type { DataItem, DataSet, SkippedItem } from "./dataset";
import { type Entry, listFolder } from "./listFolder";
import { printable } from "./names";

export interface FolderOptions extends LongWork {
  /** Name of the data set; default: the folder's own name. */
  readonly name?: string;
  /** Most identity folders that are accepted; an integer ≥ 1, default 100,000. */
  readonly maxIdentities?: number;
  /** Most names (images or not) that are accepted in all identity folders together; an integer ≥ 1, default 2,000,000. */
  readonly maxFiles?: number;
}

/** The kinds that `decodeImage` reads. */
const IMAGE = /\.(jpe?g|png|webp|gif|tiff?|avif|pgm|ppm)$/i;
const HEIC = /\.(heic|heif|hif)$/i;
const HEIC_REASON = "HEIC, which this package does not read: convert it to JPEG";
const LAYOUT =
  "wanted are <folder>/<one folder per identity>/<images .jpg .jpeg .png .webp .gif .tif .tiff .avif .pgm .ppm>";

/** Whether a file name ends like an image that this package reads. */
export function isImageName(name: string): boolean {
  return IMAGE.test(name);
}

/**
 * A folder with one folder per identity, one level deep. Only lists the files; whether they decode is found out when
 * they are read. Identities are the folders' names in Unicode form C; the order of identities and items is by code
 * units of the names, so it is the same everywhere. Hidden names are passed over; everything else that is not used
 * (other files, empty files, inner folders, links that leave the folder, identities without images) is in `skipped`.
 *
 * Throws a LabError when the folder is missing, not a folder, over a limit, without identity folders that hold images,
 * or when two folders' names differ only in their Unicode form; a RangeError for a bad limit.
 */
export async function loadFolder(folder: string, options: FolderOptions = {}): Promise<DataSet> {
  const { maxIdentities = 100_000, maxFiles = 2_000_000, progress, signal } = options;
  checkLimit("maxIdentities", maxIdentities);
  checkLimit("maxFiles", maxFiles);
  const root = realFolder(folder);
  const skipped: SkippedItem[] = [];
  const people = identityFolders(folder, root, maxIdentities, skipped);
  const identities: string[] = [];
  const items: DataItem[] = [];
  let seen = 0;
  for (const [index, [identity, entry]] of people.entries()) {
    if (index % 200 === 0) {
      throwIfStopped(signal, `listing ${printable(folder, 300)}; nothing was changed`);
      progress?.({ stage: "list", done: index, total: people.length, detail: `${items.length} images` });
      await breathe();
    }
    const files = listOrSkip(entry, identity, root, maxFiles - seen, skipped);
    seen += files.length;
    const images = usable(files, identity, skipped);
    if (images.length === 0) {
      skipped.push({ name: identity, reason: "an identity folder without images", folder: true });
      continue;
    }
    const label = identities.push(identity) - 1;
    for (const image of images) {
      items.push({ name: `${identity}/${image.name}`, label, source: { path: image.path } });
    }
  }
  if (items.length === 0) throw nothingFound(folder, people.length, skipped);
  progress?.({ stage: "list", done: people.length, total: people.length, detail: `${items.length} images` });
  return { name: options.name ?? basename(root), kind: "faces", folder, identities, items, skipped };
}

/** The real path of an existing folder. Throws a LabError otherwise. */
export function realFolder(folder: string): string {
  let found: Stats | undefined;
  try {
    found = statSync(folder);
    if (found.isDirectory()) return realpathSync(folder);
  } catch {
    found = undefined;
  }
  const why =
    found === undefined ? "the folder must exist, and it does not" : "it must be a folder, and it is a file";
  throw new LabError(`Cannot read data in ${printable(folder, 300)}: ${why}; ${LAYOUT}`);
}

function identityFolders(
  folder: string,
  root: string,
  most: number,
  skipped: SkippedItem[],
): [string, Entry][] {
  const people = new Map<string, Entry>();
  for (const entry of listFolder(root, root, most + 10_000)) {
    if (entry.kind !== "folder") {
      const reason = isImageName(entry.name)
        ? "an image outside an identity folder"
        : "not an identity folder";
      skipped.push({ name: entry.name, reason: entry.refused ?? reason });
      continue;
    }
    const identity = entry.name.normalize("NFC");
    if (people.has(identity)) {
      throw new LabError(
        `Cannot read data in ${printable(folder, 300)}: two folders named ${printable(identity)} differ only in their Unicode form; merge them or rename one`,
      );
    }
    people.set(identity, entry);
  }
  if (people.size > most) {
    throw new LabError(
      `Cannot read data in ${printable(folder, 300)}: at most ${most} identity folders are accepted (maxIdentities), current value is ${people.size}`,
    );
  }
  return [...people];
}

/** The files of one identity; a folder that may not be read is a skip, one over the limit is an error. */
function listOrSkip(
  entry: Entry,
  identity: string,
  root: string,
  most: number,
  skipped: SkippedItem[],
): Entry[] {
  try {
    return listFolder(entry.path, root, most);
  } catch (error) {
    if (error instanceof LabError && /EACCES|EPERM/.test(error.message)) {
      skipped.push({ name: identity, reason: "a folder that may not be read", folder: true });
      return [];
    }
    throw error;
  }
}

function usable(files: readonly Entry[], identity: string, skipped: SkippedItem[]): Entry[] {
  return files.filter((file) => {
    let reason = file.refused;
    if (file.kind === "folder") reason = "a folder inside an identity folder (one level is read)";
    else if (reason === undefined && !isImageName(file.name))
      reason = HEIC.test(file.name) ? HEIC_REASON : "not an image";
    else if (reason === undefined && file.bytes === 0) reason = "an empty file";
    const folder = file.kind === "folder" && { folder: true as const };
    if (reason !== undefined) skipped.push({ name: `${identity}/${file.name}`, reason, ...folder });
    return reason === undefined;
  });
}

function nothingFound(folder: string, folders: number, skipped: readonly SkippedItem[]): LabError {
  const countOf = (wanted: string): number => skipped.filter(({ reason }) => reason === wanted).length;
  const loose = countOf("an image outside an identity folder");
  const heic = countOf(HEIC_REASON);
  let found = "it is empty";
  if (loose > 0 && folders === 0) found = `${loose} images lie loose in it, without a folder per identity`;
  else if (folders > 0) found = `${folders} folders were found and none holds a usable image`;
  else if (skipped.length > 0) found = `${skipped.length} other files were found`;
  if (heic > 0) found += `; ${heic} files are ${HEIC_REASON}`;
  return new LabError(`Cannot read data in ${printable(folder, 300)}: ${found}; ${LAYOUT}`);
}

function checkLimit(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot list a folder: ${name} must be an integer of at least 1, current value is ${value}`,
    );
  }
}
