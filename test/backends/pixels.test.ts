import assert from "node:assert/strict";
import test from "node:test";
import { pixelFeatures } from "../../lib/backends/pixels";
import type { CropSet } from "../../lib/data/dataset";
import { assertClose } from "../gradients";

function crops(size: number, channels: 1 | 3, data: number[]): CropSet {
  const n = data.length / (size * size * channels);
  return {
    size,
    channels,
    data: Uint8Array.from(data),
    labels: new Int32Array(n),
    names: Array.from({ length: n }, (_, i) => `${i}`),
    identities: ["one"],
  };
}

test("pixelFeatures() averages squares, then takes mean 0 and deviation 1", () => {
  // 2×2 squares of a 4×4 picture: sums 4·(0, 1, 2, 3); mean 1.5, variance 1.25.
  const picture = [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3];
  const { rows, columns, data } = pixelFeatures(crops(4, 1, picture), { side: 2 });
  assert.deepEqual([rows, columns], [1, 4]);
  assertClose(
    data,
    [-1.5, -0.5, 0.5, 1.5].map((value) => value / Math.sqrt(1.25)),
    1e-6,
  );
});

test("pixelFeatures() takes the central window, weighs colours, and makes a flat picture 0", () => {
  const white = [255, 255, 255];
  const green = [0, 255, 0];
  const red = [255, 0, 0];
  const inner = [green, red, red, green];
  const colours = Array.from({ length: 16 }, (_, i) => {
    const [y, x] = [Math.floor(i / 4), i % 4];
    return y > 0 && y < 3 && x > 0 && x < 3 ? inner[(y - 1) * 2 + x - 1] : white;
  });
  const flat = Array.from({ length: 16 }, () => white);
  const { data } = pixelFeatures(crops(4, 3, [...colours, ...flat].flat()), { window: 2, side: 2 });
  // Green is brighter than red, half of the pixels each: ±1.
  assertClose(data, [1, -1, -1, 1, 0, 0, 0, 0], 1e-6);
});

test("pixelFeatures() refuses a window that does not fit", () => {
  const set = crops(4, 1, new Array(16).fill(0));
  assert.throws(
    () => pixelFeatures(set, { window: 3, side: 2 }),
    /multiple of the side 2 and at most 4, current value is 3/,
  );
  assert.throws(() => pixelFeatures(set, { window: 8, side: 2 }), /current value is 8/);
  assert.throws(() => pixelFeatures(set), /multiple of the side 32/);
});
