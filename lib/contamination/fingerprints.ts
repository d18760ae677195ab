import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { LabError, messageOf, throwIfStopped } from "../core/errors";
import type { LongWork } from "../core/progress";
import type { DataItem, SkippedItem } from "../data/dataset";
import { decodeImage } from "../image/codec";
import { differenceHash, HASH_WORDS } from "../image/differenceHash";

/** What two copies of one picture have in common. Row i belongs to `items[i]`. */
export interface Fingerprints {
  readonly items: readonly DataItem[];
  /** SHA-256 of the file's bytes (of the pixels where there is no file), as hexadecimal digits. */
  readonly bytes: readonly string[];
  /** Difference hashes, one after the other. */
  readonly hashes: Uint32Array;
  /** Files that could not be read. */
  readonly skipped: readonly SkippedItem[];
}

const IN_FLIGHT = 8;

/** Reads every item once: the hash of its bytes and of its look. Unreadable files are left out and listed. */
export async function fingerprintsOf(
  items: readonly DataItem[],
  { progress, signal }: LongWork = {},
): Promise<Fingerprints> {
  const found: ({ readonly bytes: string; readonly hash: Uint32Array } | undefined)[] = new Array(
    items.length,
  );
  const skipped: SkippedItem[] = [];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      throwIfStopped(signal, "reading pictures; nothing was written");
      const i = next++;
      try {
        found[i] = await fingerprint(items[i]);
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        skipped.push({ name: items[i].name, reason: messageOf(error) });
      }
      progress?.({ stage: "fingerprints", done: ++done, total: items.length });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const kept = Array.from(items.keys()).filter((i) => found[i]);
  const hashes: Uint32Array = new Uint32Array(HASH_WORDS * kept.length);
  const bytes = kept.map((i, row) => {
    const print = found[i] as { bytes: string; hash: Uint32Array };
    hashes.set(print.hash, HASH_WORDS * row);
    return print.bytes;
  });
  return { items: kept.map((i) => items[i]), bytes, hashes, skipped };
}

async function fingerprint({ name, source }: DataItem): Promise<{ bytes: string; hash: Uint32Array }> {
  if ("image" in source) return { bytes: sha256(source.image.data), hash: differenceHash(source.image) };
  let file: Uint8Array;
  try {
    file = await readFile(source.path);
  } catch (error) {
    throw new LabError(`Cannot read ${name}: ${messageOf(error)}`);
  }
  return { bytes: sha256(file), hash: differenceHash(await decodeImage(file, name, { channels: 1 })) };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
