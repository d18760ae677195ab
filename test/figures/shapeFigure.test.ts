import assert from "node:assert/strict";
import test from "node:test";
import { shapeFigure } from "../../lib/figures/shapeFigure";
import { figureSvg } from "../../lib/figures/still";
import { assertClose } from "../gradients";
import { assertLabelled, numbersOf, traceOf } from "./figures";

const paper = {
  name: "paper",
  points: [
    { at: 1, mean: 0.4 },
    { at: 20 / 3, mean: 0.8 },
  ],
};
const ours = {
  name: "here",
  points: [
    { at: 1, mean: 0.05, standardError: 0.01 },
    { at: 10, mean: 0.04 },
  ],
};

test("shapeFigure() divides every curve and its errors by its own largest value", () => {
  const figure = shapeFigure({ title: "JPEG", axis: "quality", paper, ours });
  assertLabelled(figure);
  assertClose(numbersOf(traceOf(figure, "paper, divided by 0.800"), "y"), [0.5, 1], 1e-12);
  assertClose(numbersOf(traceOf(figure, "here, divided by 0.0500"), "y"), [1, 0.8], 1e-12);
  const [low, high] = numbersOf(traceOf(figure, "here, ± one standard error"), "y");
  assertClose([low, high], [0.8, 1.2], 1e-12);
  assert.match(
    figure.alt,
    /here from 1\.00 .* at 1 to 0\.80 at 10; paper from 0\.50 .* to 1\.00 at 6\.67\.$/,
  );
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
});

test("shapeFigure() can have a logarithmic axis with its values as ticks, and refuses a curve without a positive value", () => {
  const figure = shapeFigure({ title: "t", axis: "a", log: true, paper, ours });
  const axis = figure.layout.xaxis as { type: string; range: number[]; ticktext: string[] };
  assert.deepEqual([axis.type, axis.ticktext], ["log", ["1", "6.67", "10"]]);
  // One decade from 1 to 10, and 6 % of it at either end.
  assertClose(axis.range, [-0.06, 1.06], 1e-12);
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
  assert.throws(
    () => shapeFigure({ title: "t", axis: "a", paper, ours: { name: "here", points: [] } }),
    /^RangeError: Cannot compare shapes: here needs a value above 0, current value is no point/,
  );
});
