import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LabError, messageOf } from "../core/errors";
import { folderStore } from "./folderStore";
import { type S3Options, s3Store } from "./s3Store";
import type { Store } from "./store";

/** Whether a reader named a place by its scheme: `s3://…`, `file://…`. */
export function isAddress(where: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(where);
}

/** The store at a path, a file:// or an s3:// address. Throws a LabError for an address that is none of them. */
export function openStore(where: string, options: S3Options = {}): Store {
  if (!isAddress(where)) return folderStore(resolve(where));
  if (where.startsWith("s3://")) return s3Store(where, options);
  if (!where.startsWith("file://")) {
    throw new LabError(`Cannot open ${where}: a path, a file:// or an s3:// address is wanted`);
  }
  try {
    return folderStore(fileURLToPath(where));
  } catch (error) {
    throw new LabError(`Cannot open ${where}: ${messageOf(error)}`);
  }
}
