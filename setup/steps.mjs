// What every set-up step shares: progress lines, stamps that skip finished work, one-sentence failures, one set-up at a time.
// Nothing here needs an installed package.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const windows = process.platform === "win32";
const stamps = join(root, ".setup");
const started = performance.now();

/** One line of progress, with the seconds since the start. On standard error: standard output is for results. */
export function say(message) {
  console.error(`[${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s] ${message}`);
}

/** A failure that a person can act on; `start`, `lab` and `test` print it in one line and exit with 1. */
export class SetupError extends Error {}

/** SHA-256 over strings and buffers; the key of a stamp. */
export function digest(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

export function textOf(path) {
  return existsSync(path) ? readFileSync(path) : "";
}

/** Names, sizes and times of all files under a folder: cheap, and different when any file changed. */
export function treeKey(folder) {
  return readdirSync(folder, { recursive: true })
    .sort()
    .map((name) => {
      const found = statSync(join(folder, name));
      return found.isFile() ? `${name}:${found.size}:${found.mtimeMs}` : "";
    })
    .join("\n");
}

/** Runs `work` unless the last success had the same key and `present()` holds. */
export async function step(name, { key, present, title, work }) {
  const stamp = join(stamps, name);
  if (present() && String(textOf(stamp)) === key) return false;
  say(`${title} …`);
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, key);
  return true;
}

/** Runs a program quietly; its output goes to `.setup/NAME.log`. Throws a SetupError with `advice` when it fails. */
export function run(name, command, args, { advice, cwd = root, env = process.env, timeout } = {}) {
  const result = attempt(command, args, { cwd, env, timeout });
  mkdirSync(stamps, { recursive: true });
  const log = join(stamps, `${name}.log`);
  writeFileSync(log, `$ ${command} ${args.join(" ")}\n${result.output}`);
  if (!result.ok) {
    const last = result.output.trim().split("\n").at(-1) ?? "";
    throw new SetupError(
      `${advice} (${command} failed${last ? `: ${last.slice(0, 200)}` : ""}; the whole output is in ${log})`,
    );
  }
  return result;
}

/** Runs a program and says whether it ended well. */
export function attempt(command, args, { cwd = root, env = process.env, timeout } = {}) {
  const shell = windows && command === "npm";
  const result = spawnSync(command, args, { cwd, env, timeout, shell, encoding: "utf8", maxBuffer: 2 ** 28 });
  return {
    ok: !result.error && result.status === 0,
    output: `${result.stdout ?? ""}${result.stderr ?? ""}${result.error ? result.error.message : ""}`,
  };
}

/** Holds a lock while `body` runs, so that two starts at once do not work on the same folders. Waits for the other one. */
export async function alone(body) {
  const lock = join(stamps, "lock");
  mkdirSync(stamps, { recursive: true });
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(lock, markOf(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw new SetupError(`Cannot write in ${stamps}: ${error.message}`);
      if (!isOther(String(textOf(lock)))) rmSync(lock, { force: true });
      else {
        if (waited === 0) say("another set-up is running; waiting for it …");
        await new Promise((done) => setTimeout(done, 500));
      }
    }
  }
  try {
    return await body();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** A process: its id and, where the system tells, the boot and the clock ticks at which it began, as in lib/core/processes.ts. An id is given again, the rest is not. */
function markOf(pid) {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
    return `${pid} ${boot} ${fields[19]}`;
  } catch {
    return String(pid);
  }
}

/** Whether another process with this mark runs. Our own id in a lock that we do not hold was a dead process's: in a container, every start may get the same one. */
function isOther(mark) {
  const pid = Number(mark.split(" ")[0]);
  if (pid === process.pid || !isAlive(pid)) return false;
  const now = markOf(pid);
  return mark === now || !mark.includes(" ") || !now.includes(" ");
}

/** Whether some process has this id. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs the body of a script: prints a SetupError as one sentence, exits with the code that the body returns. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
