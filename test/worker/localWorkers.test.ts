import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { type LocalWorkers, startLocalWorkers, workerCommand } from "../../lib/worker/localWorkers";
import { WorkerLost } from "../../lib/worker/workers";
import { inFolder } from "../inFolder";
import { tinyNet, tinySettings } from "../train/fixtures";

const origin = { spec: tinyNet, settings: tinySettings, classes: 4 };

/** Waits until a process is gone; fails after ten seconds. */
async function gone(pid: number | undefined): Promise<void> {
  assert.ok(pid !== undefined);
  for (let waited = 0; waited < 200; waited++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`process ${pid} is still there`);
}

async function withPool(
  options: Parameters<typeof startLocalWorkers>[0],
  body: (pool: LocalWorkers) => Promise<void>,
): Promise<void> {
  const pool = await startLocalWorkers(options);
  try {
    await body(pool);
  } finally {
    await pool.close();
  }
}

test("startLocalWorkers() reports a killed worker once and replaces it by a fresh one; close() ends all", async () => {
  let pids: (number | undefined)[] = [];
  await withPool({ count: 2 }, async (pool) => {
    await Promise.all([0, 1].map((worker) => pool.call(worker, "init", origin)));
    const [, before] = pool.pids();
    process.kill(before as number, "SIGKILL");
    await gone(before);
    // Two requests that were sent together are lost together.
    const lost = await Promise.allSettled([pool.call(1, "digest"), pool.call(1, "digest")]);
    for (const one of lost) assert.ok(one.status === "rejected" && one.reason instanceof WorkerLost);
    await assert.rejects(pool.call(1, "digest"), /init or setState must come first \(worker \d+\)/);
    assert.notEqual(pool.pids()[1], before);
    assert.match(String((await pool.call(0, "digest")).result.digest), /^[0-9a-f]{64}$/);
    await assert.rejects(pool.call(2, "digest"), /its number must lie in \[0, 1\], current value is 2/);
    pids = pool.pids();
  });
  await Promise.all(pids.map(gone));
});

test("startLocalWorkers() kills its workers when the signal is aborted, and calls are interrupted", async () => {
  const stop = new AbortController();
  await withPool({ count: 1, signal: stop.signal }, async (pool) => {
    const [pid] = pool.pids();
    const call = pool.call(0, "init", origin);
    stop.abort();
    await assert.rejects(call, { name: "Interrupted" });
    await assert.rejects(pool.call(0, "digest"), { name: "Interrupted" });
    await gone(pid);
  });
});

test("startLocalWorkers() is not disturbed by what a worker prints", async () => {
  await inFolder(async (folder) => {
    const noisy = join(folder, "noisy.js");
    writeFileSync(noisy, 'setInterval(() => { console.log("noise"); process.stdout.write("more\\n"); }, 1);');
    const command = workerCommand(1);
    await withPool(
      { count: 1, command: { ...command, args: ["--require", noisy, ...command.args] } },
      async (pool) => {
        for (let i = 0; i < 5; i++) {
          await pool.call(0, "init", origin);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
    );
  });
});

test("startLocalWorkers() refuses a program that is no worker, with its last words", async () => {
  const program = (script: string) => ({ program: process.execPath, args: ["-e", script], env: process.env });
  const start = (script: string): Promise<unknown> =>
    startLocalWorkers({ count: 1, command: program(script) });
  await assert.rejects(start("console.error('out of luck'); process.exit(3)"), {
    name: "WorkerLost",
    message: /it ended with exit code 3; its last words: out of luck/,
  });
  await assert.rejects(
    start("console.log('a page of text, not a frame')"),
    /it does not speak the protocol: Cannot read a frame/,
  );
  const missing = { ...program(""), program: join(packageRoot(), "no-such-program") };
  await assert.rejects(startLocalWorkers({ count: 1, command: missing }), /could not be started/);
  await assert.rejects(
    startLocalWorkers({ count: 0 }),
    /must be an integer in \[1, 1024\], current value is 0/,
  );
});

test("startLocalWorkers() leaves no worker behind when its own process is killed", async () => {
  const pool = join(packageRoot(), "dist", "lib", "worker", "localWorkers.js");
  const script = `require(${JSON.stringify(pool)}).startLocalWorkers({ count: 2 }).then((p) => console.log(p.pids().join()))`;
  const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  parent.kill("SIGKILL");
  await Promise.all(String(line).split(",").map(Number).map(gone));
});

test("startLocalWorkers() refuses with a WorkerLost where no more files can be opened", {
  skip: process.platform === "win32",
}, async () => {
  const script = join(packageRoot(), "dist", "test", "worker", "noFilesLeft.js");
  for (const spare of [0, 3]) {
    const child = spawn(
      "sh",
      ["-c", `ulimit -n 64 && exec "$0" "$1" ${spare}`, process.execPath, script],
      // A group of its own: a signal to process id 0 would reach it alone.
      { detached: true, stdio: ["ignore", "pipe", "pipe"] },
    );
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const ended = await once(child, "close");
    const [words, problems] = await said;
    assert.deepEqual(ended, [0, null], problems);
    assert.match(
      words,
      /^WorkerLost: Lost worker \(not started\): it could not be started: .*EMFILE\nInterrupted: .*\n$/,
    );
  }
});
