import assert from "node:assert/strict";
import { test } from "node:test";
import { distributionFigure } from "../../lib/figures/distributionFigure";

const of = (...values: number[]) =>
  distributionFigure({
    title: "t",
    axis: "squared L2",
    series: [{ name: "a", values }],
    range: [0, 4],
    bins: 4,
  });

test("distributionFigure() gives each bin its share of the series' own values", () => {
  // Bins [0, 1), [1, 2), [2, 3), [3, 4]: 0 | 1, 1.5 | – | 3.2, 4; five values of 20 % each.
  const { data } = of(0, 1, 1.5, 3.2, 4);
  assert.deepEqual(data[0].y, [20, 40, 0, 40]);
  assert.deepEqual(data[0].x, [0.5, 1.5, 2.5, 3.5]);
});

test("distributionFigure() counts values outside the range in the total only", () => {
  assert.deepEqual(of(-1, 0.5, 9, Number.NaN).data[0].y, [25, 0, 0, 0]);
});

test("distributionFigure() draws nothing for a series without values, and says so", () => {
  const figure = of();
  assert.deepEqual(figure.data[0].y, [0, 0, 0, 0]);
  assert.match(figure.alt, /a around not a number/);
});
