import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { AblationRow } from "../../lib/sweeps/ablation";
import { variationsOf } from "../../lib/sweeps/variations";
import { defaultSettings } from "../../lib/train/settings";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runCli, runJson } from "./runCli";

const run = runJson<{ readonly rows: readonly AblationRow[]; readonly error?: string }>;

test("ablate changes one thing at a time, compares seed by seed, and keeps what is finished", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const out = join(place, "out");
    const small = ["--mode", "center-crop", "--size", "32", "--net", "laptop-small", "--seeds", "2"];
    const command = ["ablate", "--data", data, ...small, "--steps", "3", "--out", out];
    const { code, json } = await run(...command, "--factors", "schedule,test,resolution");
    assert.equal(code, 0, json.error);
    const [base, ...others] = json.rows;
    assert.deepEqual(
      others.map(({ factor, name }) => `${factor} ${name}`),
      [
        ...["constant rate", "no warm-up"].map((name) => `schedule ${name}`),
        ...["one view", "whitened"].map((form) => `test ${form}`),
        ...[48, 64, 96].map((side) => `resolution ${side} × ${side} pixels`),
      ],
    );
    assert.equal(base.difference.mean, 0);
    for (const { runs, difference, auc } of json.rows) {
      assert.deepEqual(
        runs.map(({ seed }) => seed),
        [1, 2],
      );
      const expected = (runs[0].auc - base.runs[0].auc + runs[1].auc - base.runs[1].auc) / 2;
      assert.ok(Math.abs(difference.mean - expected) < 1e-12);
      assert.ok(auc.mean > 0 && auc.mean <= 1 && auc.standardError >= 0);
    }
    // The tests of the base train nothing of their own: same steps, same seconds.
    const views = others.filter(({ factor }) => factor === "test");
    for (const { runs } of views)
      assert.deepEqual(
        runs.map(({ seconds }) => seconds),
        base.runs.map(({ seconds }) => seconds),
      );
    assert.match(readFileSync(join(out, "ablation.md"), "utf8"), /\| test \| whitened \|/);
    assert.match(readFileSync(join(out, "ablation.svg"), "utf8"), /^<svg/);
    const gone = readdirSync(join(out, "runs")).find((name) => name.includes("no-warm-up")) as string;
    rmSync(join(out, "runs", gone));
    const again = await run(...command, "--factors", "schedule", "--resume");
    assert.deepEqual(
      again.json.rows.map(({ auc }) => auc.mean),
      json.rows.slice(0, 3).map(({ auc }) => auc.mean),
    );
    assert.match((await runCli([...command, "--factors", "colour"])).err, /Cannot change "colour"/);
    // A run of an ablation keeps no checkpoints and is never stopped on the way.
    assert.match((await runCli([...command, "--go-on"])).err, /Unknown option '--go-on'/);
  }));

test("variationsOf() leaves out what the base already is and what does not fit the data", () => {
  const base = { settings: defaultSettings, net: {}, align: {}, inputSize: 64, kind: "faces" } as const;
  const all = variationsOf(base, ["alignment", "augmentation", "resolution", "batch", "width"]);
  const names = all.map(({ factor, name }) => `${factor}: ${name}`);
  for (const absent of [
    "alignment: similarity",
    "augmentation: light",
    "resolution: 64 × 64 pixels",
    "batch: 32 × 4",
  ])
    assert.ok(!names.includes(absent), absent);
  for (const present of ["batch: 64 × 2", "batch: 16 × 8", "batch: 64 × 4", "width: twice the filters"])
    assert.ok(names.includes(present), present);
  const drawings = variationsOf({ ...base, kind: "drawings", inputSize: 32 }, [
    "alignment",
    "augmentation",
    "test",
  ]);
  assert.deepEqual(
    drawings.map(({ name }) => name),
    ["none", "drawings", "whitened"],
  );
  const soft = { ...defaultSettings, objective: { name: "soft-triplet" } } as const;
  const rules = variationsOf({ ...base, settings: soft }, ["mining"]).map(({ name }) => name);
  assert.ok(rules.includes("semi-hard-nearest") && !rules.includes("batch-hard"), rules.join());
  // A loss without mining has no mining rules.
  const contrastive = { ...defaultSettings, objective: { name: "supervised-contrastive" } } as const;
  assert.deepEqual(variationsOf({ ...base, settings: contrastive }, ["mining"]), []);
  assert.deepEqual(
    variationsOf({ ...base, settings: contrastive }, ["loss"]).map(({ name }) => name),
    ["triplet", "joint", "temperature 0.06"],
  );
});
