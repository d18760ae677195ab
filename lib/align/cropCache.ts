import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { LabError, messageOf } from "../core/errors";
import type { AlignStatus } from "./align";

/** One cached crop. */
export interface CachedCrop {
  readonly status: AlignStatus;
  readonly pixels: Uint8Array;
}

/**
 * Aligned crops on disk, found by a key of content and settings. Append-only segments, one per process: a data file and an index of
 * JSON lines. An index line is written after its pixels, so an interrupted run leaves at most pixels that nothing points to; two
 * processes never write one file. Reading checks lengths and passes over what is damaged.
 */
export interface CropCache {
  get(key: string): CachedCrop | undefined;
  add(key: string, crop: CachedCrop): void;
  /** Writes what was added since the last flush. Throws a LabError when the disk refuses; older segments stay whole. */
  flush(): void;
}

interface Entry {
  readonly file: string;
  readonly offset: number;
  readonly status: AlignStatus;
}

/** Opens (or starts) a cache of crops of `bytes` bytes each. */
export function openCropCache(folder: string, bytes: number): CropCache {
  const entries = existsSync(folder) ? readIndex(folder, bytes) : new Map<string, Entry>();
  const segment = join(folder, `segment-${process.pid}-${randomBytes(4).toString("hex")}`);
  let pending: { key: string; crop: CachedCrop }[] = [];
  let written = 0;
  return {
    get: (key) => {
      const entry = entries.get(key);
      return entry ? { status: entry.status, pixels: readPixels(entry, bytes) } : undefined;
    },
    add: (key, crop) => {
      pending.push({ key, crop });
    },
    flush: () => {
      if (pending.length === 0) return;
      try {
        mkdirSync(folder, { recursive: true });
        appendFileSync(`${segment}.data`, Buffer.concat(pending.map(({ crop }) => crop.pixels)));
        const lines = pending.map(({ key, crop }, i) =>
          JSON.stringify({ key, offset: written + i * bytes, status: crop.status }),
        );
        appendFileSync(`${segment}.index`, `${lines.join("\n")}\n`);
      } catch (error) {
        throw new LabError(`Cannot write the crop cache ${folder}: ${messageOf(error)}`);
      }
      written += pending.length * bytes;
      pending = [];
    },
  };
}

function readIndex(folder: string, bytes: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".index")) continue;
    const file = join(folder, name.replace(/\.index$/, ".data"));
    const size = existsSync(file) ? statSync(file).size : 0;
    for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
      try {
        const { key, offset, status } = JSON.parse(line) as {
          key: string;
          offset: number;
          status: AlignStatus;
        };
        if (typeof key === "string" && offset >= 0 && offset + bytes <= size)
          entries.set(key, { file, offset, status });
      } catch {
        // The last line of a run that was killed, or the empty end of the file.
      }
    }
  }
  return entries;
}

function readPixels({ file, offset }: Entry, bytes: number): Uint8Array {
  const pixels: Uint8Array = new Uint8Array(bytes);
  const handle = openSync(file, "r");
  try {
    readSync(handle, pixels, 0, bytes, offset);
    return pixels;
  } finally {
    closeSync(handle);
  }
}
