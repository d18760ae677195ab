import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { openDataSet } from "../../lib/data/open";
import { openSynthetic, standardPlan } from "../../lib/data/synthetic";
import { generateFaces } from "../../lib/synthetic/generate";
import { GENERATOR_VERSION } from "../../lib/synthetic/plan";
import { inFolder } from "../inFolder";

const plan = { identities: 4, images: 3, size: 48, seed: 3, fixed: {}, labelNoise: 0 };

test("openDataSet() recognises a generated set, with the true points of every image and nothing left out", async () => {
  const parent = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  const folder = join(parent, "set");
  try {
    await generateFaces(plan, folder, { threads: 1 });
    const { dataSet, layout, protocol } = await openDataSet(folder);
    assert.equal(layout, "synthetic");
    assert.deepEqual([dataSet.identities.length, dataSet.items.length, dataSet.skipped.length], [4, 12, 0]);
    for (const { name } of dataSet.items) {
      const points = dataSet.landmarks?.get(name);
      assert.ok(points && points.length === 10 && points.every((v) => v > -48 && v < 96), name);
      // The image-left eye lies left of the right one, and both above the mouth.
      assert.ok(points[0] < points[2] && points[1] < points[7] && points[3] < points[9]);
    }
    const split = protocol({ seed: 1 });
    assert.equal(split.train.length + split.test.length, 12);
    assert.throws(() => protocol({ name: "view1" }), /Cannot use the protocol view1 on Synthetic faces/);

    // As after a power cut: one identity and the manifest are missing, the plan is there.
    const manifest = readFileSync(join(folder, "manifest.csv"), "utf8");
    rmSync(join(folder, "manifest.csv"));
    rmSync(join(folder, ".rows", "id000002.csv"));
    await assert.rejects(
      openDataSet(folder),
      /a generated set must be complete, current value is a plan\.json without manifest\.csv; run "facenet-lab generate --out .*set" again/,
    );
    const again = await openSynthetic(folder);
    assert.equal(again.items.length, 12);
    assert.equal(readFileSync(join(folder, "manifest.csv"), "utf8"), manifest);

    rmSync(join(folder, "manifest.csv"));
    writeFileSync(join(folder, "plan.json"), '{"identities": 1e99}');
    await assert.rejects(openSynthetic(folder), /it must be the plan of a generated set/);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test("openDataSet() takes no picture away from a reader's folder that an older generator drew", () =>
  inFolder(async (folder) => {
    await generateFaces(plan, folder, { threads: 1 });
    const older = { ...standardPlan, generator: GENERATOR_VERSION - 1 };
    writeFileSync(join(folder, "plan.json"), `${JSON.stringify(older, null, 2)}\n`);
    writeFileSync(join(folder, "notes.txt"), "mine");
    // Where the set is drawn anew all the same, it ends at once.
    const { dataSet, layout } = await openDataSet(folder, { signal: AbortSignal.timeout(5000) });
    assert.deepEqual([layout, dataSet.items.length], ["synthetic", 12]);
    assert.equal(readFileSync(join(folder, "notes.txt"), "utf8"), "mine");
  }));

test("generateFaces() does not mix pictures of two versions of the generator", async () => {
  const parent = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  try {
    const older = { ...plan, generator: GENERATOR_VERSION - 1 };
    writeFileSync(join(parent, "plan.json"), `${JSON.stringify(older, null, 2)}\n`);
    await assert.rejects(generateFaces(plan, parent), /another plan or of another version of the generator/);
    assert.deepEqual(readdirSync(parent), ["plan.json"]);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test("generateFaces() keeps its hands off a folder that holds something else", async () => {
  const parent = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  try {
    writeFileSync(join(parent, "holiday.jpg"), "x");
    await assert.rejects(generateFaces(plan, parent), /must be new or empty, it holds "holiday\.jpg"/);
    assert.equal(existsSync(join(parent, "plan.json")), false);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
