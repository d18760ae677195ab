import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { encodeCsv } from "../../lib/core/csv";
import { encodeNpy } from "../../lib/core/npy";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { saveEmbeddings } from "../../lib/walk/embeddings";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inFolder } from "../inFolder";
import { runJson } from "./runCli";

const run = runJson<Record<string, never>>;

/** 160 unit rows of 20 people as a table; its paths as options. */
function writeTable(
  folder: string,
  seed: number,
): { options: string[]; rows: ReturnType<typeof clusteredEmbeddings> } {
  const rows = clusteredEmbeddings(seed, 160, 20, 8, 0.5);
  const [npy, csv] = [join(folder, `E${seed}.npy`), join(folder, `L${seed}.csv`)];
  writeFileSync(npy, encodeNpy(rows.x));
  writeFileSync(csv, encodeCsv([["identity"], ...Array.from(rows.labels, (label) => [label])]));
  return { options: ["--embeddings", npy, "--labels", csv], rows };
}

test("calibrate of a table writes a file, and evaluate --calibration counts other people at its threshold", () =>
  inFolder(async (folder) => {
    const [fitted, other] = [writeTable(folder, 1), writeTable(folder, 2)];
    const file = join(folder, "door.json");
    const made = await run("calibrate", ...fitted.options, "--far", "0.01", "--out", file);
    assert.equal(made.code, 0, String(made.json.error));
    const saved = JSON.parse(readFileSync(file, "utf8"));
    assert.deepEqual([saved.model, saved.normalized, saved.threshold.far], [null, false, 0.01]);
    const { points } = allPairsVal(fitted.rows.x, fitted.rows.labels, { fars: [0.01] });
    assert.equal(saved.threshold.value, points[0].threshold);
    assert.match(readFileSync(join(folder, "door-reliability.svg"), "utf8"), /^<svg .*Reliability/s);

    const html = join(folder, "page.html");
    const { code, json } = await run("evaluate", ...other.options, "--calibration", file, "--html", html);
    assert.equal(code, 0, String(json.error));
    const { val, far, askedFar, intervals } = json.calibrated as Record<string, never>;
    // Oracle: the rates of the other people, pair by pair.
    const thresholds = [saved.threshold.value];
    const [expected] = allPairsVal(other.rows.x, other.rows.labels, { thresholds }).atThresholds;
    assert.deepEqual([val, far, askedFar], [expected.val, expected.far, 0.01]);
    const {
      val: [low, high],
    } = intervals as { val: [number, number] };
    assert.ok(low < val && val < high);
    assert.match(readFileSync(html, "utf8"), /At a saved calibration<\/h3>\n<p>VAL .* chosen for FAR 1e-2/);
    // Without --calibration nothing is said of one.
    assert.equal((await run("evaluate", ...other.options)).json.calibrated, null);
  }));

test("calibrate and evaluate refuse calibrations that do not belong to the rows, and odd use", () =>
  inFolder(async (folder) => {
    const { options, rows } = writeTable(folder, 1);
    const file = join(folder, "door.json");
    const embedded = (name: string): string[] => {
      const identities = Array.from(rows.labels, String);
      const names = identities.map((_, i) => `${i}.png`);
      saveEmbeddings(join(folder, name), { vectors: rows.x, names, identities, model: name });
      return ["--embeddings", join(folder, name)];
    };
    const noFile = await run("calibrate", ...options);
    assert.equal(noFile.code, 2);
    assert.match(String(noFile.json.error), /--out is needed/);
    assert.equal((await run("calibrate", "--model", "reference")).code, 2);
    const small = await run("calibrate", ...options, "--far", "1e-9", "--out", file);
    assert.match(String(small.json.error), /Cannot measure VAL at this FAR/);
    assert.equal(existsSync(file), false);

    assert.equal((await run("calibrate", ...embedded("one"), "--far", "0.01", "--out", file)).code, 0);
    const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
      const { code, json } = await run("evaluate", ...args, "--calibration", file);
      assert.equal(code, 1);
      assert.match(String(json.error), message);
    };
    await refused(/it must be of the model two, current value is one/, ...embedded("two"));
    await refused(/must be of rows that were projected to the sphere/, ...embedded("one"), "--normalize");
    // A table does not know its model: that is the reader's business.
    assert.equal((await run("evaluate", ...options, "--calibration", file)).code, 0);
    writeFileSync(file, "{}");
    await refused(/door\.json: (format|model|protocol|normalized)/, ...options);
  }));
