import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { FaceDetector } from "../../lib/align/detector";
import { fixedOf, sweepOf } from "../../lib/cli/commands/generate";
import { loadFolder } from "../../lib/data/folder";
import { decodeImage } from "../../lib/image/codec";
import { checkSynthetic } from "../../lib/synthetic/checkSynthetic";
import { generateFaces } from "../../lib/synthetic/generate";
import { decodeManifest, encodeManifest } from "../../lib/synthetic/manifest";
import { drawNuisance, factorRanges, plain } from "../../lib/synthetic/nuisance";
import { checkPlan, plannedImages, type SetPlan } from "../../lib/synthetic/plan";
import { inFolder } from "../inFolder";

const plan: SetPlan = { identities: 3, images: 2, size: 32, seed: 4, fixed: { years: 0 }, labelNoise: 0 };

test("generateFaces() writes a data set that loadFolder() reads, the same bytes with one thread or two", () =>
  inFolder(async (folder) => {
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    const made = await generateFaces(plan, a, { threads: 1 });
    await generateFaces(plan, b, { threads: 2 });
    assert.deepEqual([made.images, made.drawn], [6, 6]);
    const set = await loadFolder(a);
    assert.deepEqual(set.identities, ["id000000", "id000001", "id000002"]);
    assert.equal(set.items.length, 6);
    for (const { file } of decodeManifest(readFileSync(made.manifest, "utf8"), made.manifest)) {
      assert.deepEqual(readFileSync(join(a, file)), readFileSync(join(b, file)));
    }
    const sheet = await decodeImage(readFileSync(made.sheet), "sheet");
    assert.deepEqual([sheet.width, sheet.height], [96, 32]);
  }));

test("generateFaces() goes on after an interruption and refuses a folder of another plan", () =>
  inFolder(async (out) => {
    const stop = new AbortController();
    let reports = 0;
    const progress = (): void => {
      if (++reports === 2) stop.abort();
    };
    await assert.rejects(
      generateFaces(plan, out, { threads: 1, progress, signal: stop.signal }),
      /Stopped: generating faces/,
    );
    const first = join(out, "id000000", "000.jpg");
    const before = statSync(first).mtimeMs;
    const made = await generateFaces(plan, out, { threads: 1 });
    assert.ok(made.drawn > 0 && made.drawn < 6);
    assert.equal(statSync(first).mtimeMs, before);
    await assert.rejects(generateFaces({ ...plan, seed: 5 }, out), /holds a set of another plan/);
  }));

test("generateFaces() names a bad number", () =>
  inFolder(async (out) => {
    await assert.rejects(
      generateFaces({ ...plan, identities: 0 }, out),
      /the number of identities must be .* current value is 0/,
    );
    await assert.rejects(
      generateFaces({ ...plan, labelNoise: 1 }, out),
      /the label noise must be in \[0, 1\), current value is 1/,
    );
  }));

test("decodeManifest() reads back what encodeManifest() wrote", () => {
  const rows = plannedImages(plan, 1).map((p) => ({
    ...p,
    landmarks: Float32Array.from({ length: 10 }, (_, i) => i + 0.5),
  }));
  const back = decodeManifest(encodeManifest(rows), "manifest.csv");
  assert.equal(back.length, 2);
  assert.equal(back[1].nuisance.occlusion, rows[1].nuisance.occlusion);
  assert.ok(Math.abs(back[0].nuisance.yaw - rows[0].nuisance.yaw) < 1e-6);
  assert.deepEqual(back[0].landmarks, rows[0].landmarks);
  assert.throws(() => decodeManifest("file,identity\r\n", "m.csv"), /Cannot read m\.csv: line 1/);
});

test("plannedImages() sweeps one factor evenly and leaves the others as drawn", () => {
  const swept = plannedImages({ ...plan, images: 5, sweep: { factor: "yaw", from: -40, to: 40 } }, 0);
  assert.deepEqual(
    swept.map((p) => p.nuisance.yaw),
    [-40, -20, 0, 20, 40],
  );
  const free = plannedImages({ ...plan, images: 5 }, 0);
  assert.deepEqual(
    swept.map((p) => p.nuisance.smile),
    free.map((p) => p.nuisance.smile),
  );
});

test("plannedImages() rounds a swept factor that has only whole values", () => {
  const { least, most } = factorRanges.jpeg;
  const swept = plannedImages({ ...plan, images: 4, sweep: { factor: "jpeg", from: least, to: most } }, 0);
  assert.deepEqual(
    swept.map(({ nuisance }) => nuisance.jpeg),
    [1, 34, 67, 100],
  );
});

test("checkPlan() names a factor out of range, fixed or at an end of a sweep", () => {
  const fixing = (fixed: object) => () => checkPlan({ ...plan, fixed });
  assert.throws(fixing({ jpeg: 85.5 }), /jpeg must be an integer in \[1, 100\], current value is 85\.5/);
  assert.throws(fixing({ eyeSpan: 0 }), /eyeSpan must be in \[0\.02, 1\], current value is 0/);
  assert.throws(fixing({ blur: Number.NaN }), /blur must be in \[0, 20\], current value is NaN/);
  assert.throws(fixing({ occlusion: "beard" }), /occlusion must be one of none, .* current value is beard/);
  assert.throws(fixing({ nose: 1 }), /the factors are yaw, .* current value is nose/);
  const sweep = { factor: "focal", from: 0, to: 70 } as const;
  assert.throws(() => checkPlan({ ...plan, sweep }), /focal must be in \[10, 2000\], current value is 0/);
  // What is drawn by chance lies within.
  for (let seed = 0; seed < 300; seed++) checkPlan({ ...plan, fixed: drawNuisance(seed) });
  checkPlan({ ...plan, fixed: plain });
});

test("plannedImages() puts the wanted share of other people into a folder", () => {
  const noisy = { ...plan, identities: 200, images: 10, labelNoise: 0.3 };
  const all = Array.from({ length: 200 }, (_, k) => plannedImages(noisy, k)).flat();
  const wrong = all.filter((p) => p.identity !== p.trueIdentity).length / all.length;
  assert.ok(Math.abs(wrong - 0.3) < 0.04, `${wrong}`);
});

test("fixedOf() and sweepOf() read factors and refuse what is none", () => {
  assert.deepEqual(fixedOf("yaw=0,occlusion=none"), { yaw: 0, occlusion: "none" });
  assert.deepEqual(sweepOf("yaw=-60:60"), { factor: "yaw", from: -60, to: 60 });
  assert.throws(() => fixedOf("nose=3"), /Cannot use --fix: a factor must be one of/);
  assert.throws(() => fixedOf("occlusion=hat"), /occlusion must be one of none/);
  assert.throws(() => sweepOf("yaw=5"), /two ends/);
});

test("checkSynthetic() counts a blind detector's misses and measures a shifted one", async () => {
  const blind: FaceDetector = { name: "blind", detect: async () => [] };
  const none = await checkSynthetic(blind, { identities: 1, images: 1, size: 32 });
  assert.equal(none.bands[0].found, 0);
  assert.equal(none.passed, false);
  // Points far from every face: found by the box, but the error is large.
  const wide: FaceDetector = {
    name: "wide",
    detect: async (image) => [
      {
        box: { left: 0, top: 0, width: image.width, height: image.height },
        score: 1,
        points: new Float32Array(10),
      },
    ],
  };
  const off = await checkSynthetic(wide, { identities: 1, images: 1, size: 32 });
  assert.equal(off.bands[0].found, 1);
  assert.ok(off.bands[0].meanError > 0.5);
  assert.equal(off.passed, false);
});
