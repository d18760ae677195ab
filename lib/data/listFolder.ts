import { type Dirent, lstatSync, opendirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { LabError, messageOf } from "../core/errors";
import { byCodeUnits, printable } from "./names";

/** What one name in a folder is, after links were looked through. */
export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly kind: "folder" | "file" | "other";
  /** Bytes of a file; 0 for anything else. */
  readonly bytes: number;
  /** Set when the entry must not be used: why. */
  readonly refused?: string;
}

/**
 * The entries of one folder in code-unit order of their names, hidden ones (leading dot) left out.
 * Links are followed only while they stay inside `root` (a real path). Reads at most `most` names: a folder with more
 * is a mistake that must not fill the memory.
 *
 * Throws a LabError when the folder cannot be read or holds more than `most` names.
 */
export function listFolder(folder: string, root: string, most: number): Entry[] {
  const names: Dirent[] = [];
  try {
    const open = opendirSync(folder);
    try {
      for (let next = open.readSync(); next !== null; next = open.readSync()) {
        if (next.name.startsWith(".")) continue;
        if (names.push(next) > most) break;
      }
    } finally {
      open.closeSync();
    }
  } catch (error) {
    throw new LabError(`Cannot read ${printable(folder, 300)}: ${messageOf(error)}`);
  }
  if (names.length > most) {
    throw new LabError(
      `Cannot read ${printable(folder, 300)}: a folder may hold at most ${most} names, this one holds more`,
    );
  }
  names.sort((a, b) => byCodeUnits(a.name, b.name));
  return names.map((entry) => look(entry.name, folder, root));
}

function look(name: string, folder: string, root: string): Entry {
  const path = join(folder, name);
  const other = (refused: string): Entry => ({ name, path, kind: "other", bytes: 0, refused });
  try {
    let found = lstatSync(path);
    if (found.isSymbolicLink()) {
      const target = realpathSync(path);
      if (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
        return other("a link that leaves the folder");
      }
      found = statSync(path);
    }
    if (found.isDirectory()) return { name, path, kind: "folder", bytes: 0 };
    if (found.isFile()) return { name, path, kind: "file", bytes: found.size };
    return other("neither a file nor a folder");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return other("a broken link, or a name that is not valid Unicode");
    return other(`cannot be read (${code ?? messageOf(error)})`);
  }
}
