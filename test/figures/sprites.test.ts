import assert from "node:assert/strict";
import test from "node:test";
import type { CropSet } from "../../lib/data/dataset";
import { contactSheet, cropOf, spriteSheet, toSquare } from "../../lib/figures/sprites";
import { decodeImage } from "../../lib/image/codec";
import { type Raster, raster } from "../../lib/image/raster";

/** 8 × 8 crops, crop i all of the grey value 30 · i. */
const crops: CropSet = {
  size: 8,
  channels: 1,
  data: Uint8Array.from({ length: 7 * 64 }, (_, i) => 30 * Math.floor(i / 64)),
  labels: new Int32Array(7),
  names: Array.from({ length: 7 }, (_, i) => `${i}.png`),
  identities: ["A"],
};

test("cropOf() is the row's own pixels", () => {
  const crop = cropOf(crops, 3);
  assert.deepEqual([crop.width, crop.height, crop.channels], [8, 8, 1]);
  assert.deepEqual(new Set(crop.data), new Set([90]));
});

test("contactSheet() lays pictures in rows and leaves the rest white", () => {
  const dot = (value: number): Raster => raster(1, 1, 1, Uint8Array.of(value));
  assert.deepEqual([...contactSheet([dot(1), dot(2), dot(3)], 2, 1).data], [1, 2, 3, 255]);
  // One coloured picture makes the sheet coloured.
  const colour = raster(1, 1, 3, Uint8Array.of(7, 8, 9));
  assert.deepEqual([...contactSheet([dot(5), colour], 2, 1).data], [5, 5, 5, 7, 8, 9]);
  const empty = contactSheet([], 3, 2);
  assert.deepEqual([empty.width, empty.height, new Set(empty.data)], [6, 2, new Set([255])]);
});

test("toSquare() takes the centre of a wide and of a tall picture", () => {
  const row = Uint8Array.of(0, 100, 200, 0);
  assert.deepEqual([...toSquare(raster(4, 1, 1, row), 1).data].length, 1);
  // The centred square of 4 × 2 pixels is columns 1 and 2.
  assert.deepEqual(
    [...toSquare(raster(4, 2, 1, Uint8Array.of(...row, ...row)), 2).data],
    [100, 200, 100, 200],
  );
  const tall = raster(2, 4, 1, Uint8Array.of(0, 0, 100, 100, 200, 200, 0, 0));
  assert.deepEqual([...toSquare(tall, 2).data], [100, 100, 200, 200]);
});

test("spriteSheet() holds image i at column i mod columns, row ⌊i / columns⌋", async () => {
  const rows = [6, 0, 3, 5, 1];
  const sheet = await spriteSheet(crops, rows, { side: 16, columns: 3 });
  assert.deepEqual([sheet.columns, sheet.side, sheet.count], [3, 16, 5]);
  const image = await decodeImage(Buffer.from(sheet.uri.split(",")[1], "base64"), "sheet", { channels: 1 });
  assert.deepEqual([image.width, image.height], [48, 32]);
  rows.forEach((row, i) => {
    const [x, y] = [16 * (i % 3) + 8, 16 * Math.floor(i / 3) + 8];
    const value = image.data[y * 48 + x];
    assert.ok(Math.abs(value - 30 * row) <= 4, `place ${i}: ${value} is not ${30 * row}`);
  });
});

test("spriteSheet() of no rows is a picture all the same", async () => {
  const sheet = await spriteSheet(crops, []);
  assert.equal(sheet.count, 0);
  await decodeImage(Buffer.from(sheet.uri.split(",")[1], "base64"), "sheet");
});
