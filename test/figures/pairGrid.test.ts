import assert from "node:assert/strict";
import { test } from "node:test";
import { pairGrid, pairGridSvg } from "../../lib/figures/pairGrid";
import { palette } from "../../lib/figures/palette";
import { raster } from "../../lib/image/raster";

const texts = (svg: string): string[] =>
  [...svg.matchAll(/fill="(#\w+)">([^<]+)<\/text>/g)].map(([, color, text]) => `${color} ${text}`);

test("pairGridSvg() writes each distance with its decision; the threshold itself means two people", () => {
  const uris = [
    ["data:a", "data:b"],
    ["data:c", "data:d"],
  ];
  const svg = pairGridSvg(uris, { right: [[0.234], [1.1]], below: [[1.5, 0.999]], threshold: 1.1 });
  assert.deepEqual(texts(svg), [
    `${palette.same} = 0.23`,
    `${palette.different} ≠ 1.10`,
    `${palette.different} ≠ 1.50`,
    `${palette.same} = 1.00`,
  ]);
  assert.equal(svg.match(/<image /g)?.length, 4);
});

test("pairGrid() draws the pictures where they belong", async () => {
  const grey = (value: number) => raster(8, 8, 1, new Uint8Array(64).fill(value));
  const grid = await pairGrid({
    pictures: [[grey(40), grey(200)]],
    right: [[1]],
    below: [],
    threshold: 1.1,
  });
  // Two pictures of 112 pixels, 84 between them.
  assert.deepEqual([grid.width, grid.height], [308, 112]);
  const at = (x: number, y: number): number => grid.data[3 * (y * grid.width + x)];
  assert.ok(Math.abs(at(20, 20) - 40) <= 3, `left is ${at(20, 20)}`);
  assert.ok(Math.abs(at(250, 90) - 200) <= 3, `right is ${at(250, 90)}`);
  assert.equal(at(150, 2), 255);
});
