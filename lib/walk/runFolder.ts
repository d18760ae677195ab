import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { LabError, messageOf } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import { type Lock, takeLock } from "../core/lock";

/** A folder that holds one run: `run.json` says what was asked, a lock keeps a second process out while one works in it. */
export interface RunFolder {
  readonly path: string;
  /** True when the folder held an unfinished or finished run of the same request. */
  readonly resumed: boolean;
  file(...parts: string[]): string;
  /** Releases the lock. A folder in which this run made nothing is left as it was found: a run that failed at once is no run to resume. */
  close(): void;
}

/** What was asked of a run; a folder is only resumed for the same request. Plain JSON. */
export type RunRequest = Readonly<Record<string, string | number | boolean | null>>;

/** Settings as a request: what is not plain becomes its JSON, what was left out null. */
export function plainRequest(settings: object): RunRequest {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === "object" ? JSON.stringify(value) : (value ?? null),
    ]),
  );
}

const LOCK = "run.lock";

/** Options of {@link openRunFolder}. */
export interface RunFolderOptions {
  /** Take a folder that holds a run of the same request. */
  readonly resume: boolean;
  /** Told when the lock of a process that is gone was taken over. */
  readonly note?: (line: string) => void;
}

/**
 * Opens `path` for a run. A new or empty folder is taken; one that holds the same request is taken only with `resume`.
 * Throws a LabError when it holds another run or foreign files, when another process works in it, or when it cannot be written.
 */
export function openRunFolder(path: string, request: RunRequest, options: RunFolderOptions): RunFolder {
  checkFolder(path, request, options);
  const { lock, made } = lockFolder(path);
  let held: boolean;
  try {
    // Again, since another process may have made a run here in between.
    held = checkFolder(path, request, options);
    if (!held) writeFileAtomic(join(path, "run.json"), `${JSON.stringify(request, null, 2)}\n`);
  } catch (error) {
    lock.release();
    throw error;
  }
  if (lock.tookOver) options.note?.(lock.tookOver);
  const close = (): void => {
    const nothing = !held && listFolder(path).every((name) => name === "run.json" || isPassing(name));
    if (nothing) rmSync(join(path, "run.json"), { force: true });
    lock.release();
    if (nothing && made) removeEmptyFolders(path, made);
  };
  return { path, resumed: held, file: (...parts) => join(path, ...parts), close };
}

/** Whether the folder holds a run of this request. Throws a LabError when it holds anything else, or a run that is not to be resumed. */
function checkFolder(path: string, request: RunRequest, { resume }: RunFolderOptions): boolean {
  const found = existsSync(path) ? listFolder(path).filter((name) => !isPassing(name)) : [];
  const held = found.includes("run.json") ? readRequest(join(path, "run.json")) : undefined;
  if (held === undefined && found.length > 0) {
    throw new LabError(
      `Cannot start a run in ${path}: the folder must be new, empty or hold a run, it holds ${found.slice(0, 3).join(", ")}. Name another one with --out.`,
    );
  }
  if (held && !resume) {
    throw new LabError(
      `Cannot start a run in ${path}: it already holds one. Add --resume to go on with it, or name another folder with --out.`,
    );
  }
  if (held) checkRequest(path, held, request);
  return held !== undefined;
}

/** The lock, or what making it, taking it over or writing the request leaves for a moment, and for good when the process is killed in that moment. */
function isPassing(name: string): boolean {
  return name === LOCK || name === `${LOCK}.takeover` || /^\.run\.(lock|json)\..*\.tmp$/.test(name);
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    throw new LabError(`Cannot use the run folder ${path}: ${messageOf(error)}`);
  }
}

function readRequest(path: string): Map<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(path, "utf8")) as object));
  } catch (error) {
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
}

/** Throws a LabError unless a run at `path`, as it was asked before, is the same as this one; null is as good as left out. */
export function checkRequest(path: string, held: ReadonlyMap<string, unknown>, request: RunRequest): void {
  for (const key of new Set([...held.keys(), ...Object.keys(request)])) {
    const [before, now] = [requestedText(held.get(key)), requestedText(request[key])];
    if (before === now) continue;
    const way = key === "budget" ? "A longer run needs another --out." : "Name another place.";
    throw new LabError(
      `Cannot resume the run in ${path}: ${key} must be the same as before (${before}), current value is ${now}. ${way}`,
    );
  }
}

/** A value of a request for people: what {@link plainRequest} made JSON of is shown as that JSON, not as a text that holds it. */
function requestedText(value: unknown): string {
  if (value === undefined || value === null || value === "null") return "not given";
  return typeof value === "string" && /^[{[]/.test(value) ? value : JSON.stringify(value);
}

/** Removes `path` and the folders above it up to `first`, as long as they are empty. */
function removeEmptyFolders(path: string, first: string): void {
  for (let folder = path; folder.startsWith(first); folder = dirname(folder)) {
    if (listFolder(folder).length > 0) return;
    rmdirSync(folder);
  }
}

/** Makes the folder and takes its lock. `made` is the first folder that had to be made, if any. */
function lockFolder(path: string): { readonly lock: Lock; readonly made: string | undefined } {
  try {
    const made = mkdirSync(path, { recursive: true });
    return { made, lock: takeLock(join(path, LOCK), path) };
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(`Cannot write the run folder ${path}: ${messageOf(error)}`);
  }
}
