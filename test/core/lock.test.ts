import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { takeLock } from "../../lib/core/lock";
import { inFolder } from "../inFolder";

test("takeLock() writes who holds it and gives the place free again", () =>
  inFolder((folder) => {
    const path = join(folder, "lock");
    const lock = takeLock(path, "here");
    const owner = JSON.parse(readFileSync(path, "utf8"));
    assert.deepEqual([owner.pid, owner.host], [process.pid, hostname()]);
    assert.ok(Number.isFinite(Date.parse(owner.since)));
    assert.throws(
      () => takeLock(path, "here"),
      /^LabError: Cannot work in here: process \d+ \(since .*\) is working in it/,
    );
    lock.release();
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(takeLock(path, "here").tookOver, undefined);
  }));

test("takeLock() never takes over the lock of another machine, and says which file to remove", () =>
  inFolder((folder) => {
    const path = join(folder, "lock");
    writeFileSync(
      path,
      JSON.stringify({ pid: 999999999, host: "elsewhere", birth: null, since: "2026-01-01" }),
    );
    assert.throws(
      () => takeLock(path, "here"),
      /process 999999999 on elsewhere \(since 2026-01-01\) .* remove .*lock\.$/,
    );
  }));

test(
  "takeLock() takes over a lock whose process id was given to a younger process",
  { skip: !existsSync("/proc") },
  () =>
    inFolder((folder) => {
      const path = join(folder, "lock");
      takeLock(path, "here");
      const owner = JSON.parse(readFileSync(path, "utf8"));
      writeFileSync(path, JSON.stringify({ ...owner, birth: `${owner.birth}0` }));
      assert.match(takeLock(path, "here").tookOver ?? "", /that process is gone/);
    }),
);

test("takeLock() waits for a lock file in the making, and takes over one that was never finished", () =>
  inFolder((folder) => {
    const path = join(folder, "lock");
    writeFileSync(path, "");
    assert.throws(() => takeLock(path, "here"), /another process is working in it/);
    utimesSync(path, new Date(0), new Date(0));
    assert.match(takeLock(path, "here").tookOver ?? "", /lock of another process was taken over/);
  }));

/** Takes the lock as soon as it can, five times, and writes into a log when it came in and when it went out. */
const CONTENDER = `
const { takeLock } = require(process.argv[1]);
const { appendFileSync } = require("node:fs");
const [lock, log] = process.argv.slice(2);
const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
for (let turns = 0; turns < 5; ) {
  try {
    const held = takeLock(lock, "here");
    appendFileSync(log, process.pid + " in\\n");
    pause(2);
    appendFileSync(log, process.pid + " out\\n");
    if (++turns < 5) held.release();
    // The last time it dies with the lock in its hand: somebody must take it over.
    else process.kill(process.pid, "SIGKILL");
  } catch (error) {
    if (error.name !== "LabError") throw error;
    pause(1);
  }
}`;

test("takeLock() lets one of four processes in at a time, also over the locks of the dead", () =>
  inFolder(async (folder) => {
    const [lock, log] = [join(folder, "lock"), join(folder, "log")];
    writeFileSync(lock, JSON.stringify({ pid: 999999999, host: hostname(), birth: null, since: "" }));
    appendFileSync(log, "");
    const module = require.resolve("../../lib/core/lock");
    const ends = Array.from({ length: 4 }, () => {
      const child = spawn(process.execPath, ["-e", CONTENDER, module, lock, log], { stdio: "inherit" });
      return new Promise((resolve) => child.on("close", (_, signal) => resolve(signal)));
    });
    assert.deepEqual(await Promise.all(ends), Array(4).fill("SIGKILL"));
    const lines = readFileSync(log, "utf8").trim().split("\n");
    assert.equal(lines.length, 4 * 5 * 2);
    for (let i = 0; i < lines.length; i += 2) {
      const [pid] = lines[i].split(" ");
      assert.deepEqual(lines.slice(i, i + 2), [`${pid} in`, `${pid} out`]);
    }
  }));
