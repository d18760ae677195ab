import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runJson } from "./runCli";

interface Run {
  readonly code: number;
  readonly json: {
    readonly error?: string;
    readonly verification: { readonly accuracy: number; readonly pairs: number };
    readonly errors: readonly { readonly kind: string }[];
    readonly hardest: { readonly positives: readonly { readonly first: string; readonly second: string }[] };
    readonly rescored: { readonly wrong: number; readonly ceiling: number };
  };
}

const run = runJson<Run["json"]>;

const names = Array.from({ length: 12 }, (_, i) => `person ${i}`);

test("errors writes atlas, list and suspects; a mark rescores, and is still there after the next run", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { identities: names });
    const [runs, out] = [join(place, "run"), join(place, "errors")];
    const train = ["--mode", "center-crop", "--size", "32", "--identities", "3", "--images", "2"];
    assert.equal((await run("train", "--data", data, ...train, "--steps", "2", "--out", runs)).code, 0);
    const command = ["errors", "--data", data, "--model", join(runs, "model"), "--out", out];
    const first = await run(...command);
    assert.equal(first.code, 0, first.json.error);
    const { verification, errors, rescored } = first.json;
    assert.equal(rescored.wrong, 0);
    // Ten folds whose sizes differ by one pair at most: the count and the mean agree but for that.
    assert.ok(Math.abs(errors.length / verification.pairs - (1 - verification.accuracy)) < 0.05);
    const atlas = readFileSync(join(out, "atlas.html"), "utf8");
    assert.match(atlas, /False accepts/);
    assert.match(atlas, /facenet-lab errors .*--data /);

    // Every same pair of the test side is in the list, so the hardest positive is too.
    const marks = join(place, "marks.csv");
    const [hardest] = first.json.hardest.positives;
    writeFileSync(marks, `mark,first,second\nwrong,${hardest.second},${hardest.first}\n`);
    const marked = await run(...command, "--marks", marks);
    assert.equal(marked.json.rescored.wrong, 1, marked.json.error);
    assert.ok(marked.json.rescored.ceiling < 1);
    // Without --marks the folder's own file is read: the mark is kept.
    assert.equal((await run(...command)).json.rescored.wrong, 1);
    assert.match(readFileSync(join(out, "suspects.csv"), "utf8"), /\r\nwrong,same,/);
    // A second file adds to them; where both speak of a pair, it decides.
    const [, second] = first.json.hardest.positives;
    const both = (mark: string): string =>
      `mark,first,second\nwrong,${second.first},${second.second}\n${mark},${hardest.first},${hardest.second}\n`;
    writeFileSync(marks, both(""));
    assert.equal((await run(...command, "--marks", marks)).json.rescored.wrong, 2);
    writeFileSync(marks, both("right"));
    assert.equal((await run(...command, "--marks", marks)).json.rescored.wrong, 1);
    writeFileSync(marks, "mark,first,second\nwrong,nobody/0.png,nobody/1.png\n");
    assert.match(
      String((await run(...command, "--marks", marks)).json.error),
      /marks\.csv: line 2: this pair is not/,
    );
  }));

test("errors refuses a folder that holds other things, before it works", () =>
  inWorkplace(async (place) => {
    writeFileSync(join(place, "mine.txt"), "");
    const { code, json } = await run("errors", "--model", "reference", "--out", place);
    assert.equal(code, 1);
    assert.match(
      String(json.error),
      /it must be new, empty or hold only atlas\.html, errors\.json, suspects\.csv/,
    );
  }));
