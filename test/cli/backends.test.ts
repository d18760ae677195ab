import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { backendNames } from "../../lib/backends/backend";
import { loadBackend } from "../../lib/backends/saved";
import { loadHighDimLbp } from "../../lib/lbp/highDimLbp";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runJson } from "./runCli";

const quick = ["--mode", "center-crop", "--size", "32"];
const names = Array.from({ length: 12 }, (_, i) => `person ${i}`);

test("backends --pixels fits every back-end side by side and stores what it fitted", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { identities: names });
    const out = join(place, "fitted");
    const { code, json } = await runJson("backends", "--pixels", "--data", data, ...quick, "--out", out);
    assert.equal(code, 0, String(json.error));
    assert.equal(json.features, "grey 32×32 pixels");
    const rows = json.backends as { backend: string; accuracy: number; standardError: number; auc: number }[];
    assert.deepEqual(
      rows.map((row) => row.backend),
      backendNames,
    );
    // Patterns of other colours in every identity: easy for all of them.
    for (const { auc, accuracy, standardError } of rows) {
      assert.ok(auc > 0.9 && auc <= 1 && accuracy > 0.8 && Number.isFinite(standardError));
    }
    assert.deepEqual(readdirSync(out).sort(), backendNames.map((name) => `${name}.backend`).sort());
    const { backend, features } = loadBackend(join(out, "lda.backend"));
    assert.deepEqual([backend.columns, features], [1024, "grey 32×32 pixels"]);
  }));

test("backends --lbp describes faces without a net, and stores the compression with the back-ends", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { identities: names });
    const out = join(place, "fitted");
    const command = [
      "backends",
      "--lbp",
      "--data",
      data,
      "--mode",
      "center-crop",
      "--backend",
      "joint-bayesian",
    ];
    const { code, json } = await runJson(...command, "--out", out);
    assert.equal(code, 0, String(json.error));
    assert.equal(json.features, "high-dim-lbp");
    const [{ auc }] = json.backends as { auc: number }[];
    assert.ok(auc > 0.8 && auc <= 1, `${auc}`);
    assert.deepEqual(readdirSync(out).sort(), ["high-dim-lbp.map", "joint-bayesian.backend"]);
    const { backend, features } = loadBackend(join(out, "joint-bayesian.backend"));
    const { map } = loadHighDimLbp(join(out, "high-dim-lbp.map"));
    assert.deepEqual([backend.columns, features], [map.weights.rows, "high-dim-lbp"]);
    // Nothing of a run that fails is left, and nothing of the run before is changed.
    const kept = readFileSync(join(out, "high-dim-lbp.map"));
    const shared = await writePatterns(join(place, "shared"), { identities: names.slice(3), images: 2 });
    const failed = await runJson(...command, "--test", shared, "--seed", "2", "--out", out);
    assert.match(String(failed.json.error), /no identity may be both trained on and tested/);
    assert.deepEqual(readFileSync(join(out, "high-dim-lbp.map")), kept);
    const sized = await runJson(...command, "--size", "64");
    assert.match(String(sized.json.error), /Cannot use --size or --template with --lbp/);
    const drawings = await runJson("backends", "--lbp", "--data", "omniglot");
    assert.match(String(drawings.json.error), /it is for faces, not for drawings/);
  }));

test("backends --model uses the model's features and names it; one back-end can be chosen", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { identities: names });
    const model = join(place, "run", "model");
    const trained = await runJson(
      ...["train", "--data", data, ...quick, "--steps", "2", "--identities", "3", "--images", "2"],
      ...["--out", join(place, "run")],
    );
    const { code, json } = await runJson(
      "backends",
      "--model",
      model,
      "--data",
      data,
      "--backend",
      "joint-bayesian",
    );
    assert.equal(code, 0, String(json.error));
    assert.equal(json.features, trained.json.id);
    assert.equal((json.backends as object[]).length, 1);
    const { identities } = json.training as { identities: number };
    assert.ok(identities > 0 && identities < 12);
  }));

test("backends refuses wrong use and a folder with other files", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    assert.match(String((await runJson("backends")).json.error), /Give one of --model, --pixels and --lbp/);
    const both = await runJson("backends", "--pixels", "--model", "x");
    assert.equal(both.code, 2);
    const odd = await runJson("backends", "--pixels", "--backend", "svm");
    assert.match(String(odd.json.error), /must be one of squared-l2, lda, joint-bayesian, chi-squared/);
    const taken = await runJson("backends", "--pixels", "--data", data, ...quick, "--out", data);
    assert.match(String(taken.json.error), /it holds "Ada"/);
    assert.equal(existsSync(join(data, "lda.backend")), false);
  }));

test("backends --test fits on one data set and verifies another, and refuses people who are in both", () =>
  inWorkplace(async (place) => {
    const made = await writePatterns(join(place, "made"), { identities: names });
    const others = names.map((name) => `other ${name}`);
    const real = await writePatterns(join(place, "real"), { identities: others });
    const args = ["backends", "--pixels", "--data", made, "--test", real, ...quick, "--backend", "lda"];
    const { code, json } = await runJson(...args);
    assert.equal(code, 0, String(json.error));
    assert.match(String(json.protocol), /^real: /);
    const same = await runJson(...args.map((arg) => (arg === real ? made : arg)), "--seed", "2");
    // The same folder on both sides is one split: nobody is in both.
    assert.equal(same.code, 0, String(same.json.error));
    const copy = await writePatterns(join(place, "copy"), { identities: names.slice(0, 6) });
    const shared = await runJson(...args.map((arg) => (arg === real ? copy : arg)));
    assert.match(String(shared.json.error), /no identity may be both trained on and tested/);
  }));
