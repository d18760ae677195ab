import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { loadEngine } from "../../lib/engine/load";
import { readCard } from "../../lib/train/modelFolder";
import { defaultSettings } from "../../lib/train/settings";
import { prepare } from "../../lib/walk/prepare";
import { recipeStage, stageSettings } from "../../lib/walk/recipeStage";
import { recipeNames, recipes } from "../../lib/walk/recipes";
import { settingsFor } from "../../lib/walk/trainStage";
import { type Ran, runCli } from "../cli/runCli";
import { inWorkplace, writePatterns } from "./fixtures";

const recipe = (...args: string[]): Promise<Ran> => runCli(["recipe", ...args]);

test("recipe trains every stage and fits every back-end of each recipe, whatever its name", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    for (const name of recipeNames) {
      const out = join(place, name);
      const quick = ["--mode", "center-crop", "--size", "32", "--steps", "6"];
      const ran = await recipe(name, "--data", data, ...quick, "--out", out, "--json");
      assert.equal(ran.code, 0, ran.err);
      const { results } = JSON.parse(ran.out) as { results: { backend: string; auc: number }[] };
      assert.deepEqual(
        results.map(({ backend }) => backend),
        ["squared-l2", ...recipes[name].backends],
      );
      assert.ok(results.every(({ auc }) => auc > 0 && auc <= 1));
      for (const { backend } of results) assert.ok(existsSync(join(out, `${backend}.backend`)));
      assert.equal(readdirSync(join(out, "checkpoints")).length, recipes[name].stages.length);
      const card = readCard(join(out, "model"));
      const last = recipes[name].stages.at(-1);
      assert.deepEqual(card.training.settings.objective, last?.objective);
      assert.equal(card.net.layers.at(-1)?.name, last?.projection ? "projection" : undefined);
    }
  }));

test("recipe --resume trains nothing again and gives the same result", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const args = ["vgg-face", "--data", data, "--mode", "center-crop", "--size", "32", "--steps", "6"];
    const first = await recipe(...args, "--out", join(place, "run"), "--json");
    assert.equal(first.code, 0, first.err);
    const saved = readFileSync(join(place, "run", "model", "weights.bin"));
    const again = await recipe(...args, "--out", join(place, "run"), "--resume", "--json");
    assert.equal(again.out, first.out);
    assert.deepEqual(readFileSync(join(place, "run", "model", "weights.bin")), saved);
    assert.match(again.err, /going on from step/);
    const longer = await recipe(...args.slice(0, -1), "9", "--out", join(place, "run"), "--resume");
    assert.match(longer.err, /budget must be the same as before/);
  }));

test("recipe keeps no tensor of a run that fails behind the training", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const out = join(place, "run");
    const args = ["siamese", "--data", data, "--mode", "center-crop", "--size", "32", "--steps", "2"];
    assert.equal((await recipe(...args, "--out", out)).code, 0);
    writeFileSync(join(out, "model", "mine.txt"), "");
    const tensors = (): number => loadEngine().memory().numTensors;
    const before = tensors();
    const saved = await recipe(...args, "--out", out, "--resume");
    assert.match(saved.err, /it holds "mine\.txt"/);
    assert.equal(tensors(), before);

    const prepared = await prepare({ data, align: { mode: "center-crop", size: 32 } });
    const failing = recipeStage(prepared, recipes.siamese, {
      settings: settingsFor(prepared.opened, { budget: { steps: 2 } }),
      checkpointsOf: (stage) => join(place, `stage-${stage}`),
      progress: ({ stage }) => {
        if (stage === "embed") throw new Error("no embeddings");
      },
    });
    await assert.rejects(failing, /no embeddings/);
    assert.equal(tensors(), before);
  }));

test("recipe --list names every recipe with its source; an unknown one is refused", async () => {
  const { out } = await recipe("--list");
  for (const name of recipeNames) assert.ok(out.includes(`${name} `) && out.includes(recipes[name].source));
  assert.match(
    (await recipe("facenext")).err,
    /Cannot follow the recipe "facenext": the recipes are siamese/,
  );
  assert.match((await recipe()).err, /Give one recipe, or --list/);
});

test("stageSettings() splits the budget by the shares and never asks for more images than there are", () => {
  const [first, second] = recipes["vgg-face"].stages;
  const settings = { ...defaultSettings, budget: { steps: 100 } };
  assert.deepEqual(stageSettings(settings, first, 50).budget, { steps: 70 });
  assert.deepEqual(stageSettings(settings, first, 50).batch, { sampler: "sequential", images: 50 });
  assert.deepEqual(stageSettings(settings, second, 50).layers, "last");
  assert.deepEqual(stageSettings({ ...settings, budget: { seconds: 10 } }, second, 50).budget, {
    seconds: 3,
  });
  for (const { stages } of Object.values(recipes)) {
    const sum = stages.reduce((total, { share }) => total + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9);
  }
});
