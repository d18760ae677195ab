import assert from "node:assert/strict";
import test from "node:test";
import { type CurveData, trainingCurves } from "../../lib/figures/trainingCurves";
import { assertClose } from "../gradients";
import { assertLabelled, curves, numbersOf, titleOf, traceOf } from "./figures";

/** Which column each line shows, and in which panel. */
const LINES: readonly (readonly [string, keyof CurveData["steps"], string])[] = [
  ["loss", "loss", "y"],
  ["active share", "activeFraction", "y2"],
  ["positives, mean", "meanPositive", "y3"],
  ["positives, hardest", "hardestPositive", "y3"],
  ["negatives, mean", "meanNegative", "y3"],
  ["negatives, hardest", "hardestNegative", "y3"],
];

test("trainingCurves() shows every column in its panel, over its steps", () => {
  const history = curves(7, 3);
  const figure = trainingCurves(history);
  assertLabelled(figure);
  for (const [name, column, yaxis] of LINES) {
    const trace = traceOf(figure, name);
    assert.deepEqual([trace.x, trace.y], [history.steps.step, history.steps[column]], name);
    assert.deepEqual([trace.yaxis, trace.xaxis], [yaxis, yaxis.replace("y", "x")], name);
  }
  for (const [name, column] of [
    ["held-out AUC", "auc"],
    ["held-out accuracy", "accuracy"],
  ] as const) {
    const trace = traceOf(figure, name);
    assert.deepEqual(
      [trace.x, trace.y, trace.yaxis],
      [[10, 20, 30], history.evaluations[column], "y4"],
      name,
    );
  }
  assert.equal(figure.data.length, LINES.length + 2);
  assert.match(titleOf(figure.layout.yaxis3), /squared L2/);
  // The last loss is f(7) + 0, the last AUC f(3) + 0.7.
  assert.equal(figure.alt, "Training over 7 steps: the loss ends at 7.000, the held-out AUC at 3.700.");
});

test("trainingCurves() draws all panels over the same steps", () => {
  const { layout } = trainingCurves(curves(7, 3));
  const ranges = ["xaxis", "xaxis2", "xaxis3", "xaxis4"].map(
    (key) => (layout[key] as { range: number[] }).range,
  );
  // The evaluations reach to step 30.
  for (const range of ranges) assert.deepEqual(range, [0, 1.04 * 30]);
});

test("trainingCurves() averages long series in equal runs of at most 400", () => {
  // 1000 steps: runs of ⌈1000 / 400⌉ = 3, the last run holds step 1000 alone. The mean of 1, 2, 3 is 2.
  const loss = traceOf(trainingCurves(curves(1000, 0)), "loss");
  const expected = [...Array.from({ length: 333 }, (_, i) => 3 * i + 2), 1000];
  assertClose(numbersOf(loss, "x"), expected, 1e-12);
  assertClose(numbersOf(loss, "y"), expected, 1e-12);
  assert.equal(numbersOf(traceOf(trainingCurves(curves(400, 0)), "loss"), "x").length, 400);
});

test("trainingCurves() of nothing, of one step and of a loss that is no number says so", () => {
  assert.equal(trainingCurves(curves(0, 0)).alt, "Training before its first step.");
  assert.equal(traceOf(trainingCurves(curves(1, 0)), "loss").mode, "markers");
  assert.equal(
    trainingCurves(curves(2, 0, () => Number.NaN)).alt,
    "Training over 2 steps: the loss ends at not a number.",
  );
});

test("trainingCurves() leaves its input as it was", () => {
  const history = curves(900, 4);
  const before = structuredClone(history);
  trainingCurves(history);
  assert.deepEqual(history, before);
});

test("trainingCurves() stands its panels below each other on a narrow screen, with room for the steps between them", () => {
  const narrow = trainingCurves(curves(7, 3)).narrow as Record<string, { domain: [number, number] }>;
  const domains = ["", "2", "3", "4"].map((panel) => {
    assert.deepEqual(narrow[`xaxis${panel}`].domain, [0, 1]);
    return narrow[`yaxis${panel}`].domain;
  });
  // Four panels of 1/5 and three gaps of 1/15 between them.
  assertClose(domains.flat(), [12 / 15, 1, 8 / 15, 11 / 15, 4 / 15, 7 / 15, 0, 3 / 15], 1e-12);
});
