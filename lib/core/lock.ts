import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { LabError } from "./errors";
import { temporaryName } from "./files";
import { isRunning, markOf, type ProcessMark } from "./processes";

/** Who holds a lock, as its file says in JSON. */
interface Owner extends ProcessMark {
  readonly host: string;
  /** When the lock was taken (ISO 8601), for a reader. */
  readonly since: string;
}

/** A held lock. */
export interface Lock {
  /** Whose lock was taken over because its process is gone, in a sentence; undefined when the place was free. */
  readonly tookOver?: string;
  release(): void;
}

/** A lock file without a readable owner may be in the making for this long. */
const FRESH_MS = 10_000;

/**
 * Takes the lock file `path`, whose folder must exist, for this process. It is made whole or not at all. A lock is taken over when its process on this
 * machine is gone; one of another machine never, since nobody here can tell. `work` names what is protected and `option` how another place is named, for the error.
 *
 * Throws a LabError when the lock is held, by whom and since when; errors of the file system pass through.
 */
export function takeLock(path: string, work: string, option = "--out"): Lock {
  const owner: Owner = {
    ...markOf(process.pid),
    host: hostname(),
    since: new Date().toISOString(),
  };
  let tookOver: string | undefined;
  for (let attempt = 0; attempt < 100; attempt++) {
    if (create(path, `${JSON.stringify(owner)}\n`)) {
      return { tookOver, release: () => rmSync(path, { force: true }) };
    }
    const held = readOwner(path);
    if (held === "gone") continue;
    const holder = held === "unreadable" ? "another process" : describe(held);
    if (!isStale(path, held)) {
      const hint =
        held !== "unreadable" && held.host !== owner.host
          ? ` If nothing runs there any more, remove ${path}.`
          : "";
      throw new LabError(
        `Cannot work in ${work}: ${holder} is working in it. Wait for it or name another folder with ${option}.${hint}`,
      );
    }
    if (removeStale(path)) tookOver = `the lock of ${holder} was taken over: that process is gone`;
  }
  throw new LabError(`Cannot work in ${work}: its lock ${path} changes hands all the time`);
}

function describe({ pid, host, since }: Owner): string {
  return `process ${pid}${host === hostname() ? "" : ` on ${host}`} (since ${since})`;
}

/** True when the lock was made by this call. A hard link appears with its content or not at all; where there are none, the file is made and then filled. */
function create(path: string, content: string): boolean {
  const temporary = temporaryName(path);
  const made = (make: () => void): boolean | undefined => {
    try {
      make();
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return false;
      if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") return undefined;
      throw error;
    }
  };
  try {
    writeFileSync(temporary, content);
    const linked = made(() => linkSync(temporary, path));
    return linked ?? made(() => writeFileSync(path, content, { flag: "wx" })) ?? false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readOwner(path: string): Owner | "gone" | "unreadable" {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "gone";
    throw error;
  }
  try {
    const { pid, host, birth, since } = JSON.parse(text) as Partial<Owner>;
    if (!Number.isInteger(pid) || typeof host !== "string") return "unreadable";
    return {
      pid: pid as number,
      host,
      birth: typeof birth === "string" ? birth : null,
      since: String(since),
    };
  } catch {
    return "unreadable";
  }
}

function isStale(path: string, held: Owner | "unreadable"): boolean {
  if (held === "unreadable") return ageOf(path) > FRESH_MS;
  return held.host === hostname() && !isRunning(held);
}

/**
 * Removes a stale lock. Only who holds the folder `path.takeover` may, and looks again: between two who saw the same dead owner, the second must not
 * remove the lock of the first.
 */
function removeStale(path: string): boolean {
  const gate = `${path}.takeover`;
  try {
    mkdirSync(gate);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (ageOf(gate) > FRESH_MS) removeGate(gate);
    return false;
  }
  try {
    const held = readOwner(path);
    if (held === "gone" || !isStale(path, held)) return false;
    rmSync(path, { force: true });
    return true;
  } finally {
    removeGate(gate);
  }
}

function removeGate(gate: string): void {
  try {
    rmdirSync(gate);
  } catch {
    // Somebody else removed it.
  }
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
