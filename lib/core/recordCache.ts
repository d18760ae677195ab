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
import { LabError, messageOf } from "./errors";

/** One cached record: its bytes, and a word on how it came about. */
export interface CachedRecord<S extends string> {
  readonly status: S;
  readonly bytes: Uint8Array;
}

/**
 * Records of one length on disk (aligned crops, embeddings), found by a key of content and settings. Append-only segments, one per cache that is open, and a new one
 * after a write that failed: a data file and an index of JSON lines. An index line is written after its bytes, so an interrupted run leaves at most bytes that
 * nothing points to; two processes never write one file. Reading checks lengths and passes over what is damaged.
 */
export interface RecordCache<S extends string> {
  get(key: string): CachedRecord<S> | undefined;
  add(key: string, record: CachedRecord<S>): void;
  /** Writes what was added since the last flush. Throws a LabError when the disk refuses: what was flushed before stays whole, and the next flush writes all the rest again. */
  flush(): void;
}

interface Entry<S extends string> {
  readonly file: string;
  readonly offset: number;
  readonly status: S;
}

/** Opens (or starts) a cache of records of `length` bytes each. */
export function openRecordCache<S extends string>(folder: string, length: number): RecordCache<S> {
  const entries = existsSync(folder) ? readIndex<S>(folder, length) : new Map<string, Entry<S>>();
  const newSegment = (): string => join(folder, `segment-${process.pid}-${randomBytes(4).toString("hex")}`);
  let segment = newSegment();
  let pending: { key: string; record: CachedRecord<S> }[] = [];
  let written = 0;
  return {
    get: (key) => {
      const entry = entries.get(key);
      return entry ? { status: entry.status, bytes: readRecord(entry, length) } : undefined;
    },
    add: (key, record) => {
      pending.push({ key, record });
    },
    flush: () => {
      if (pending.length === 0) return;
      try {
        mkdirSync(folder, { recursive: true });
        appendFileSync(`${segment}.data`, Buffer.concat(pending.map(({ record }) => record.bytes)));
        const lines = pending.map(({ key, record }, i) =>
          JSON.stringify({ key, offset: written + i * length, status: record.status }),
        );
        appendFileSync(`${segment}.index`, `${lines.join("\n")}\n`);
      } catch (error) {
        // A part may have been written, so that offsets in this segment would be wrong from here on.
        segment = newSegment();
        written = 0;
        throw new LabError(`Cannot write the cache ${folder}: ${messageOf(error)}`);
      }
      written += pending.length * length;
      pending = [];
    },
  };
}

function readIndex<S extends string>(folder: string, length: number): Map<string, Entry<S>> {
  const entries = new Map<string, Entry<S>>();
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".index")) continue;
    const file = join(folder, name.replace(/\.index$/, ".data"));
    const size = existsSync(file) ? statSync(file).size : 0;
    for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
      try {
        const { key, offset, status } = JSON.parse(line) as {
          key: string;
          offset: number;
          status: S;
        };
        if (typeof key === "string" && offset >= 0 && offset + length <= size)
          entries.set(key, { file, offset, status });
      } catch {
        // The last line of a run that was killed, or the empty end of the file.
      }
    }
  }
  return entries;
}

function readRecord({ file, offset }: Entry<string>, length: number): Uint8Array {
  const bytes: Uint8Array = new Uint8Array(length);
  const handle = openSync(file, "r");
  try {
    readSync(handle, bytes, 0, length, offset);
    return bytes;
  } finally {
    closeSync(handle);
  }
}
