import assert from "node:assert/strict";
import { test } from "node:test";
import { markFace } from "../../lib/figures/markFace";
import { palette } from "../../lib/figures/palette";
import { raster } from "../../lib/image/raster";

const hex = (data: Uint8Array, pixel: number): string =>
  `#${Buffer.from(data.subarray(3 * pixel, 3 * pixel + 3)).toString("hex")}`;

/** Pixels that are not black, as "x y". */
function lit({ data, width }: ReturnType<typeof markFace>): string[] {
  return Array.from({ length: data.length / 3 }, (_, i) => i)
    .filter((i) => hex(data, i) !== "#000000")
    .map((i) => `${i % width} ${Math.floor(i / width)}`);
}

test("markFace() draws a cross of nine pixels at the rounded point", () => {
  const marked = markFace(raster(11, 11, 1), { points: [4.6, 6.4] });
  const cross = [-2, -1, 0, 1, 2].flatMap((k) => [`${5 + k} 6`, `5 ${6 + k}`]);
  assert.deepEqual(lit(marked).sort(), [...new Set(cross)].sort());
  assert.equal(hex(marked.data, 6 * 11 + 5), palette.different);
});

test("markFace() draws the four sides of every box", () => {
  const boxes = [
    { left: 1, top: 2, width: 4, height: 3 },
    { left: 7, top: 0, width: 0, height: 1 },
  ];
  const marked = markFace(raster(8, 8, 3), { boxes });
  const wanted: string[] = ["7 0", "7 1"];
  for (let y = 2; y <= 5; y++) {
    for (let x = 1; x <= 5; x++) if (x === 1 || x === 5 || y === 2 || y === 5) wanted.push(`${x} ${y}`);
  }
  assert.deepEqual(lit(marked).sort(), wanted.sort());
});

test("markFace() leaves out what lies outside and does not change the picture", () => {
  const picture = raster(6, 6, 3);
  const marked = markFace(picture, {
    points: [-20, 3, 5, 5],
    boxes: [{ left: -9, top: -9, width: 40, height: 40 }],
  });
  assert.deepEqual(lit(marked).sort(), ["3 5", "4 5", "5 3", "5 4", "5 5"]);
  assert.ok(picture.data.every((value) => value === 0));
});
