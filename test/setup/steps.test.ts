import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { inFolder } from "../inFolder";

/** Takes the lock in a copy of `setup/`, after `before` ran there in the same process; two seconds are left to it. */
function lockAfter(folder: string, before: string): SpawnSyncReturns<string> {
  cpSync(join(packageRoot(), "setup"), join(folder, "setup"), { recursive: true });
  mkdirSync(join(folder, ".setup"), { recursive: true });
  const code = `import { writeFileSync } from "node:fs";
const { alone } = await import("./setup/steps.mjs");
const lock = ".setup/lock";
${before}
const late = setTimeout(() => process.exit(3), 2000);
await alone(() => console.log("ran"));
clearTimeout(late);`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: folder,
    encoding: "utf8",
  });
}

test(
  "alone() takes a lock over from its own process id, and from one that was given again",
  {
    skip: !existsSync("/proc/self/stat") && "the system does not tell when a process began",
  },
  () =>
    inFolder((folder) => {
      for (const left of ["String(process.pid)", "process.ppid + ' another-boot 1'"]) {
        const { stdout, stderr, status } = lockAfter(folder, `writeFileSync(lock, ${left});`);
        assert.deepEqual([stdout, status], ["ran\n", 0], stderr);
        assert.ok(!existsSync(join(folder, ".setup", "lock")));
      }
    }),
);

test("alone() waits for a process that runs, with or without its start in the lock", () =>
  inFolder((folder) => {
    // Another set-up holds the lock: this process writes it as that one would.
    const { stdout } = lockAfter(
      folder,
      `await alone(async () => { const { readFileSync } = await import("node:fs"); console.log(readFileSync(lock, "utf8")); });`,
    );
    const [mine] = stdout.split("\n");
    assert.match(mine, /^\d+( \S+ \d+)?$/);
    const stat = existsSync("/proc/self/stat")
      ? readFileSync("/proc/self/stat", "utf8").replace(/^.*\)/s, "").trim().split(" ")[19]
      : undefined;
    const boot = mine.split(" ")[1];
    for (const mark of [`${process.pid}`, ...(stat ? [`${process.pid} ${boot} ${stat}`] : [])]) {
      const { status, stderr } = lockAfter(folder, `writeFileSync(lock, ${JSON.stringify(mark)});`);
      assert.equal(status, 3);
      assert.match(stderr, /another set-up is running; waiting for it/);
      writeFileSync(join(folder, ".setup", "lock"), "0");
    }
  }));
