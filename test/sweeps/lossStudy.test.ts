import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { troublesMarkdown } from "../../lib/sweeps/contest";
import { type LossStudyOptions, lossStudy } from "../../lib/sweeps/lossStudy";
import { prepare } from "../../lib/walk/prepare";
import { inWorkplace, writeGrey } from "../walk/fixtures";

test("lossStudy() notes which run is in trouble, trains it to the end all the same, and keeps what was wrong", () =>
  inWorkplace(async (place) => {
    const data = await writeGrey(join(place, "data"));
    const prepared = await prepare({ data, seed: 1, align: { mode: "center-crop", size: 32 } });
    const notes: string[] = [];
    const file = join(place, "triplet.json");
    const options: LossStudyOptions = {
      ...{ seeds: [1], steps: 23, patience: 2, net: { name: "laptop-small" } },
      losses: [{ name: "triplet", objective: { name: "triplet" } }],
      fileOf: () => file,
      note: (line) => notes.push(line),
    };
    const { runs } = (await lossStudy(prepared, options)).results[0];
    assert.match(notes[0], /^triplet, seed 1: collapse since step 20\./);
    assert.equal(runs[0].steps, 23);
    const troubles = [
      { name: "collapse", since: 20 },
      { name: "idle", since: 20 },
    ];
    assert.deepEqual(runs[0].troubles, troubles);
    assert.deepEqual(troublesMarkdown(runs), [
      ...["", "In trouble when they ended:", ""],
      "- triplet, seed 1: collapse since step 20, idle since step 20",
    ]);
    // It is read again with what was wrong; a file from before troubles were kept has none.
    assert.deepEqual((await lossStudy(prepared, options)).results[0].runs[0].troubles, troubles);
    const { troubles: _, ...before } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(before));
    const [again] = (await lossStudy(prepared, options)).results[0].runs;
    assert.deepEqual(again.troubles, []);
    assert.deepEqual(troublesMarkdown([again]), []);
  }));
