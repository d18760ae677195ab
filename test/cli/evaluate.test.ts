import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { encodeCsv } from "../../lib/core/csv";
import { type Matrix, squaredL2, takeRows } from "../../lib/core/matrix";
import { encodeNpy } from "../../lib/core/npy";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import type { SlicedColumn } from "../../lib/evaluate/slices";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";
import { inFolder } from "../inFolder";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { quickTraining, runCli, runJson } from "./runCli";

const run = runJson<Record<string, never>>;

/** A .npy file and a CSV of 120 rows; `noise` scales rows apart from each other so that --normalize matters. */
function writeTable(folder: string): { npy: string; csv: string; x: Matrix; labels: Int32Array } {
  const { x, labels } = clusteredEmbeddings(1, 120, 14, 8, 0.5);
  for (let o = 0; o < x.data.length; o++) x.data[o] *= 1 + (Math.floor(o / 8) % 5);
  const [npy, csv] = [join(folder, "E.npy"), join(folder, "L.csv")];
  writeFileSync(npy, encodeNpy(x));
  const rows = Array.from(labels, (label, i) => [
    `i${i}`,
    `p${label}`,
    i % 2 ? "yes" : "no",
    `p${label} c${i % 2}`,
  ]);
  writeFileSync(csv, encodeCsv([["name", "identity", "glasses", "clip"], ...rows]));
  return { npy, csv, x, labels };
}

test("evaluate --labels gives all pairs, identification, slices and clips of any .npy file", () =>
  inFolder(async (folder) => {
    const { npy, csv } = writeTable(folder);
    const raw = await run("evaluate", "--embeddings", npy, "--labels", csv);
    assert.equal(raw.code, 0, String(raw.json.error));
    const { verification, identification, slices, clips } = raw.json as Record<string, Record<string, never>>;
    const { same, different } = verification.pairs as { same: number; different: number };
    assert.equal(same + different, (120 * 119) / 2);
    assert.deepEqual(
      (verification.points as { far: number }[]).map((point) => point.far),
      [0.1, 0.01, 0.001],
    );
    assert.ok(identification.rank1 <= identification.rank5);
    const [glasses] = slices as unknown as { column: string; slices: { value: string }[] }[];
    assert.deepEqual([glasses.column, ...glasses.slices.map((s) => s.value)], ["glasses", "no", "yes"]);
    assert.equal((clips as unknown as { frames: number }[])[0].frames, 100);

    const unit = await run("evaluate", "--embeddings", npy, "--labels", csv, "--normalize");
    const sphere = (unit.json as Record<string, Record<string, never>>).verification;
    assert.ok(sphere.auc > verification.auc, "rows of other lengths are other distances");
  }));

test("evaluate --pairs and --markdown take a list of pairs and write tables with a figure", () =>
  inFolder(async (folder) => {
    const { npy, csv } = writeTable(folder);
    const pairs = join(folder, "pairs.csv");
    const list = Array.from({ length: 118 }, (_, i) => [`i${i}`, `i${i + 1}`]);
    writeFileSync(pairs, encodeCsv([["first", "second"], ...list]));
    const markdown = join(folder, "result.md");
    const { code, json } = await run(
      ...["evaluate", "--embeddings", npy, "--labels", csv, "--pairs", pairs, "--markdown", markdown],
    );
    assert.equal(code, 0, String(json.error));
    assert.equal((json.listed as { pairs: number }).pairs, 118);
    assert.match(
      readFileSync(markdown, "utf8"),
      /\| FAR \| VAL \| interval \|[\s\S]*result-roc\.svg[\s\S]*## By glasses/,
    );
    assert.match(readFileSync(join(folder, "result-roc.svg"), "utf8"), /^<svg/);
  }));

test("evaluate --clip-pairs verifies the listed clips by the mean over their frame pairs", () =>
  inFolder(async (folder) => {
    const { npy, csv, x, labels } = writeTable(folder);
    const clip = (label: number, half: number): string => `p${label} c${half}`;
    const list: [number, number][] = Array.from({ length: 14 }, (_, i) => [i, i]);
    for (let i = 0; i < 14; i++) list.push([i, (i + 1) % 14]);
    const file = join(folder, "clips.csv");
    const rows = list.map(([a, b]) => [clip(a, 0), clip(b, 1)]);
    writeFileSync(file, encodeCsv([["first", "second"], ...rows]));
    const table = ["evaluate", "--embeddings", npy, "--labels", csv];
    const { code, json } = await run(...table, "--clip-pairs", file);
    assert.equal(code, 0, String(json.error));
    const [clips] = json.clips as unknown as { pairs: number; auc: number }[];
    assert.equal(clips.pairs, 28);
    // Oracle: every frame of the one against every frame of the other.
    const frames = (label: number, half: number): number[] =>
      [...labels.keys()].filter((i) => labels[i] === label && i % 2 === half);
    const distances = list.map(([a, b]) => {
      const all = frames(a, 0).flatMap((i) => frames(b, 1).map((j) => squaredL2(x, i, x, j)));
      return all.reduce((sum, d) => sum + d, 0) / all.length;
    });
    const [same, different] = [distances.slice(0, 14), distances.slice(14)];
    const nearer = same.flatMap((s) => different.map((d) => (s < d ? 1 : s === d ? 0.5 : 0)));
    assertClose([clips.auc], [nearer.reduce<number>((sum, v) => sum + v, 0) / 196], 1e-9);

    writeFileSync(
      file,
      encodeCsv([
        ["first", "second"],
        ["p0 c0", "nobody"],
      ]),
    );
    assert.match(String((await run(...table, "--clip-pairs", file)).json.error), /clips\.csv: line 2/);
    writeFileSync(csv, encodeCsv([["identity"], ...Array.from(labels, (label) => [label])]));
    const without = await run(...table, "--clip-pairs", file);
    assert.equal(without.code, 2);
    assert.match(String(without.json.error), /needs a column "clip"/);
  }));

test("evaluate --attributes slices by the columns of another file, joined by name", () =>
  inFolder(async (folder) => {
    const { npy, csv, x, labels } = writeTable(folder);
    const file = join(folder, "attributes.csv");
    // In another order, without i0, and with somebody who is not there.
    const rows = Array.from(labels.keys(), (i) => [`i${i}`, i % 3 === 0 ? "old" : "young", i])
      .slice(1)
      .reverse();
    writeFileSync(file, encodeCsv([["name", "age", "number"], ["nobody", "old", 0], ...rows]));
    const command = ["evaluate", "--embeddings", npy, "--labels", csv, "--attributes", file];
    const { code, json } = await run(...command, "--slices", "age,number");
    assert.equal(code, 0, String(json.error));
    const [age, number] = json.slices as unknown as SlicedColumn[];
    assert.deepEqual(
      [age.column, age.without, age.slices.map(({ value }) => value)],
      ["age", 1, ["old", "young"]],
    );
    const young = [...labels.keys()].filter((i) => i % 3 > 0);
    const alone = allPairsVal(
      takeRows(x, young),
      young.map((i) => labels[i]),
    );
    assert.equal(age.slices[1].verification?.auc, alone.auc);
    // Many numbers are cut at their quartiles.
    assert.match(number.slices[0].value, /^quarter 1: 1 to /);

    const refused = async (text: string, message: RegExp): Promise<void> => {
      writeFileSync(file, text);
      assert.match(String((await run(...command)).json.error), message);
    };
    await refused("age\r\nold\r\n", /attributes\.csv: line 1: a column "name" is needed/);
    await refused(
      "name,age\r\nnobody,old\r\n",
      /none of its names is among the embeddings, the first is nobody/,
    );
    await refused(
      "name,age\r\nnobody,old\r\nnobody,old\r\ni1,old\r\ni1,young\r\n",
      /attributes\.csv: line 5: a name must stand once, current value is "i1", as in line 4/,
    );
  }));

test("evaluate --labels refuses tables that do not fit, naming file and line", () =>
  inFolder(async (folder) => {
    const { npy, csv } = writeTable(folder);
    const table = ["evaluate", "--embeddings", npy, "--labels"];
    const other = join(folder, "other.csv");
    const refused = async (text: string, message: RegExp): Promise<void> => {
      writeFileSync(other, text);
      const { code, json } = await run(...table, other);
      assert.equal(code, 1);
      assert.match(String(json.error), message);
    };
    await refused("name\r\na\r\n", /line 1: a column "identity" is needed, current value is name/);
    await refused("identity\r\na\r\n", /one row for each of the 120 vectors .* current value is 1/);
    await refused(`identity\n${"a\n".repeat(119)}""\n`, /line 121: the identity is empty/);
    await refused(`identity\n${"a\n".repeat(120)}`, /same and different pairs are needed/);
    assert.equal((await run(...table, csv, "--slices", "hat")).code, 2);
    assert.equal((await run("evaluate", "--labels", csv, "--model", "x")).code, 2);
  }));

test("calibrate keeps threshold and probabilities beside the model, and compare uses them", () =>
  inWorkplace(async (place) => {
    const names = Array.from({ length: 36 }, (_, i) => `person ${i}`);
    const data = await writePatterns(join(place, "data"), { identities: names, images: 3 });
    const trained = await run("train", "--data", data, ...quickTraining, "--out", join(place, "run"));
    const model = join(place, "run", "model");
    const [a, b, c] = ["person 0/0.png", "person 0/1.png", "person 1/0.png"].map((name) => join(data, name));
    const early = await run("compare", "--model", model, a, b);
    assert.match(String(early.json.error), /facenet-lab calibrate --model/);

    const { code, json } = await run(
      "calibrate",
      "--model",
      model,
      "--data",
      data,
      "--far",
      "0.01",
      "--gallery",
      "50",
    );
    assert.equal(code, 0, String(json.error));
    assert.equal(json.model, trained.json.id);
    assert.deepEqual((json.strangers as { expected: number }[])[0].expected, 0.5);

    const evaluated = await run("evaluate", "--model", model, "--data", data);
    // The same people as in the calibration: at most one in a hundred passes.
    const { askedFar, far, threshold } = evaluated.json.calibrated as Record<string, number>;
    assert.deepEqual([askedFar, threshold], [0.01, (json.threshold as { value: number }).value]);
    assert.ok(far <= 0.01);

    const same = await run("compare", "--model", model, a, b);
    const other = await run("compare", "--model", model, a, c);
    assert.equal(same.code, 0, String(same.json.error));
    assert.ok(same.json.probability > other.json.probability && same.json.distance < other.json.distance);
    assert.equal(same.json.same, same.json.distance < same.json.threshold);
    assert.equal((await run("compare", "--model", model, a)).code, 2);

    const file = join(model, "calibration.json");
    const elsewhere = join(place, "door.json");
    copyFileSync(file, elsewhere);
    const named = await run("compare", "--model", model, "--calibration", elsewhere, a, b);
    assert.deepEqual(named.json, same.json);
    assert.equal((await run("compare", "--model", model, "--calibration", a, a, b)).code, 1);

    // Without --data it would be tested on synthetic faces; another seed tests people who trained.
    const untold = await run("evaluate", "--model", model);
    assert.equal(untold.code, 2);
    assert.match(String(untold.json.error), /--data is needed: the model was trained on data; /);
    const careful = /careful: \d+ of these \d+ people have names of people that the model was trained on/;
    const asTrained = await runCli(["evaluate", "--model", model, "--data", data]);
    assert.doesNotMatch(asTrained.err, careful);
    const otherSeed = await runCli(["evaluate", "--model", model, "--data", data, "--seed", "9"]);
    assert.match(otherSeed.err, careful);
    const embedded = await runCli(["embed", "--model", model, "--data", data, "--out", join(place, "E")]);
    assert.match(embedded.err, careful);

    writeFileSync(file, readFileSync(file, "utf8").replace(String(json.model), "0000000000000000"));
    assert.match(String((await run("compare", "--model", model, a, b)).json.error), /Calibrate again/);
    const stale = await run("evaluate", "--model", model, "--data", data);
    assert.match(String(stale.json.error), /it must be of the model .* Calibrate again/);
  }));
