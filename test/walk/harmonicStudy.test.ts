import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type HarmonicStudyOptions, harmonicStudy } from "../../lib/walk/harmonicStudy";
import { prepare } from "../../lib/walk/prepare";
import { inWorkplace, writeGrey } from "./fixtures";

test("harmonicStudy() stops where a stage is hopeless and names it, and goes on to the end only when told to", () =>
  inWorkplace(async (place) => {
    const data = await writeGrey(join(place, "data"));
    const prepared = await prepare({ data, seed: 1, align: { mode: "center-crop", size: 32 } });
    const notes: string[] = [];
    const file = join(place, "seed-1.json");
    const options: HarmonicStudyOptions = {
      ...{ seeds: [1], steps: 23, patience: 2 },
      fileOf: () => file,
      note: (line) => notes.push(line),
    };
    await assert.rejects(
      harmonicStudy(prepared, options),
      /^LabError: seed 1, v1: Stopped at step 22, going on is hopeless: collapse since step 20\. .* Finished seeds are kept; --resume --go-on/,
    );
    assert.match(notes[0], /^seed 1, v1: collapse since step 20\./);
    assert.equal(existsSync(file), false);
    notes.length = 0;
    const { runs } = await harmonicStudy(prepared, { ...options, goOn: true });
    assert.equal(runs.length, 1);
    // The last layer alone takes a quarter of the steps: too few to be judged.
    const stages = new Set(notes.map((line) => line.split(":")[0]));
    assert.deepEqual([...stages], ["seed 1, v1", "seed 1, v2 alone", "seed 1, v2 mixed"]);
  }));
