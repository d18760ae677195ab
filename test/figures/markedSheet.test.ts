import assert from "node:assert/strict";
import { test } from "node:test";
import { markedSheet } from "../../lib/figures/markedSheet";
import { palette } from "../../lib/figures/palette";
import { type Raster, raster } from "../../lib/image/raster";

const colorAt = ({ width, data }: Raster, x: number, y: number): string =>
  `#${Buffer.from(data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)).toString("hex")}`;

test("markedSheet() makes every pixel a flat square, whatever the size of the picture", () => {
  const small = raster(2, 2, 1, Uint8Array.of(10, 20, 30, 40));
  const large = raster(4, 4, 1, new Uint8Array(16).fill(50));
  const sheet = markedSheet([{ picture: small }, { picture: large }], 2, 4);
  assert.deepEqual([sheet.width, sheet.height, sheet.channels], [8, 4, 3]);
  const greys = Array.from({ length: 4 }, (_, y) =>
    Array.from({ length: 8 }, (_, x) => sheet.data[3 * (8 * y + x)]),
  );
  const above = [10, 10, 20, 20, 50, 50, 50, 50];
  const below = [30, 30, 40, 40, 50, 50, 50, 50];
  assert.deepEqual(greys, [above, above, below, below]);
});

test("markedSheet() puts points and boxes where they lie in the picture, one pixel thin", () => {
  const picture = raster(10, 10, 1);
  const boxes = [{ left: 2, top: 2, width: 4, height: 3 }];
  const sheet = markedSheet([{ picture }, { picture, points: [7, 7], boxes }], 1, 40);
  const at = (x: number, y: number): string => colorAt(sheet, x, 40 + y);
  // Four times as large: from 8, 8 to 24, 20. The centre of pixel 7, 7 is at 29.5, 29.5.
  for (const [x, y] of [
    [8, 8],
    [24, 8],
    [8, 20],
    [24, 20],
    [16, 8],
    [24, 14],
  ])
    assert.equal(at(x, y), palette.accent, `${x} ${y}`);
  assert.equal(at(9, 9), "#000000");
  assert.equal(at(25, 8), "#000000");
  assert.equal(at(30, 30), palette.different);
  assert.equal(at(30, 32), palette.different);
  assert.equal(at(30, 33), "#000000");
  assert.equal(colorAt(sheet, 30, 30), "#000000");
});

test("markedSheet() draws one line where two boxes meet, whatever the scale", () => {
  const boxes = [0, 3, 6].map((left) => ({ left, top: 0, width: 3, height: 9 }));
  const sheet = markedSheet([{ picture: raster(10, 10, 1), boxes }], 1, 23);
  const upright = Array.from({ length: 23 }, (_, x) => x).filter(
    (x) => colorAt(sheet, x, 10) === palette.accent,
  );
  assert.deepEqual(upright, [0, 7, 14, 21]);
});

test("markedSheet() refuses pictures that are not square or larger than the place", () => {
  const sheet = (width: number, height: number): Raster =>
    markedSheet([{ picture: raster(width, height, 1) }], 1, 8);
  assert.throws(() => sheet(4, 5), /must be square and at most 8 pixels wide, current value is 4×5/);
  assert.throws(() => sheet(9, 9), RangeError);
  assert.equal(sheet(8, 8).width, 8);
});
