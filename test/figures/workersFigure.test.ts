import assert from "node:assert/strict";
import test from "node:test";
import { figureSvg } from "../../lib/figures/still";
import { workersFigure } from "../../lib/figures/workersFigure";

const points = [
  { workers: 1, seconds: 7200, limit: "cores" },
  { workers: 10, seconds: 720, limit: "cores" },
  { workers: 100, seconds: 360, limit: "store" },
];

test("workersFigure() draws hours by workers, and marks where another limit begins", () => {
  const { data, alt } = workersFigure({
    title: "t",
    series: [
      { name: "embed", points, beside: [{ workers: 10, seconds: 1800 }] },
      { name: "search", points: points.slice(0, 2) },
    ],
  });
  const [line, rings, dots, second, ...others] = data;
  assert.deepEqual(
    [line.x, line.y],
    [
      [1, 10, 100],
      [2, 0.2, 0.1],
    ],
  );
  assert.deepEqual([rings.x, rings.y, rings.text], [[100], [0.1], ["store"]]);
  assert.deepEqual([dots.x, dots.y], [[10], [0.5]]);
  assert.deepEqual([second.name, others], ["search", []]);
  assert.equal(
    alt,
    "t: embed from 2.0 hours with 1 (limit: cores) to 0.10 hours with 100 (limit: store); search from 2.0 hours with 1 (limit: cores) to 0.20 hours with 10 (limit: cores).",
  );
});

test("figureSvg() draws workersFigure() with both axes logarithmic", () => {
  const svg = figureSvg(workersFigure({ title: "t", series: [{ name: "embed", points }] }));
  assert.match(svg, /workers/);
  assert.match(svg, /time \(hours\)/);
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

test("workersFigure() refuses what has no logarithm", () => {
  const wrong = [{ workers: 1, seconds: 0, limit: "cores" }];
  assert.throws(() => workersFigure({ title: "t", series: [{ name: "embed", points: wrong }] }), {
    name: "RangeError",
    message: /workers and seconds must be above 0, current values of embed are 1 and 0/,
  });
});
