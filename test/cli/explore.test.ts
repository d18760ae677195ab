import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { encodeNpy } from "../../lib/core/npy";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inFolder } from "../inFolder";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runJson } from "./runCli";

interface Explored {
  readonly error?: string;
  readonly out: string;
  readonly points: number;
  readonly identities: number;
  readonly epochs: readonly string[];
  readonly columns: readonly string[];
  readonly notes: readonly string[];
}

const names = Array.from({ length: 10 }, (_, i) => (i === 0 ? "<b>Ada</b>" : `person ${i}`));

test("explore of a run writes its page with a checkpoint for each snapshot", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { identities: names });
    const run = join(place, "run");
    const train = [
      "--mode",
      "center-crop",
      "--size",
      "32",
      "--identities",
      "3",
      "--images",
      "2",
      "--steps",
      "4",
    ];
    const trained = await runJson("train", "--data", data, ...train, "--snapshots", "2", "--out", run);
    assert.equal(trained.code, 0);
    const { code, json } = await runJson<Explored>("explore", run);
    assert.equal(code, 0, json.error);
    assert.deepEqual(json.epochs, ["step 0", "step 2", "step 4, the end"]);
    assert.equal(json.out, join(run, "explore.html"));
    assert.equal(json.points, 4 * json.identities);
    assert.match(readFileSync(json.out, "utf8"), /^<!doctype html>/);
  }));

test("explore of a table takes its columns, earlier checkpoints and pictures", () =>
  inFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    const { x, labels } = clusteredEmbeddings(2, 24, 3);
    for (const name of ["a.npy", "b.npy"]) writeFileSync(at(name), encodeNpy(x));
    await writePatterns(at("images"), { identities: ["Ada", "Bo", "Cy"], images: 8 });
    const rows = Array.from(
      labels,
      (label, i) => `p${label},${["Ada", "Bo", "Cy"][i % 3]}/${i >> 2}.png,${i * 7}`,
    );
    writeFileSync(at("l.csv"), ["identity,picture,age", ...rows].join("\n"));
    const command = ["explore", "--embeddings", at("b.npy"), "--labels", at("l.csv"), "--out", at("x.html")];
    const { code, json } = await runJson<Explored>(
      ...command,
      ...["--epochs", at("a.npy"), "--images", at("images"), "--image-column", "picture"],
    );
    assert.equal(code, 0, json.error);
    assert.deepEqual(json.columns, ["age"]);
    assert.deepEqual(json.epochs, ["a.npy", "b.npy"]);
    // A page that is handed on does not tell where its files lay.
    assert.ok(!readFileSync(json.out, "utf8").includes(folder));
    assert.ok(!json.notes.some((note) => /could not be read/.test(note)), json.notes.join());
    const without = await runJson<Explored>(...command, "--images", at("images"));
    assert.match(String(without.json.error), /line 1: a column "name" is needed for the pictures/);
    assert.equal(without.code, 1);
  }));

test("explore refuses what is no run, an unfinished one, and options that do not go together", () =>
  inFolder(async (folder) => {
    const refused = async (...args: string[]): Promise<[number, string]> => {
      const { code, json } = await runJson<Explored>("explore", ...args);
      return [code, String(json.error)];
    };
    assert.match((await refused(folder))[1], /it must be a run folder of walk or train, it has no run\.json/);
    writeFileSync(
      join(folder, "run.json"),
      JSON.stringify({ command: "walk", data: "omniglot", protocol: "auto" }),
    );
    assert.match((await refused(folder))[1], /the run must be finished, it holds no model/);
    for (const args of [
      [],
      [folder, "--embeddings", "x"],
      [folder, "--labels", "x"],
      ["--embeddings", "x", "--labels", "y"],
    ]) {
      const [code, error] = await refused(...args);
      assert.equal(code, 2, error);
    }
    assert.ok(!existsSync(join(folder, "explore.html")));
  }));
