import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { allLosses, type LossSummary } from "../../lib/sweeps/lossStudy";
import { objectiveNames } from "../../lib/train/objectives";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runJson } from "./runCli";

const run = runJson<LossSummary & { readonly error?: string }>;

test("losses trains every objective with every seed on one budget, and keeps what is finished", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const out = join(place, "losses");
    const command = [
      "losses",
      "--data",
      data,
      "--mode",
      "center-crop",
      "--size",
      "32",
      "--net",
      "laptop-small",
    ];
    const short = [...command, "--steps", "2", "--out", out];
    const { code, json } = await run(...short, "--seeds", "1");
    assert.equal(code, 0, json.error);
    assert.deepEqual(json.results.map(({ loss }) => loss).sort(), allLosses.map(({ name }) => name).sort());
    for (const name of objectiveNames) assert.ok(json.results.some(({ loss }) => loss === name));
    const aucs = json.results.map(({ auc }) => auc.mean);
    assert.deepEqual(
      aucs,
      [...aucs].sort((a, b) => b - a),
    );
    // A standard error needs two seeds.
    assert.ok(json.results.every(({ auc, runs }) => auc.standardError === null && runs.length === 1));
    assert.equal(readdirSync(join(out, "runs")).length, allLosses.length);
    const table = readFileSync(join(out, "losses.md"), "utf8");
    assert.match(table, /\| arcface, scale 16 \|/);
    assert.match(table, /`facenet-lab losses .*--mode center-crop .*--size 32/);
    assert.match(readFileSync(join(out, "losses.svg"), "utf8"), /^<svg/);
    // One run is gone, one was made by a machine that found an AUC of exactly 0.123: only the first is trained again.
    const file = (name: string): string => join(out, "runs", `${name}-seed-1.json`);
    const gone = readFileSync(file("circle"), "utf8");
    rmSync(file("circle"));
    writeFileSync(
      file("softmax"),
      JSON.stringify({ name: "softmax", seed: 1, accuracy: 0.5, auc: 0.123, rank: 1, steps: 2, seconds: 1 }),
    );
    const again = await run(...short, "--seeds", "1", "--resume");
    assert.equal(again.json.results.find(({ loss }) => loss === "softmax")?.auc.mean, 0.123);
    const untimed = (text: string): object => ({ ...JSON.parse(text), seconds: 0 });
    assert.deepEqual(untimed(readFileSync(file("circle"), "utf8")), untimed(gone));
    writeFileSync(file("softmax"), "{}");
    assert.match(
      String((await run(...short, "--seeds", "1", "--resume")).json.error),
      /must hold the run of softmax with seed 1; remove it to train again/,
    );
  }));
