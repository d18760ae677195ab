import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { alignDataSet } from "../../lib/align/alignDataSet";
import { packageRoot } from "../../lib/core/folders";
import { loadFolder } from "../../lib/data/folder";
import { inWorkplace, writePatterns } from "../walk/fixtures";

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command line in a process of its own, with the crop cache of the workplace. */
function run(...args: string[]): Promise<Ran> {
  const main = join(packageRoot(), "dist", "lib", "cli", "main.js");
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (part) => {
    out += part;
  });
  child.stderr.on("data", (part) => {
    err += part;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

const quick =
  "--steps 6 --mode center-crop --size 32 --identities 3 --images 2 --net laptop-small --json".split(" ");

test("walk in two processes with one folder: one wins, the other says who, and the winner's run is whole", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const walk = (out: string): Promise<Ran> =>
      run("walk", "--data", data, "--out", join(place, out), ...quick);
    const both = await Promise.all([walk("shared"), walk("shared")]);
    const [winners, losers] = [both.filter(({ code }) => code === 0), both.filter(({ code }) => code !== 0)];
    assert.deepEqual([winners.length, losers.length], [1, 1], both.map(({ err }) => err).join("\n"));
    assert.equal(losers[0].code, 1);
    assert.match(losers[0].err, /process \d+ \(since .*\) is working in it|it already holds one/);
    const alone = await walk("alone");
    const weights = (name: string): Buffer => readFileSync(join(place, name, "model", "weights.bin"));
    assert.equal(alone.code, 0, alone.err);
    assert.ok(weights("shared").equals(weights("alone")));
  }));

test("align in two processes that fill one cache: both give the crops of one alone, and a third finds all of them", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { images: 12 });
    const align = (out: string): Promise<Ran> =>
      run("align", "--data", data, "--out", join(place, out), "--mode", "center-crop", "--size", "32");
    const both = await Promise.all([align("a"), align("b")]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
      both.map(({ err }) => err).join("\n"),
    );
    const dataSet = await loadFolder(data);
    const options = { mode: "center-crop", size: 32 } as const;
    const third = await alignDataSet(dataSet, options);
    const clean = await alignDataSet(dataSet, { ...options, cache: false });
    assert.equal(third.report.fromCache, 72);
    assert.deepEqual(third.crops, clean.crops);
  }));

test("generate in two processes with one folder: one draws, the other says who does, or finds all of it drawn", () =>
  inWorkplace(async (place) => {
    const out = join(place, "faces");
    const generate = (): Promise<Ran> =>
      run("generate", "--identities", "2", "--images", "2", "--size", "32", "--out", out, "--json");
    const both = await Promise.all([generate(), generate()]);
    assert.ok(
      both.some(({ code }) => code === 0),
      both.map(({ err }) => err).join("\n"),
    );
    for (const { code, err } of both) if (code !== 0) assert.match(err, /is working in it/);
    assert.equal((await loadFolder(out)).items.length, 4);
  }));
