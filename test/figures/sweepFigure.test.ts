import assert from "node:assert/strict";
import test from "node:test";
import { figureSvg } from "../../lib/figures/still";
import { sweepFigure } from "../../lib/figures/sweepFigure";

const figure = sweepFigure({
  title: "JPEG quality",
  axis: "quality",
  values: ["10", "90"],
  accuracy: {
    name: "accuracy",
    points: [
      { mean: 0.7, standardError: 0.1 },
      { mean: 0.9, standardError: 0.05 },
    ],
  },
  val: [
    { name: "VAL", points: [null, { mean: 0.4, standardError: 0 }] },
    { name: "paper", points: [null, null] },
  ],
});

test("sweepFigure() draws each point and an upright bar of one standard error around it", () => {
  const [line, bars, val, valBars] = figure.data;
  assert.deepEqual(line.y, [0.7, 0.9]);
  const [low, high, gap] = bars.y as (number | null)[];
  assert.ok(Math.abs(Number(low) - 0.6) < 1e-12 && Math.abs(Number(high) - 0.8) < 1e-12 && gap === null);
  assert.deepEqual((bars.x as (number | null)[])[0], (line.x as number[])[0]);
  // What could not be measured has no mark; an error of 0 has no bar.
  assert.deepEqual(val.y, [0.4]);
  assert.deepEqual(valBars.y, []);
  assert.deepEqual([line.yaxis, val.yaxis, valBars.yaxis], [undefined, "y2", "y2"]);
  assert.equal(
    figure.alt,
    "JPEG quality: accuracy from 0.700 at 10 to 0.900 at 90; VAL 0.400 at 90; paper could not be measured.",
  );
});

test("figureSvg() writes the ticks that a figure sets itself, as text", () => {
  const named = sweepFigure({
    title: "t",
    axis: "a",
    values: ["<none>", "box"],
    accuracy: { name: "s", points: [{ mean: 1 }, null] },
    val: [],
  });
  const svg = figureSvg(named);
  assert.match(svg, />&lt;none&gt;<\/text>/);
  assert.match(svg, />box<\/text>/);
  assert.match(figureSvg(figure), />90<\/text>/);
});
