import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LabError, messageOf } from "../core/errors";
import { writeFileAtomic } from "../core/files";

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

/**
 * Opens `path` for a run. A new or empty folder is taken; one that holds the same request is taken only with `resume`.
 * Throws a LabError when it holds another run or foreign files, when another process works in it, or when it cannot be written.
 */
export function openRunFolder(
  path: string,
  request: RunRequest,
  options: { readonly resume: boolean },
): RunFolder {
  const found = existsSync(path) ? listFolder(path).filter((name) => name !== LOCK) : [];
  const held = found.includes("run.json") ? readRequest(join(path, "run.json")) : undefined;
  if (held === undefined && found.length > 0) {
    throw new LabError(
      `Cannot start a run in ${path}: the folder must be new, empty or hold a run, it holds ${found.slice(0, 3).join(", ")}. Name another one with --out.`,
    );
  }
  if (held && !options.resume) {
    throw new LabError(
      `Cannot start a run in ${path}: it already holds one. Add --resume to go on with it, or name another folder with --out.`,
    );
  }
  if (held) checkRequest(path, held, request);
  const made = takeLock(path);
  if (!held) writeFileAtomic(join(path, "run.json"), `${JSON.stringify(request, null, 2)}\n`);
  const close = (): void => {
    const nothing = !held && listFolder(path).every((name) => name === "run.json" || name === LOCK);
    if (nothing) rmSync(join(path, "run.json"), { force: true });
    rmSync(join(path, LOCK), { force: true });
    if (nothing && made) removeEmptyFolders(path, made);
  };
  return { path, resumed: held !== undefined, file: (...parts) => join(path, ...parts), close };
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

function checkRequest(path: string, held: ReadonlyMap<string, unknown>, request: RunRequest): void {
  for (const [key, value] of Object.entries(request)) {
    if (JSON.stringify(held.get(key)) === JSON.stringify(value)) continue;
    throw new LabError(
      `Cannot resume the run in ${path}: ${key} must be the same as before (${JSON.stringify(held.get(key))}), current value is ${JSON.stringify(value)}. Name another folder with --out.`,
    );
  }
}

/** Removes `path` and the folders above it up to `first`, as long as they are empty. */
function removeEmptyFolders(path: string, first: string): void {
  for (let folder = path; folder.startsWith(first); folder = dirname(folder)) {
    if (listFolder(folder).length > 0) return;
    rmdirSync(folder);
  }
}

/**
 * The lock holds the process id; that of a process which is gone is taken over. Returns the first folder that had to be made, if any.
 */
function takeLock(path: string): string | undefined {
  const lock = join(path, LOCK);
  try {
    const made = mkdirSync(path, { recursive: true });
    for (let attempt = 0; ; attempt++) {
      try {
        writeFileSync(lock, `${process.pid}\n`, { flag: "wx" });
        return made;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 2) throw error;
        const owner = Number(readFileSync(lock, "utf8"));
        if (owner !== process.pid && isAlive(owner)) {
          throw new LabError(
            `Cannot work in ${path}: process ${owner} is working in it. Wait for it or name another folder with --out.`,
          );
        }
        rmSync(lock, { force: true });
      }
    }
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(`Cannot write the run folder ${path}: ${messageOf(error)}`);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
