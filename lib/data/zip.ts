import { unzipSync } from "fflate";
import { LabError, messageOf } from "../core/errors";
import { printable } from "./names";

export interface ZipLimits {
  /** Most entries; default 100,000. */
  readonly maxEntries?: number;
  /** Most bytes of one inflated entry; default 1 MiB. */
  readonly maxEntryBytes?: number;
  /** Most bytes of all inflated entries together; default 256 MiB. */
  readonly maxBytes?: number;
}

/**
 * The files of a zip archive by their names, folders left out. The sizes that the archive declares are checked before
 * anything is inflated, and the real ones afterwards. Names never become paths here; still, absolute names, `..`,
 * backslashes and names that come twice are refused, since no honest archive has them.
 *
 * Throws a LabError that names the archive and the entry.
 */
export function readZip(
  bytes: Uint8Array,
  fileName: string,
  limits: ZipLimits = {},
): Map<string, Uint8Array> {
  const { maxEntries = 100_000, maxEntryBytes = 2 ** 20, maxBytes = 2 ** 28 } = limits;
  const sizes = new Map<string, number>();
  let total = 0;
  const filter = (entry: { name: string; size: number; originalSize: number }): boolean => {
    checkName(entry.name, fileName);
    total += entry.originalSize;
    if (sizes.has(entry.name)) throw bad(fileName, `the name ${printable(entry.name)} must come once`);
    if (sizes.size >= maxEntries) throw bad(fileName, `at most ${maxEntries} entries are accepted`);
    if (entry.originalSize > maxEntryBytes) {
      throw bad(
        fileName,
        `${printable(entry.name)} may have ${maxEntryBytes} bytes, current value is ${entry.originalSize}`,
      );
    }
    if (total > maxBytes) throw bad(fileName, `at most ${maxBytes} bytes are accepted in all`);
    sizes.set(entry.name, entry.originalSize);
    return !entry.name.endsWith("/");
  };
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw bad(fileName, `it must be a whole zip archive (${messageOf(error)})`);
  }
  const result = new Map<string, Uint8Array>();
  for (const [name, data] of Object.entries(files)) {
    if (data.length !== sizes.get(name)) {
      throw bad(
        fileName,
        `${printable(name)} must have the declared ${sizes.get(name)} bytes, current value is ${data.length}`,
      );
    }
    result.set(name, data);
  }
  return result;
}

function checkName(name: string, fileName: string): void {
  const parts = name.split("/");
  if (
    name === "" ||
    name.startsWith("/") ||
    name.includes("\\") ||
    name.includes("\0") ||
    /^[a-z]:/i.test(name) ||
    parts.includes("..")
  ) {
    throw bad(fileName, `names must stay inside the archive, current value is ${printable(name)}`);
  }
}

function bad(fileName: string, why: string): LabError {
  return new LabError(`Cannot read ${fileName}: ${why}`);
}
