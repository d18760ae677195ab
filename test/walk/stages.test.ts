import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { decodeCsv } from "../../lib/core/csv";
import { runCli, runJson } from "../cli/runCli";
import { inWorkplace, writePatterns } from "./fixtures";

const quick = ["--mode", "center-crop", "--size", "32"];
const batch = ["--identities", "3", "--images", "2"];

test("every stage is a command of its own, and together they give what the walk gives", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const at = (name: string): string => join(place, name);
    const whole = await runJson(
      "walk",
      "--data",
      data,
      "--steps",
      "6",
      ...quick,
      ...batch,
      "--out",
      at("walk"),
    );
    assert.equal(whole.code, 0);

    const trained = await runJson(
      "train",
      "--data",
      data,
      "--steps",
      "6",
      ...quick,
      ...batch,
      "--out",
      at("train"),
    );
    assert.equal(trained.code, 0);
    assert.equal(trained.json.model, at("train/model"));
    assert.equal(trained.json.id, whole.json.model);

    const evaluated = await runJson("evaluate", "--model", at("train/model"), "--data", data);
    assert.equal(evaluated.code, 0);
    const { accuracy, threshold } = whole.json.verification as { accuracy: number; threshold: number };
    const listed = evaluated.json.listed as { accuracy: number; threshold: number };
    assert.deepEqual([listed.accuracy, listed.threshold], [accuracy, threshold]);
    const { points, eer } = whole.json.allPairs as { points: object[]; eer: number };
    const all = evaluated.json.verification as { points: object[]; eer: number };
    assert.deepEqual([all.points, all.eer], [points, eer]);

    const embedded = await runJson(
      "embed",
      "--model",
      at("train/model"),
      "--data",
      data,
      "--out",
      at("vectors"),
    );
    assert.deepEqual([embedded.code, embedded.json.images, embedded.json.dimensions], [0, 24, 128]);
    const again = await runJson(
      "embed",
      "--model",
      at("train/model"),
      "--data",
      data,
      "--out",
      at("vectors"),
    );
    assert.equal(again.code, 0);

    const scored = await runJson("evaluate", "--embeddings", at("vectors"));
    assert.equal(scored.code, 0);
    // 6 identities × 4 images: 6 × 6 same pairs and as many different ones.
    assert.equal((scored.json.listed as { pairs: number }).pairs, 72);

    const projected = await runJson("project", "--embeddings", at("vectors"), "--out", at("map.csv"));
    assert.equal(projected.code, 0);
    const rows = decodeCsv(readFileSync(at("map.csv"), "utf8"), "map.csv");
    assert.deepEqual(rows[0], ["name", "identity", "umap1", "umap2", "pca1", "pca2"]);
    assert.equal(rows.length, 25);
    assert.ok(rows.slice(1).every((row) => row.slice(2).every((cell) => Number.isFinite(Number(cell)))));
  }));

test("train goes on with --resume to the weights of an undisturbed run", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const train = (out: string, ...more: string[]): ReturnType<typeof runJson<Record<string, unknown>>> =>
      runJson("train", "--data", data, ...quick, ...batch, "--out", join(place, out), ...more);
    const whole = await train("whole", "--steps", "6", "--checkpoint-every", "2");
    const parts = await train("parts", "--steps", "6", "--checkpoint-every", "2");
    assert.equal(parts.code, 0);
    // As after a power cut: the newest checkpoint is torn, the one before it is whole.
    const checkpoints = readdirSync(join(place, "parts", "checkpoints")).sort();
    assert.deepEqual(checkpoints, ["step-00000004.ckpt", "step-00000006.ckpt"]);
    const newest = join(place, "parts", "checkpoints", checkpoints[1]);
    writeFileSync(newest, readFileSync(newest).subarray(0, 1000));
    const resumed = await train("parts", "--steps", "6", "--checkpoint-every", "2", "--resume");
    assert.equal(resumed.code, 0);
    assert.equal(resumed.json.id, whole.json.id);
  }));

test("commands refuse models, embeddings and folders that do not fit, and write nothing then", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const at = (name: string): string => join(place, name);
    await runJson("train", "--data", data, "--steps", "2", ...quick, ...batch, "--out", at("run"));
    const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
      const { code, json } = await runJson(...args);
      assert.deepEqual([code, json.exitCode], [1, 1], String(json.error));
      assert.match(String(json.error), message);
    };
    const model = at("run/model");
    await refused(/this is a run folder, its model is/, "evaluate", "--model", at("run"), "--data", data);
    await refused(
      /the alignment mode must be center-crop as in its training, current value is similarity/,
      ...["evaluate", "--model", model, "--data", data, "--mode", "similarity"],
    );
    await refused(/the data must be faces/, "evaluate", "--model", model, "--data", "omniglot");
    await refused(
      /must be new, empty or hold only .*, it holds "Ada"/,
      ...["embed", "--model", model, "--data", data, "--out", data],
    );
    await refused(/must be new or empty/, "align", "--data", data, ...quick, "--out", data);
    await refused(
      /Cannot read the embeddings/,
      "project",
      "--embeddings",
      at("none"),
      "--out",
      at("map.csv"),
    );
    await refused(
      /Cannot use the protocol view1/,
      "train",
      "--data",
      data,
      "--protocol",
      "view1",
      "--out",
      at("x"),
    );
    writeFileSync(join(model, "weights.bin"), readFileSync(join(model, "weights.bin")).subarray(4));
    await refused(/weights\.bin must hold/, "evaluate", "--model", model, "--data", data);
    for (const name of ["map.csv", "x"]) assert.equal(existsSync(at(name)), false);
  }));

test("a longer --steps with --resume goes on with a finished training", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const train = (...more: string[]): ReturnType<typeof runJson<Record<string, unknown>>> =>
      runJson("train", "--data", data, ...quick, ...batch, "--out", join(place, "run"), ...more);
    await train("--steps", "3");
    const longer = await train("--steps", "5", "--resume");
    assert.equal(longer.code, 0);
    assert.equal((longer.json.training as { steps: number }).steps, 5);
  }));

test("train says what is wrong with a run at its end, and nothing of one that learns", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const train = async (name: string, margin: string): Promise<string> => {
      const args = ["--data", data, "--steps", "22", ...quick, "--identities", "3", "--images", "4"];
      const ran = await runCli(["train", ...args, "--margin", margin, "--out", join(place, name)]);
      assert.equal(ran.code, 0, ran.err);
      return ran.err;
    };
    // With a margin of almost nothing no negative lies inside it: no triplet has a loss.
    assert.match(await train("tiny", "0.000001"), /idle since step \d+\. No triplet has a loss/);
    assert.doesNotMatch(await train("large", "1"), /since step/);
  }));
