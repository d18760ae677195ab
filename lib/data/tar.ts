import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { LabError, messageOf, throwIfStopped } from "../core/errors";
import type { LongWork } from "../core/progress";

const BLOCK = 512;
/** Largest file of an image archive. */
const MOST_BYTES = 2 ** 26;

/** Options of {@link unpackTarGz}. */
export interface UnpackOptions extends LongWork {
  /** Most bytes in all, unpacked, an integer of at least 1; default 4 GiB. LFW has 250 MB. */
  readonly mostBytes?: number;
}

/**
 * Unpacks a .tar.gz of plain files and folders (ustar) into `folder`. Anything else is refused: links, devices, absolute names, `..`,
 * files above 64 MB, more than `mostBytes` in all. Memory is that of the largest file. Returns the number of files. Throws a LabError that names the
 * archive; the caller removes what was unpacked.
 */
export async function unpackTarGz(
  archive: string,
  folder: string,
  work: UnpackOptions = {},
): Promise<number> {
  const { mostBytes = 2 ** 32 } = work;
  const refuse = (why: string): never => {
    throw new LabError(`Cannot unpack ${archive}: ${why}`);
  };
  let held: Buffer = Buffer.alloc(0);
  // What arrived since `held` was put together; joined when there is enough for a whole entry, so that a long one is not copied with every chunk.
  let arrived: Buffer[] = [];
  let wanted = BLOCK;
  let total = 0;
  let files = 0;
  let ended = false;
  const stream = createGunzip();
  createReadStream(archive)
    .on("error", (error) => stream.destroy(error))
    .pipe(stream);
  try {
    for await (const chunk of stream) {
      throwIfStopped(work.signal, "unpacking");
      const part = chunk as Buffer;
      total += part.length;
      if (total > mostBytes) refuse(`unpacked it must have at most ${mostBytes} bytes, it has more`);
      if (ended) continue;
      arrived.push(part);
      if (arrived.reduce((sum, { length }) => sum + length, held.length) < wanted) continue;
      held = Buffer.concat([held, ...arrived]);
      arrived = [];
      wanted = BLOCK;
      for (let entry = readHeader(held, refuse); entry; entry = readHeader(held, refuse)) {
        if (entry.kind === "end") {
          ended = true;
          break;
        }
        const whole = BLOCK + Math.ceil(entry.size / BLOCK) * BLOCK;
        if (held.length < whole) {
          wanted = whole;
          break;
        }
        if (entry.kind === "file") {
          const path = join(folder, entry.name);
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, held.subarray(BLOCK, BLOCK + entry.size));
          files++;
          work.progress?.({ stage: "unpack", done: files, total: 0, detail: entry.name });
        }
        held = held.subarray(whole);
      }
    }
  } catch (error) {
    if (error instanceof LabError) throw error;
    refuse(messageOf(error));
  }
  if (!ended) refuse("it is truncated");
  return files;
}

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly kind: "file" | "folder" | "end";
}

function readHeader(held: Buffer, refuse: (why: string) => never): Entry | undefined {
  if (held.length < BLOCK) return undefined;
  const header = held.subarray(0, BLOCK);
  if (header.every((byte) => byte === 0)) return { name: "", size: 0, kind: "end" };
  const text = (start: number, length: number): string => {
    const field = header.subarray(start, start + length);
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? length : end).toString("utf8");
  };
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (Number.parseInt(text(148, 8), 8) !== sum) refuse("a header's checksum does not fit");
  const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
  const name = prefix ? `${prefix}/${text(0, 100)}` : text(0, 100);
  const size = Number.parseInt(text(124, 12).trim() || "0", 8);
  const type = text(156, 1);
  if (name.startsWith("/") || name.includes("\\") || name.split("/").includes(".."))
    refuse(`the name ${JSON.stringify(name)} leaves the folder`);
  if (!(size >= 0 && size <= MOST_BYTES))
    refuse(`${JSON.stringify(name)} must have at most ${MOST_BYTES} bytes, current value is ${size}`);
  if (type === "5") return { name, size: 0, kind: "folder" };
  if (type !== "0" && type !== "") refuse(`${JSON.stringify(name)} is neither a file nor a folder`);
  return { name, size, kind: "file" };
}
