import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { pointsOfCrop } from "../../lib/data/dataset";
import { throughJpeg, throughSize } from "../../lib/sweeps/degrade";
import { sweepKinds } from "../../lib/sweeps/kinds";
import { sweepMarkdown } from "../../lib/sweeps/markdown";
import { measurePoints, type SweepPoint } from "../../lib/sweeps/points";
import { scoreOf, valOverSets } from "../../lib/sweeps/score";
import { shareOfIdentities, withFlippedLabels } from "../../lib/sweeps/trainingSets";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inFolder } from "../inFolder";
import { patternCrops } from "../train/fixtures";

const crops = patternCrops(6, 4);
const meanChange = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0) / a.length;

test("throughJpeg() keeps size and labels, and changes more at a lower quality", async () => {
  const [low, high] = [await throughJpeg(crops, 5), await throughJpeg(crops, 95)];
  assert.deepEqual([low.size, low.labels, low.data.length], [crops.size, crops.labels, crops.data.length]);
  assert.ok(meanChange(high.data, crops.data) > 0);
  assert.ok(meanChange(low.data, crops.data) > 3 * meanChange(high.data, crops.data));
  await assert.rejects(throughJpeg(crops, 0), /integer in \[1, 100\], current value is 0/);
});

test("throughSize() by hand: halves of two levels stay, single pixels become the mean; the full size changes nothing", async () => {
  // 4×4: the left half black, the right half 200, and one white pixel in the top left 2×2 block, whose mean is then 255 / 4.
  const data = Uint8Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 0 : 200));
  data[0] = 255;
  const tiny = { ...crops, size: 4, data, labels: Int32Array.of(0), names: ["x"] };
  const once = await throughSize(tiny, 4, 2);
  // Enlarging is bilinear: the corners keep the means of their blocks.
  assert.deepEqual([once.data[0], once.data[3], once.data[12], once.data[15]], [64, 200, 0, 200]);
  assert.equal(await throughSize(tiny, 4, 4), tiny);
  await assert.rejects(throughSize(tiny, 4, 5), /integer in \[1, 4\], current value is 5/);
});

test("shareOfIdentities() takes whole identities, nested, with their own pictures", () => {
  const bytes = crops.size * crops.size;
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.05, max: 1, noNaN: true }), (seed, share) => {
      const small = shareOfIdentities(crops, share / 2, createRandom(seed));
      const large = shareOfIdentities(crops, share, createRandom(seed));
      assert.ok([...small.labels].every((label) => large.labels.includes(label)));
      assert.equal(new Set(large.labels).size, Math.max(1, Math.round(share * 6)));
      large.names.forEach((name, row) => {
        const from = crops.names.indexOf(name);
        assert.equal(large.labels[row], crops.labels[from]);
        assert.deepEqual(
          large.data.subarray(row * bytes, (row + 1) * bytes),
          crops.data.subarray(from * bytes, (from + 1) * bytes),
        );
      });
      assert.equal(large.labels.length, 4 * new Set(large.labels).size);
    }),
  );
  assert.throws(() => shareOfIdentities(crops, 0, createRandom(1)), /in \(0, 1\], current value is 0/);
});

test("shareOfIdentities() keeps the points of the pictures it takes", () => {
  const points = Float32Array.from({ length: 10 * crops.labels.length }, (_, i) => i);
  const part = shareOfIdentities({ ...crops, points }, 0.5, createRandom(1));
  assert.equal(part.points?.length, 10 * part.labels.length);
  part.names.forEach((name, row) => {
    const from = crops.names.indexOf(name);
    assert.deepEqual(pointsOfCrop(part, row), points.subarray(10 * from, 10 * (from + 1)));
  });
});

test("withFlippedLabels() flips exactly its share, never to the own identity, and a larger share holds the smaller one's", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0, max: 0.99, noNaN: true }), (seed, share) => {
      const flipped = (s: number): number[] => {
        const { labels } = withFlippedLabels(crops, s, createRandom(seed));
        return [...labels].flatMap((label, row) => (label !== crops.labels[row] ? [1000 * row + label] : []));
      };
      const [small, large] = [flipped(share / 2), flipped(share)];
      assert.equal(large.length, Math.round(share * 24));
      assert.ok(small.every((change) => large.includes(change)));
      assert.ok(large.every((change) => change % 1000 < 6));
    }),
  );
  assert.throws(() => withFlippedLabels(crops, 1, createRandom(1)), /in \[0, 1\), current value is 1/);
  assert.throws(() => withFlippedLabels(patternCrops(1, 3), 0.5, createRandom(1)), /two identities/);
});

test("valOverSets() is 1 for people far apart, and null where a set is too small for the FAR", () => {
  const { x, labels } = clusteredEmbeddings(3, 400, 40, 32, 0.01);
  assert.deepEqual(valOverSets(x, labels, 1e-3), { mean: 1, standardError: 0 });
  assert.equal(valOverSets(x, labels, 1e-4), null);
});

test("scoreOf() agrees with the verification and the all-pairs count that it is made of", () => {
  const { x, labels } = clusteredEmbeddings(5, 60, 6);
  const first = Int32Array.from({ length: 40 }, (_, i) => i);
  const second = Int32Array.from(first, (i) =>
    i % 2 ? i + 7 : labels.findIndex((l, j) => j !== i && l === labels[i]),
  );
  const same = Uint8Array.from(first, (i, p) => (labels[i] === labels[second[p]] ? 1 : 0));
  const fold = Int32Array.from(first, (_, p) => p % 4);
  const score = scoreOf(x, labels, { name: "", first, second, same, fold, folds: 4 });
  assert.equal(score.pairs, 40);
  assert.ok(score.accuracy.mean > 0.5 && score.accuracy.mean <= 1 && score.auc > 0.5);
  // Twelve images a set are 66 pairs: a FAR of 1e-3 cannot be measured.
  assert.equal(score.val, null);
});

const point = (value: number): Omit<SweepPoint, "value"> => ({
  score: { accuracy: { mean: value / 100, standardError: 0.01 }, auc: 0.9, pairs: 10, val: null },
  facts: { bytes: 128 },
});

test("measurePoints() keeps each point at once: after a failure only the rest is measured", () =>
  inFolder(async (folder) => {
    const asked: number[] = [];
    const measure = async (value: number | string) => {
      asked.push(Number(value));
      if (value === 30 && asked.length < 4) throw new Error("the power went");
      return point(Number(value));
    };
    const options = { fileOf: (value: number | string) => join(folder, `${value}.json`) };
    await assert.rejects(measurePoints([10, 20, 30], measure, options), /the power went/);
    const points = await measurePoints([10, 20, 30], measure, options);
    assert.deepEqual(asked, [10, 20, 30, 30]);
    assert.deepEqual(
      points,
      [10, 20, 30].map((value) => ({ value, ...point(value) })),
    );
    writeFileSync(options.fileOf(20), "{}");
    await assert.rejects(measurePoints([20], measure, options), /must hold the point 20 of this sweep/);
    await assert.rejects(
      measurePoints([40], measure, { ...options, signal: AbortSignal.abort() }),
      /Stopped: the sweep/,
    );
  }));

test("sweepMarkdown() puts the paper's figure beside ours where the value is the same, the others below", () => {
  const facts = { command: "facenet-lab sweep jpeg", protocol: "P", subject: "model m" };
  const text = sweepMarkdown(
    sweepKinds.jpeg,
    [
      { value: 10, ...point(70) },
      { value: 15, ...point(80) },
    ],
    facts,
  );
  assert.match(text, /\| 10 \| 128 \| 70\.0 ± 1\.0 % \| 0\.9000 \| not measurable \| 67\.3 % \|/);
  assert.match(text, /\| 15 \| 128 \| 80\.0 ± 1\.0 % \| 0\.9000 \| not measurable \| {2}\|/);
  assert.match(text, /other values: 20: 81\.4 %, 30: 83\.9 %/);
});
