import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { checkRequest, openRunFolder, plainRequest } from "../../lib/walk/runFolder";

const request = { command: "walk", seed: 1 };

function inFolder(body: (path: string) => void): void {
  const parent = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  try {
    body(join(parent, "run"));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

test("openRunFolder() takes a new folder and resumes only the same request", () =>
  inFolder((path) => {
    const run = openRunFolder(path, request, { resume: false });
    assert.equal(run.resumed, false);
    writeFileSync(run.file("history.json"), "[]");
    run.close();
    assert.throws(() => openRunFolder(path, request, { resume: false }), /already holds one\. Add --resume/);
    assert.throws(
      () => openRunFolder(path, { ...request, seed: 2 }, { resume: true }),
      /seed must be the same as before \(1\), current value is 2/,
    );
    const { seed, ...less } = request;
    assert.throws(
      () => openRunFolder(path, less, { resume: true }),
      /seed must be the same as before \(1\), current value is not given/,
    );
    assert.throws(
      () => openRunFolder(path, { ...request, loss: "softmax" }, { resume: true }),
      /loss must be the same as before \(not given\), current value is "softmax"/,
    );
    const budgets = [{ seconds: 18 }, { seconds: 60 }].map((budget) => plainRequest({ budget }));
    assert.throws(
      () => checkRequest(path, new Map(Object.entries(budgets[0])), budgets[1]),
      /budget must be the same as before \(\{"seconds":18\}\), current value is \{"seconds":60\}\. A longer run needs another --out\.$/,
    );
    assert.throws(
      () => checkRequest(path, new Map(Object.entries(plainRequest({ budget: null }))), budgets[1]),
      /the same as before \(not given\), current value is \{"seconds":60\}/,
    );
    const again = openRunFolder(path, { ...request, loss: null }, { resume: true });
    assert.equal(again.resumed, true);
    again.close();
  }));

test("openRunFolder() keeps a second run out, also of this process, and says whose lock it took over", () =>
  inFolder((path) => {
    const first = openRunFolder(path, request, { resume: false });
    assert.throws(
      () => openRunFolder(path, request, { resume: true }),
      new RegExp(`Cannot work in .*: process ${process.pid} \\(since .*\\) is working in it\\. Wait`),
    );
    const lock = readFileSync(join(path, "run.lock"), "utf8");
    first.close();
    mkdirSync(path);
    writeFileSync(join(path, "run.lock"), lock.replace(String(process.pid), "999999999"));
    const notes: string[] = [];
    openRunFolder(path, request, { resume: false, note: (line) => void notes.push(line) }).close();
    assert.match(
      notes.join(),
      /^the lock of process 999999999 \(since .*\) was taken over: that process is gone$/,
    );
    assert.equal(existsSync(path), true);
    assert.deepEqual(readdirSync(path), []);
  }));

test("openRunFolder() leaves a folder with other files alone", () =>
  inFolder((path) => {
    mkdirSync(path);
    writeFileSync(join(path, "holiday.jpg"), "");
    assert.throws(
      () => openRunFolder(path, request, { resume: true }),
      /it holds holiday\.jpg\. Name another one/,
    );
  }));

test("openRunFolder() takes a folder in which a run was killed before it had written anything whole", () =>
  inFolder((path) => {
    mkdirSync(path);
    for (const name of [".run.json.17.0a1b2c3d.tmp", ".run.lock.17.0a1b2c3d.tmp"])
      writeFileSync(join(path, name), "{");
    const run = openRunFolder(path, request, { resume: false });
    assert.equal(run.resumed, false);
    run.close();
  }));

test("openRunFolder() says when the place cannot be written", () =>
  inFolder((path) => {
    writeFileSync(path, "a file");
    assert.throws(
      () => openRunFolder(join(path, "run"), request, { resume: false }),
      /Cannot (write|use) the run folder/,
    );
  }));

test("openRunFolder() leaves no trace of a run that made nothing", () =>
  inFolder((path) => {
    const deep = join(path, "deeper", "run");
    openRunFolder(deep, request, { resume: false }).close();
    assert.equal(existsSync(path), false);
    mkdirSync(deep, { recursive: true });
    openRunFolder(deep, request, { resume: false }).close();
    assert.deepEqual(readdirSync(deep), []);
  }));
