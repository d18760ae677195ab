import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { encodeCsv } from "../../lib/core/csv";
import { encodeNpy } from "../../lib/core/npy";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inFolder } from "../inFolder";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runJson } from "./runCli";

const run = runJson<Record<string, never>>;

/** A .npy file and a CSV of 120 rows; `noise` scales rows apart from each other so that --normalize matters. */
function writeTable(folder: string): { npy: string; csv: string } {
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
  return { npy, csv };
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
    const quick = [
      "--mode",
      "center-crop",
      "--size",
      "32",
      "--steps",
      "2",
      "--identities",
      "3",
      "--images",
      "2",
    ];
    const trained = await run("train", "--data", data, ...quick, "--out", join(place, "run"));
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

    const same = await run("compare", "--model", model, a, b);
    const other = await run("compare", "--model", model, a, c);
    assert.equal(same.code, 0, String(same.json.error));
    assert.ok(same.json.probability > other.json.probability && same.json.distance < other.json.distance);
    assert.equal(same.json.same, same.json.distance < same.json.threshold);
    assert.equal((await run("compare", "--model", model, a)).code, 2);

    const file = join(model, "calibration.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(String(json.model), "0000000000000000"));
    assert.match(String((await run("compare", "--model", model, a, b)).json.error), /Calibrate again/);
  }));
