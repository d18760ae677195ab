import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { sweepValues } from "../../lib/cli/sweepValues";
import { sweepKinds } from "../../lib/sweeps/kinds";
import type { SweepPoint } from "../../lib/sweeps/points";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runJson } from "./runCli";

interface Run {
  readonly code: number;
  readonly json: { readonly error?: string; readonly points: readonly SweepPoint[] };
}

const run = runJson<Run["json"]>;

const names = Array.from({ length: 12 }, (_, i) => `person ${i}`);
const crop = ["--mode", "center-crop", "--size", "32"];
const short = ["--identities", "3", "--images", "2", "--steps", "2"];

test("sweep jpeg, pixels and quantised look at one model; table, figure and points are written", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { identities: names });
    const trained = await run("train", "--data", data, ...crop, ...short, "--out", join(place, "run"));
    assert.equal(trained.code, 0, trained.json.error);
    const model = ["--data", data, "--model", join(place, "run", "model")];
    const sweeps = { jpeg: "10,90", pixels: "8,32", quantised: "3,8,32" };
    for (const [name, values] of Object.entries(sweeps)) {
      const out = join(place, name);
      const { code, json } = await run("sweep", name, ...model, "--values", values, "--out", out);
      assert.equal(code, 0, json.error);
      assert.deepEqual(
        json.points.map(({ value }) => value),
        values.split(",").map(Number),
      );
      assert.match(readFileSync(join(out, `${name}.svg`), "utf8"), /^<svg/);
      assert.match(readFileSync(join(out, `${name}.md`), "utf8"), /\| accuracy \| AUC \|/);
      if (name !== "quantised") continue;
      const [coarse, byte, float] = json.points.map(({ facts }) => facts);
      assert.deepEqual(
        [coarse, byte, float].map((f) => f["bytes per embedding"]),
        [48, 128, 512],
      );
      assert.ok(coarse["mean distance error"] > byte["mean distance error"]);
      assert.equal(float["largest distance error"], 0);
    }
  }));

test("sweep that trains: each kind at two values; a point that is gone is measured again to the same figures", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { identities: names });
    const sweeps = {
      dimensions: [["4", "8"], crop],
      "training-size": [["0.5", "1"], crop],
      "label-noise": [["0", "0.5"], crop],
      alignment: [
        ["none", "center-crop"],
        ["--size", "32"],
      ],
    };
    for (const [name, [values, align]] of Object.entries(sweeps)) {
      const out = join(place, name);
      const command = [
        "sweep",
        name,
        "--data",
        data,
        ...align,
        ...short,
        "--values",
        values.join(","),
        "--out",
        out,
      ];
      const { code, json } = await run(...command);
      assert.equal(code, 0, json.error);
      assert.deepEqual(
        json.points.map(({ value }) => String(value)),
        values,
      );
      const images = json.points.map(({ facts }) => facts["training images"]);
      assert.equal(images[0] < images[1], name === "training-size");
      if (name !== "dimensions") continue;
      rmSync(join(out, "points", "8.json"));
      rmSync(join(out, "checkpoints", "8"), { recursive: true });
      const again = await run(...command, "--resume");
      assert.deepEqual(again.json.points, json.points);
      assert.match(String((await run(...command)).json.error), /Add --resume/);
    }
  }));

test("sweep refuses what it would ignore", () =>
  inWorkplace(async (place) => {
    const out = ["--out", join(place, "x")];
    const wrong = async (...args: string[]): Promise<string> => {
      const { code, json } = await run("sweep", ...args);
      assert.equal(code, 2);
      return String(json.error);
    };
    assert.match(await wrong("colours", ...out), /the sweeps are jpeg, pixels/);
    assert.match(await wrong("jpeg", ...out), /--model is needed/);
    assert.match(await wrong("jpeg", "--model", "m", "--values", "0", ...out), /integer in \[1, 100\].*"0"/);
    assert.match(await wrong("jpeg", "--model", "m", "--steps", "3", ...out), /Cannot use --steps/);
    assert.match(await wrong("dimensions", "--model", "m", ...out), /Cannot use --model/);
    assert.match(await wrong("dimensions", "--embedding", "8", ...out), /Cannot use --embedding/);
    assert.match(await wrong("alignment", "--mode", "none", ...out), /Cannot use --mode/);
    assert.ok(!existsSync(join(place, "x")));
  }));

test("sweepValues() takes each value once, in the order given, and the usual ones of the net's size", () => {
  assert.deepEqual(sweepValues(sweepKinds.jpeg, "90, 10,90"), [90, 10]);
  assert.deepEqual(sweepValues(sweepKinds.pixels, undefined, 150), [19, 38, 56, 75, 113, 150]);
  assert.throws(
    () => sweepValues(sweepKinds["label-noise"], "0.1,"),
    /a number in \[0, 0\.99\], current value is ""/,
  );
  assert.throws(() => sweepValues(sweepKinds.alignment, "none,mine"), /one of none, .*"mine"/);
});
