import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { sha256 } from "../core/container";
import { LabError, messageOf } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import { checkName, checkRange, type Store } from "./store";

/** A folder of this machine as a store. It is made when something is written. Files whose name begins with a dot are on their way and do not count. */
export function folderStore(folder: string): Store {
  const pathOf = (name: string): string => {
    checkName(name);
    return join(folder, name);
  };
  const reading = <T>(path: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (error instanceof RangeError) throw error;
      throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
    }
  };
  return {
    url: folder,
    list: async () =>
      existsSync(folder)
        ? reading(folder, () =>
            readdirSync(folder)
              .filter((name) => !name.startsWith("."))
              .sort(),
          )
        : [],
    find: async (name) => {
      const path = pathOf(name);
      if (!existsSync(path)) return undefined;
      const data = reading(path, () => readFileSync(path));
      return { bytes: data.length, sha256: sha256(data) };
    },
    read: async (name, range) => {
      const path = pathOf(name);
      return reading(path, () => (range ? rangeOf(path, range) : readFileSync(path)));
    },
    write: async (name, data) => {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      writeFileAtomic(pathOf(name), bytes);
      return { bytes: bytes.length, sha256: sha256(bytes) };
    },
    remove: async (name) => {
      const path = pathOf(name);
      try {
        rmSync(path, { force: true });
      } catch (error) {
        throw new LabError(`Cannot remove ${path}: ${messageOf(error)}`);
      }
    },
  };
}

function rangeOf(path: string, range: { readonly from: number; readonly to: number }): Uint8Array {
  checkRange(range, statSync(path).size);
  const file = openSync(path, "r");
  try {
    const data = new Uint8Array(range.to - range.from);
    for (let done = 0; done < data.length; ) {
      const read = readSync(file, data, done, data.length - done, range.from + done);
      if (read === 0) throw new Error("the file ended");
      done += read;
    }
    return data;
  } finally {
    closeSync(file);
  }
}
