import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { FoldRun } from "../../lib/walk/foldRuns";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runCli, runJson } from "./runCli";

interface Answer {
  readonly error?: string;
  readonly results: readonly {
    readonly recipe: string;
    readonly templates: readonly string[];
    readonly accuracy: number;
    readonly pairs: number;
    readonly perFold: readonly { readonly trainIdentities: number; readonly steps: number }[];
  }[];
}

const folds = ["Ada Bo", "Cy Di", "Eve Flo"].map((names) => names.split(" "));

/** LFW's layout in small: seven people, three folds of two people each, two pairs of each kind in a fold. Aaron_Peirsol is in no pair. */
async function writeLfw(folder: string): Promise<string> {
  await writePatterns(folder, { identities: ["Aaron_Peirsol", ...folds.flat()] });
  for (const name of readdirSync(folder)) {
    for (let k = 0; k < 4; k++)
      renameSync(join(folder, name, `${k}.png`), join(folder, name, `${name}_000${k + 1}.jpg`));
  }
  const lines = folds.flatMap(([a, b]) => [
    `${a}\t1\t2`,
    `${b}\t3\t4`,
    `${a}\t1\t${b}\t2`,
    `${a}\t4\t${b}\t3`,
  ]);
  writeFileSync(join(folder, "pairs.txt"), ["3\t2", ...lines, ""].join("\n"));
  return folder;
}

test("folds trains on nobody of the fold, takes the threshold of the other folds, and keeps what is finished", () =>
  inWorkplace(async (place) => {
    const data = await writeLfw(join(place, "lfw"));
    const out = join(place, "out");
    const command = [
      "folds",
      "--data",
      data,
      "--mode",
      "center-crop",
      "--size",
      "32",
      "--net",
      "laptop-small",
    ];
    const all = [
      ...command,
      "--folds",
      "1,2,3",
      "--recipes",
      "facenet,two-step",
      "--steps",
      "4",
      "--out",
      out,
    ];
    const { code, json } = await runJson<Answer>(...all);
    assert.equal(code, 0, json.error);
    assert.deepEqual(
      json.results.map(({ recipe, pairs, perFold }) => [
        recipe,
        pairs,
        perFold.map((f) => f.trainIdentities),
      ]),
      [
        ["facenet", 12, [5, 5, 5]],
        ["two-step", 12, [5, 5, 5]],
      ],
    );
    assert.ok(json.results.every(({ perFold }) => perFold.every(({ steps }) => steps === 4)));
    assert.match(readFileSync(join(out, "folds.md"), "utf8"), /\| two-step \| arcface-112 \| \d/);
    assert.ok(!existsSync(join(out, "checkpoints", "facenet-arcface-112-1")));
    // Fold 1 is made to be all right with a threshold of 1, folds 2 and 3 all wrong: what is chosen on two of them fails on the third.
    const file = (fold: number): string => join(out, "folds", `facenet-arcface-112-${fold}.json`);
    const runs = [1, 2, 3].map((fold) => JSON.parse(readFileSync(file(fold), "utf8")) as FoldRun);
    for (const [k, run] of runs.entries()) {
      const distances = run.same.map((same) => (same === (k === 0 ? 1 : 0) ? 0.5 : 1.5));
      writeFileSync(file(k + 1), JSON.stringify({ ...run, distances }));
    }
    // Fold 1 by the threshold of 2 and 3, where calling everything different is best: half right. Folds 2 and 3 see one of each: half right as well.
    const again = await runJson<Answer>(...all, "--resume");
    assert.equal(again.json.results[0].accuracy, 0.5);
    assert.equal(again.json.results[1].accuracy, json.results[1].accuracy);
    rmSync(file(2));
    writeFileSync(file(3), "{}");
    assert.match(
      String((await runJson<Answer>(...all, "--resume")).json.error),
      /must hold fold 3 of the recipe facenet on arcface-112/,
    );
    // Found before fold 2 was trained.
    assert.ok(!existsSync(file(2)));
    const other = await runCli([...command, "--steps", "5", "--out", out, "--resume"]);
    assert.match(other.err, /budget must be the same as before/);
  }));

test("folds with two templates trains nets for each, and adds up the distances of a fold's pairs", () =>
  inWorkplace(async (place) => {
    const data = await writeLfw(join(place, "lfw"));
    const out = join(place, "out");
    const names = readdirSync(data).flatMap((name) => [1, 2, 3, 4].map((k) => `${name}_000${k}.jpg`));
    writeFileSync(
      join(data, "lfw_landmark.txt"),
      names.map((name) => `${name} 11 13 21 13 16 18 12 23 20 23\n`).join(""),
    );
    const command = "folds --folds 1,2 --recipes facenet --steps 2 --size 32 --net laptop-small";
    const templates = ["arcface-112", "close-112"];
    const all = [...command.split(" "), "--data", data, "--template", templates.join(","), "--out", out];
    assert.equal((await runCli(all)).code, 0);
    const file = (template: string, fold: number): string =>
      join(out, "folds", `facenet-${template}-${fold}.json`);
    // The first template gets pair 1 wrong by a little, the second gets pair 2 wrong by a little: together they are right.
    for (const fold of [1, 2]) {
      for (const [k, template] of templates.entries()) {
        const run = JSON.parse(readFileSync(file(template, fold), "utf8")) as FoldRun;
        assert.deepEqual(run.same, [1, 1, 0, 0]);
        const distances = k === 0 ? [1.1, 0.2, 1, 1.8] : [0.2, 1.1, 1, 1.8];
        writeFileSync(file(template, fold), JSON.stringify({ ...run, distances }));
      }
    }
    const { json } = await runJson<Answer>(...all, "--resume");
    assert.deepEqual(
      json.results.map(({ templates, accuracy }) => [templates, accuracy]),
      [
        [["arcface-112"], 0.75],
        [["close-112"], 0.75],
        [templates, 1],
      ],
    );
    assert.equal(json.results[2].perFold[0].steps, 4);
  }));

test("folds fits local binary patterns without a net, and joins recipes in units of the other folds' deviations", () =>
  inWorkplace(async (place) => {
    const data = await writeLfw(join(place, "lfw"));
    const out = join(place, "out");
    const command = "folds --mode center-crop --size 32 --net laptop-small --folds 1,2 --steps 2 --join";
    const all = [...command.split(" "), "--recipes", "facenet,high-dim-lbp", "--data", data, "--out", out];
    const first = await runJson<Answer>(...all);
    assert.equal(first.code, 0, first.json.error);
    const file = (recipe: string, fold: number): string =>
      join(out, "folds", `${recipe}-arcface-112-${fold}.json`);
    // Both get one pair of two wrong by a little of their own scale; the scales are 100 apart.
    for (const fold of [1, 2]) {
      for (const [recipe, distances] of [
        ["facenet", [1.1, 0.2, 1, 1.8]],
        ["high-dim-lbp", [-80, 10, 0, 80]],
      ] as const) {
        const run = JSON.parse(readFileSync(file(recipe, fold), "utf8")) as FoldRun;
        assert.deepEqual(run.same, [1, 1, 0, 0]);
        if (recipe === "high-dim-lbp") assert.deepEqual([run.steps, run.trainIdentities], [0, 5]);
        writeFileSync(file(recipe, fold), JSON.stringify({ ...run, distances }));
      }
    }
    const { json } = await runJson<Answer>(...all, "--resume");
    assert.deepEqual(
      json.results.map(({ recipe, templates, accuracy }) => [recipe, templates, accuracy]),
      [
        ["facenet", ["arcface-112"], 0.75],
        ["high-dim-lbp", ["arcface-112"], 0.75],
        ["facenet + high-dim-lbp", ["arcface-112"], 1],
      ],
    );
    assert.match(
      readFileSync(join(out, "folds.md"), "utf8"),
      /\| facenet \+ high-dim-lbp \| arcface-112 \| 100/,
    );
  }));

test("folds refuses recipes, folds and data that it does not know", async () => {
  for (const [args, message] of [
    [["--recipes", "facenext"], /Cannot follow the recipe "facenext"/],
    [
      ["--recipes", "high-dim-lbp", "--join"],
      /at least two recipes are needed, current value is high-dim-lbp/,
    ],
    [["--recipes", "facenet,facenet"], /stands there twice/],
    [["--template", "arcface-112,mine"], /current value is "mine"/],
    [["--template", "close-112", "--mode", "none"], /a template is for --mode similarity/],
    [["--folds", "3"], /at least two whole numbers/],
    [["--folds", "0,1"], /at least two whole numbers/],
    [["--data", "omniglot"], /protocol view2 on Omniglot/],
  ] as const) {
    await inWorkplace(async (place) => {
      const ran = await runCli(["folds", "--data", "omniglot", ...args, "--out", join(place, "out")]);
      assert.notEqual(ran.code, 0);
      assert.match(ran.err, message);
    });
  }
});
