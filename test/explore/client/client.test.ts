import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { decodeCsv } from "../../../lib/core/csv";
import { createRandom } from "../../../lib/core/random";
import { boundsOf, pannedBy, project, START, turnedBy, zoomedAt } from "../../../lib/explore/client/camera";
import { CELL, gridOf, pointAhead } from "../../../lib/explore/client/grid";
import { isInside, pointsInside, spreadsheetCsv } from "../../../lib/explore/client/lasso";
import { assertClose } from "../../gradients";

const size = { width: 200, height: 100, edge: 10, bar: 20 };
const flat = { panX: 0, panY: 0, zoom: 1, yaw: 0, pitch: 0 };

/** Pixels of one point. */
function seen(points: number[], axes: 2 | 3, camera = flat): Float32Array {
  const all = Float32Array.from(points);
  const bounds = boundsOf([all], axes, axes);
  const screen = new Float32Array((2 * points.length) / axes);
  project(all, { stride: axes, axes, bounds }, camera, size, screen, new Float32Array(points.length / axes));
  return screen;
}

test("project() puts a flat map into the middle of what edges and buttons leave of the screen, up being up", () => {
  // 180 × 60 pixels around (100, 40); half width 2, half height 1: a unit is 0.5 · min(180 / 2, 60 / 1) = 30 pixels.
  assertClose(seen([-2, -1, 2, 1, 0, 0], 2), [40, 70, 160, 10, 100, 40], 1e-4);
});

test("project() turns a deep map: a quarter of a turn moves what was deep to the side", () => {
  // Radius 1: a unit is 0.38 · 60 = 22.8 pixels. (0, 0, 1) lies in the middle before, 22.8 pixels aside after.
  const points = [-1, -1, -1, 1, 1, 1, 0, 0, 1];
  assertClose(seen(points, 3).subarray(4), [100, 40], 1e-4);
  assertClose(seen(points, 3, { ...flat, yaw: Math.PI / 2 }).subarray(4), [122.8, 40], 1e-4);
});

test("zoomedAt() keeps what lies under the pointer, pannedBy() moves it by pixels", () => {
  const number = fc.double({ min: -80, max: 80, noNaN: true });
  fc.assert(
    fc.property(number, number, fc.double({ min: 0.7, max: 3, noNaN: true }), (panX, panY, factor) => {
      const points = [-2, -1, 2, 1, 0.3, 0.7];
      const camera = { ...flat, panX, panY, zoom: 1.5 };
      const [x, y] = seen(points, 2, camera).subarray(4);
      assertClose(seen(points, 2, zoomedAt(camera, size, x, y, factor)).subarray(4), [x, y], 1e-2);
      assertClose(seen(points, 2, pannedBy(camera, 7, -3)).subarray(4), [x + 7, y - 3], 1e-2);
    }),
  );
  assert.ok(Math.abs(turnedBy(START, 0, 1e6).pitch) <= Math.PI / 2);
});

test("boundsOf() covers the points of all parts and is never empty", () => {
  const bounds = boundsOf([Float32Array.of(0, 0, 2, 1), Float32Array.of(-4, 3)], 2, 2);
  assert.deepEqual(bounds, { centre: [-1, 1.5, 0], halfWidth: 3, halfHeight: 1.5, radius: 3 });
  assert.equal(boundsOf([Float32Array.of(5, 5)], 2, 2).radius, 1);
});

test("gridOf() finds the same point as looking at all", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: CELL }), (seed, radius) => {
      const random = createRandom(seed);
      const screen = Float32Array.from({ length: 80 }, () => 300 * random.next() - 50);
      const [x, y] = [200 * random.next(), 200 * random.next()];
      let [best, at] = [radius * radius, -1];
      for (let i = 0; i < 40; i++) {
        const squared = (screen[2 * i] - x) ** 2 + (screen[2 * i + 1] - y) ** 2;
        if (squared < best) [best, at] = [squared, i];
      }
      assert.equal(gridOf(screen).nearest(x, y, radius), at);
    }),
  );
});

test("pointAhead() prefers what lies in the direction of the key, and stays where nothing does", () => {
  // From the origin to the right: (10, 0) costs 10; (5, 4) costs 5 + 2·4 = 13.
  const screen = Float32Array.of(0, 0, 10, 0, 5, 4, -1, 0);
  assert.equal(pointAhead(screen, 0, 1, 0), 1);
  assert.equal(pointAhead(screen, 0, -1, 0), 3);
  assert.equal(pointAhead(screen, 0, 0, 1), 2);
  assert.equal(pointAhead(screen, 0, 0, -1), 0);
});

test("isInside() knows a square, and the bay of a polygon that is not convex", () => {
  const square = [0, 0, 10, 0, 10, 10, 0, 10];
  assert.deepEqual(
    [isInside(square, 5, 5), isInside(square, 11, 5), isInside(square, -1, 5)],
    [true, false, false],
  );
  // A U: the bay between its arms is outside.
  const u = [0, 0, 9, 0, 9, 9, 6, 9, 6, 3, 3, 3, 3, 9, 0, 9];
  assert.deepEqual(
    [isInside(u, 4.5, 6), isInside(u, 1, 6), isInside(u, 7, 6), isInside(u, 4.5, 1)],
    [false, true, true, true],
  );
  assert.deepEqual(pointsInside(square, Float32Array.of(5, 5, 20, 5, 1, 9)), [0, 2]);
});

test("spreadsheetCsv() disarms formulas and keeps every other cell", () => {
  const rows = [
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"],
    ["plain", 'a "b", c', "1-1", "", "x=1", "ü"],
  ];
  const csv = spreadsheetCsv(rows);
  assert.ok(csv.startsWith("'=1+1,'+1,'-1,'@SUM(A1),'\tx,\"'\rx\"\r\nplain,"));
  // Our own reader takes the apostrophes off again.
  assert.deepEqual(decodeCsv(csv, "selection"), rows);
});
