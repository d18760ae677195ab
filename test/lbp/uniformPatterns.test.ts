import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { raster } from "../../lib/image/raster";
import { PATTERNS, uniformPatterns } from "../../lib/lbp/uniformPatterns";

/** Neighbours in the order of Ojala et al.: once around. */
const AROUND = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
];

/** Which neighbours are at least as bright, as a text of 0 and 1. */
function circle(data: Uint8Array, width: number, height: number, x: number, y: number): string {
  const clamp = (v: number, most: number): number => Math.max(0, Math.min(most, v));
  return AROUND.map(([dx, dy]) =>
    data[clamp(y + dy, height - 1) * width + clamp(x + dx, width - 1)] >= data[y * width + x] ? "1" : "0",
  ).join("");
}

const changes = (text: string): number =>
  [...text].filter((bit, k) => bit !== text[(k + 1) % text.length]).length;

test("uniformPatterns() gives each of the 58 uniform circles a kind of its own, and all others the last", () => {
  const random = createRandom(1);
  const [width, height] = [150, 140];
  // Few grey values, so that every circle comes up.
  const data = Uint8Array.from({ length: width * height }, () => random.integer(4));
  const patterns = uniformPatterns(raster(width, height, 1, data));
  const kindOf = new Map<string, number>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const text = circle(data, width, height, x, y);
      const kind = patterns[y * width + x];
      assert.equal(kindOf.get(text) ?? kind, kind, text);
      kindOf.set(text, kind);
      assert.equal(kind === PATTERNS - 1, changes(text) > 2, text);
    }
  }
  assert.equal(kindOf.size, 256);
  const uniform = [...kindOf].filter(([text]) => changes(text) <= 2).map(([, kind]) => kind);
  assert.deepEqual([uniform.length, new Set(uniform).size], [58, 58]);
});

test("uniformPatterns() does not see a brightness curve that rises", () =>
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const [width, height] = [7, 5];
      const data = Uint8Array.from({ length: width * height }, () => random.integer(100));
      const curve = (v: number): number => Math.floor(v + (v * v) / 100) + 20;
      assert.deepEqual(
        uniformPatterns(raster(width, height, 1, data.map(curve))),
        uniformPatterns(raster(width, height, 1, data)),
      );
    }),
  ));
