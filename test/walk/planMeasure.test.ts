import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { readMeasured } from "../../lib/plan/readMeasured";
import { measurePlan } from "../../lib/walk/planMeasure";
import { inWorkplace, writePatterns } from "./fixtures";

const onLinux = {
  skip: existsSync("/proc/self/stat") ? false : "skipped: processor times are read from /proc (Linux)",
};

test("measurePlan() measures every cost, and runs whole jobs with 1, 2 and 4 workers", onLinux, () =>
  inWorkplace(async (place) => {
    const measured = await measurePlan({
      date: "2026-01-02",
      rounds: 1,
      images: 8,
      nets: [],
      least: 0.05,
      rows: 512,
      sizes: { shardImages: 8, rows: 1024, steps: 2 },
    });
    // What is written is what is read: every cost is a number in its range.
    const path = join(place, "plan.json");
    writeFileSync(path, JSON.stringify(measured));
    assert.deepEqual(readMeasured(path), JSON.parse(JSON.stringify(measured)));
    const { costs, nets, checks } = measured;
    for (const name of [
      "alignPerImage",
      "writePerEmbedding",
      "minePerPair",
      "sumPerParameter",
      "workerStart",
    ] as const) {
      assert.ok(costs[name] > 0, name);
    }
    assert.ok(costs.detectPerImage > costs.alignPerImage);
    assert.ok(costs.pair.fixed + costs.pair.perDimension > 0);
    assert.deepEqual(
      nets.map(({ name }) => name),
      ["laptop"],
    );
    assert.deepEqual(
      checks.map(({ name, runs }) => [name, runs.map(({ workers }) => workers)]),
      ["align and embed", "all pairs", "train"].map((name) => [name, [1, 2, 4]]),
    );
  }),
);

test("measurePlan() refuses rounds and data that cannot be measured", onLinux, () =>
  inWorkplace(async (place) => {
    await assert.rejects(
      measurePlan({ date: "2026-01-02", rounds: 0 }),
      /rounds must be an integer of at least 1, current value is 0/,
    );
    const data = await writePatterns(join(place, "photos"));
    await assert.rejects(
      measurePlan({ date: "2026-01-02", data }),
      /^LabError: Cannot measure a plan: at least 8 pictures of faces with known landmarks are needed, current value is 24 faces without landmarks/,
    );
  }),
);
