import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { templatePoints } from "../../lib/align/templates";
import { transform } from "../../lib/backends/linearMap";
import { writeVectorFile } from "../../lib/core/container";
import { matrix, rowOf } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import type { CropSet } from "../../lib/data/dataset";
import { raster } from "../../lib/image/raster";
import { cropToSquare } from "../../lib/image/warp";
import { LBP_ALIGNMENT, LBP_LENGTH, lbpCounts, lbpViews } from "../../lib/lbp/describe";
import { fitHighDimLbp, loadHighDimLbp, saveHighDimLbp } from "../../lib/lbp/highDimLbp";
import { uniformPatterns } from "../../lib/lbp/uniformPatterns";
import { assertClose } from "../gradients";
import { inFolder } from "../inFolder";

/** Random smooth crops; `mirror` flips each of them. */
function randomCrops(count: number, channels: 1 | 3, mirror = false, size = 40): CropSet {
  const random = createRandom(7);
  const data = new Uint8Array(count * size * size * channels);
  for (let i = 0; i < count; i++) {
    const waves = Array.from({ length: 12 }, () => [
      random.normal() * 0.4,
      random.normal() * 0.4,
      random.next() * 6,
    ]);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const u = mirror ? size - 1 - x : x;
        const value = waves.reduce((sum, [a, b, c]) => sum + Math.sin(a * u + b * y + c), 0);
        for (let c = 0; c < channels; c++)
          data[((i * size + y) * size + x) * channels + c] = Math.max(
            0,
            Math.min(255, 128 + 20 * value + 5 * c),
          );
      }
    }
  }
  const names = Array.from({ length: count }, (_, i) => `${i}`);
  return { size, channels, data, labels: Int32Array.from(names.keys()), names, identities: names };
}

test("lbpCounts() counts the hundred pixels of every square; mirroring equals a mirrored crop", () => {
  const counts = lbpCounts(randomCrops(3, 1), [2, 0]);
  assert.equal(counts.length, 2 * LBP_LENGTH);
  for (let start = 0; start < counts.length; start += 59)
    assert.equal(
      counts.subarray(start, start + 59).reduce((a, b) => a + b, 0),
      100,
    );
  assert.deepEqual(lbpCounts(randomCrops(3, 1), [2], true), lbpCounts(randomCrops(3, 1, true), [2]));
  assert.notDeepEqual(lbpCounts(randomCrops(3, 1), [2]), lbpCounts(randomCrops(3, 1, true), [2]));
  assert.deepEqual(lbpCounts(randomCrops(3, 1), [0]), counts.subarray(LBP_LENGTH));
});

test("lbpViews() says where lbpCounts() counts: the squares lie around the template's points", () => {
  const set = randomCrops(1, 1, false, 112);
  const counts = lbpCounts(set, [0]);
  const views = lbpViews(112);
  assert.deepEqual(
    views.map(({ side }) => side),
    [168, 126, 95],
  );
  views.forEach(({ side, corners }, s) => {
    const five = templatePoints(LBP_ALIGNMENT.template, side, 0);
    assertClose(
      corners.subarray(0, 10),
      Array.from(five, (v) => v - 20),
      0.5 + 1e-9,
    );
    // The square at column 2, row 1 around the nose, by hand.
    const patterns = uniformPatterns(
      cropToSquare(raster(112, 112, 1, set.data), { left: 0, top: 0, side: 112 }, side),
    );
    const wanted = new Uint8Array(59);
    for (let v = 10; v < 20; v++)
      for (let u = 20; u < 30; u++) wanted[patterns[(corners[5] + v) * side + corners[4] + u]]++;
    const start = ((s * 20 + 2) * 16 + 6) * 59;
    assert.deepEqual(counts.subarray(start, start + 59), wanted);
  });
  assert.throws(() => lbpViews(0), /integer of at least 1, current value is 0/);
});

test("lbpCounts() looks where the points of the face are: the mouth changes only squares near it", () => {
  const set = randomCrops(1, 1, false, 112);
  const before = lbpCounts(set, [0]);
  const changed = set.data.slice();
  const random = createRandom(1);
  for (let y = 100; y < 112; y++) for (let x = 0; x < 112; x++) changed[y * 112 + x] = random.integer(256);
  const after = lbpCounts({ ...set, data: changed }, [0]);
  const pointLength = 16 * 59;
  const moved = Array.from({ length: 20 }, (_, p) =>
    before.subarray(p * pointLength, (p + 1) * pointLength).some((v, i) => v !== after[p * pointLength + i]),
  );
  // At the first scale the squares reach 13 pixels of the crop up and down: below 100 are those of the mouth and the chin, never those of the eyes and the brow.
  assert.deepEqual(moved.slice(0, 6), [false, false, false, true, true, false]);
  assert.ok(moved[17] && !moved[11] && !moved[18]);
});

test("lbpCounts() counts around a face's own points, and mirrors them with the crop", () => {
  const set = randomCrops(2, 1, false, 112);
  const template = templatePoints(LBP_ALIGNMENT.template, 112, 0);
  const own = Float32Array.from(template, (v, i) => v + (i === 4 ? 7 : 0));
  const points = Float32Array.from([...own, ...new Array(10).fill(Number.NaN)]);
  const counts = lbpCounts({ ...set, points }, [0, 1]);
  // A face without points is looked at where the template has them.
  assert.deepEqual(counts.subarray(LBP_LENGTH), lbpCounts(set, [1]));
  const before = lbpCounts(set, [0]);
  const pointLength = 16 * 59;
  const moved = Array.from({ length: 20 }, (_, p) =>
    before.subarray(p * pointLength, (p + 1) * pointLength).some((v, i) => v !== counts[p * pointLength + i]),
  );
  // The nose moved: itself, the points beside it and the one below it.
  assert.deepEqual(
    moved.flatMap((is, p) => (is ? [p] : [])),
    [2, 13, 14, 19],
  );
  const [still] = lbpViews(112);
  const [view] = lbpViews(112, own);
  assert.equal(view.corners[4] - still.corners[4], Math.round(1.5 * own[4]) - Math.round(1.5 * template[4]));
  const mirrored = [1, 0, 2, 4, 3].flatMap((p) => [112 - own[2 * p], own[2 * p + 1]]);
  assert.deepEqual(
    lbpCounts({ ...set, points }, [0], true),
    lbpCounts(
      { ...randomCrops(2, 1, true, 112), points: Float32Array.from([...mirrored, ...mirrored]) },
      [0],
    ),
  );
});

test("fitHighDimLbp() compresses the mean of a crop and its mirror image by principal axes", async () => {
  const crops = randomCrops(40, 3);
  const lbp = await fitHighDimLbp(crops, { dimensions: 10 });
  const x = await lbp.embed(crops);
  assert.deepEqual([x.rows, x.columns], [40, 10]);
  const mirrored = await lbp.embed(randomCrops(40, 3, true), { rows: [3, 5] });
  assertClose(mirrored.data, [...rowOf(x, 3), ...rowOf(x, 5)], 1e-3);
  // By hand, in float64.
  const means = matrix(1, LBP_LENGTH);
  const [left, right] = [false, true].map((mirror) => lbpCounts(crops, [3], mirror));
  for (let j = 0; j < LBP_LENGTH; j++) means.data[j] = (Math.sqrt(left[j]) + Math.sqrt(right[j])) / 2;
  assertClose(rowOf(x, 3), transform(lbp.map, means).data, 1e-3);
  const again = await fitHighDimLbp(crops, { dimensions: 10 });
  assert.deepEqual(again.map.weights.data, lbp.map.weights.data);
  const all = await fitHighDimLbp(randomCrops(5, 1));
  assert.equal(all.map.weights.rows, 4);
});

test("fitHighDimLbp() and embed() stop when asked", async () => {
  const crops = randomCrops(6, 1);
  const lbp = await fitHighDimLbp(crops);
  const stopped = { signal: AbortSignal.abort() };
  await assert.rejects(fitHighDimLbp(crops, stopped), { name: "Interrupted" });
  await assert.rejects(lbp.embed(crops, stopped), { name: "Interrupted" });
});

test("loadHighDimLbp() gives back the same descriptions bit for bit, and refuses damaged and foreign files by name", () =>
  inFolder(async (folder) => {
    const crops = randomCrops(6, 1);
    const lbp = await fitHighDimLbp(crops);
    const path = join(folder, "a.map");
    saveHighDimLbp(path, lbp);
    assert.deepEqual(await loadHighDimLbp(path).embed(crops), await lbp.embed(crops));
    const refused = (message: RegExp): void =>
      assert.throws(
        () => loadHighDimLbp(path),
        (error: Error) =>
          error.name === "LabError" && error.message.includes(path) && message.test(error.message),
      );
    writeFileSync(path, readFileSync(path).subarray(0, -3));
    refused(/checksum does not fit/);
    writeVectorFile(path, { format: "facenet-lab back-end 1" }, []);
    refused(/format/);
    writeVectorFile(path, { format: "facenet-lab high-dim-lbp 1", dimensions: 2 }, [new Float32Array(5)]);
    refused(/from 56640 to 2 values is needed, current lengths are 5/);
    const odd = matrix(1, LBP_LENGTH).data.fill(Number.NaN);
    writeVectorFile(path, { format: "facenet-lab high-dim-lbp 1", dimensions: 1 }, [
      odd,
      new Float32Array(1),
    ]);
    refused(/weights/);
  }));
