import { readdirSync, readFileSync } from "node:fs";

/** A process that is still meant when its id was given to another one. */
export interface ProcessMark {
  readonly pid: number;
  /** When it began, as the system tells it: a process id is given again, this is not. Null where the system does not tell. */
  readonly birth: string | null;
}

/** The process that has this id now. */
export function markOf(pid: number): ProcessMark {
  return { pid, birth: birthOf(pid) };
}

/** Whether that very process still runs. Where the system tells no births, whether any process has its id. */
export function isRunning({ pid, birth }: ProcessMark): boolean {
  if (!isAlive(pid)) return false;
  const now = birthOf(pid);
  return birth === null || now === null || now === birth;
}

/** Processes that descend from these, nearest first (Linux; none elsewhere). */
export function descendantsOf(pids: readonly number[]): ProcessMark[] {
  const children = new Map<number, number[]>();
  for (const name of processFolders()) {
    const parent = Number(statOf(Number(name))?.[1]);
    if (Number.isInteger(parent)) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = new Set<number>();
  const queue = [...pids];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child) || pids.includes(child)) continue;
      found.add(child);
      queue.push(child);
    }
  }
  return [...found].map(markOf);
}

function processFolders(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  if (pid < 1) return false;
  try {
    process.kill(pid, 0);
    // A process that ended and that nobody asked after is none any more.
    return statOf(pid)?.[0] !== "Z";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Boot and clock ticks since then at which a process began (Linux); null elsewhere, and for a process that is gone. */
function birthOf(pid: number): string | null {
  const fields = statOf(pid);
  if (!fields) return null;
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[19]}`;
  } catch {
    return null;
  }
}

/** State, parent and the rest of the system's line about a process: its fields from the third on. */
function statOf(pid: number): string[] | undefined {
  try {
    // The name, in parentheses, may hold anything; the fields behind it are numbers and the state.
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
  } catch {
    return undefined;
  }
}
