import assert from "node:assert/strict";
import test from "node:test";
import type { FaceDescriptor } from "../../lib/align/descriptor";
import type { DataSet } from "../../lib/data/dataset";
import { raster } from "../../lib/image/raster";
import { realSpread, summarizeSpread, syntheticSpread } from "../../lib/walk/realism";

/** Two numbers of a picture: its mean and the first pixel. */
const simple: FaceDescriptor = {
  name: "simple",
  describe: async ({ data }) =>
    Float32Array.of(data.reduce((a, b) => a + b, 0) / data.length / 255, data[0] / 255),
};

/** `people` × `images` pictures; person k is grey level 40·k, its pictures differ by one. */
function greyPeople(people: number, images: number): DataSet {
  const items = Array.from({ length: people * images }, (_, i) => {
    const label = Math.floor(i / images);
    const level = 40 * label + (i % images);
    return { name: `${i}`, label, source: { image: raster(2, 2, 1, new Uint8Array(4).fill(level)) } };
  });
  return {
    name: "grey people",
    kind: "faces",
    identities: Array.from({ length: people }, (_, k) => `${k}`),
    items,
    skipped: [],
    landmarks: new Map(items.map(({ name }) => [name, new Float32Array(10)])),
  };
}

test("realSpread() by hand: people that do not overlap are told apart without error", async () => {
  const spread = await realSpread(greyPeople(4, 3), simple, { identities: 4, images: 3 });
  assert.deepEqual([spread.same.length, spread.different.length, spread.auc], [12, 54, 1]);
  // Neighbouring levels differ by 1/255 in both numbers.
  assert.ok(Math.abs(Math.min(...spread.same) - Math.SQRT2 / 255) < 1e-6);
  const summary = summarizeSpread(spread);
  // Persons 0 and 3 are 120 levels apart: 0.67 in L2; 0 and 1 are 0.22.
  const below = [...spread.different].filter((d) => d < 0.6).length;
  assert.equal(summary.differentBelowThreshold, below / 54);
  assert.ok(below > 0 && below < 54);
});

test("realSpread() says when there are too few people with enough images", async () => {
  await assert.rejects(
    realSpread(greyPeople(4, 3), simple, { identities: 5, images: 3 }),
    /5 identities with 3 images and landmarks are needed, current value is 4/,
  );
});

test("syntheticSpread() draws the asked number of people and pictures, the same for the same seed", async () => {
  const options = { identities: 2, images: 2, size: 40, seed: 5 };
  const spread = await syntheticSpread(simple, options);
  assert.deepEqual([spread.same.length, spread.different.length], [2, 4]);
  assert.deepEqual(await syntheticSpread(simple, options), spread);
  assert.notDeepEqual((await syntheticSpread(simple, { ...options, seed: 6 })).same, spread.same);
});
