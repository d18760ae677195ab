import assert from "node:assert/strict";
import test from "node:test";
import { closedOpenFigure } from "../../lib/figures/closedOpenFigure";
import { cmcFigure } from "../../lib/figures/cmcFigure";
import { dirFigure } from "../../lib/figures/dirFigure";
import { figureSvg } from "../../lib/figures/still";
import { assertClose } from "../gradients";
import { assertLabelled, numbersOf, titleOf, traceOf } from "./figures";

const { NaN: none } = Number;

test("cmcFigure() draws every series over its ranks, with the ends of its intervals", () => {
  const intervals = [
    [0.4, 0.6],
    [0.7, 0.9],
  ] as const;
  const figure = cmcFigure([
    { name: "one", cmc: [0.5, 0.8], intervals },
    { name: "two", cmc: [0.25, 0.5, 1] },
  ]);
  assertLabelled(figure);
  assert.deepEqual(numbersOf(traceOf(figure, "one"), "y"), [0.5, 0.8]);
  assert.deepEqual(numbersOf(traceOf(figure, "two"), "x"), [1, 2, 3]);
  assert.deepEqual(numbersOf(traceOf(figure, "one, lower end"), "y"), [0.4, 0.7]);
  assert.deepEqual(numbersOf(traceOf(figure, "one, upper end"), "y"), [0.6, 0.9]);
  assert.equal(figure.data.length, 4);
  // The axis begins at or below the least value, at a tenth: 0.25 → 0.2.
  assertClose((figure.layout.yaxis as { range: number[] }).range, [0.2, 1.01], 1e-12);
  assert.match(
    figure.alt,
    /one: 0\.500 at rank 1, 0\.800 at rank 2; two: 0\.250 at rank 1, 1\.000 at rank 3/,
  );
  const symbol = (name: string): unknown => (traceOf(figure, name).marker as { symbol: string }).symbol;
  assert.notEqual(symbol("one"), symbol("two"));
});

test("dirFigure() leaves FAR 0 out, marks operating points and draws the closed set's rate", () => {
  const figure = dirFigure({
    curve: [
      { far: 0, dir: 0.1 },
      { far: 0.02, dir: 0.4 },
      { far: 1, dir: 0.9 },
    ],
    points: [
      { far: 0.02, dir: 0.4, threshold: 0.7 },
      { far: 0, dir: 0.1, threshold: 0.2 },
    ],
    closed: 0.9,
    known: 10,
    strangers: 50,
  });
  assertLabelled(figure);
  assert.deepEqual(numbersOf(traceOf(figure, "open set"), "x"), [0.02, 1]);
  assert.deepEqual(numbersOf(traceOf(figure, "operating points"), "customdata"), [0.7]);
  assert.deepEqual(numbersOf(traceOf(figure, "closed set, rank 1"), "y"), [0.9, 0.9]);
  // 1 / 50 lies in the decade from 1e-2.
  assert.deepEqual((figure.layout.xaxis as { range: number[]; type: string }).range, [-2, 0]);
  assert.match(titleOf(figure.layout), /10 known probes, 50 strangers/);
  assert.match(figure.alt, /DIR 0\.400 at FAR 0\.020; the closed set has 0\.900 at rank 1\./);
});

test("closedOpenFigure() gives every protocol a line of its own, from top to bottom, with its interval", () => {
  const figure = closedOpenFigure({ name: "closed set", rate: 0.9, interval: [0.8, 0.95] }, [
    { name: "FAR 0.1", rate: 0.7, interval: [0.6, 0.75] },
    { name: "FAR 0.01", rate: 0.3, interval: [0.2, 0.45] },
  ]);
  assertLabelled(figure);
  assert.deepEqual(traceOf(figure, "95 % interval").x, [0.8, 0.95, null, 0.6, 0.75, null, 0.2, 0.45, null]);
  assert.deepEqual(traceOf(figure, "95 % interval").y, [3, 3, null, 2, 2, null, 1, 1, null]);
  assert.deepEqual(numbersOf(traceOf(figure, "open set, DIR"), "x"), [0.7, 0.3]);
  assert.deepEqual(numbersOf(traceOf(figure, "open set, DIR"), "y"), [2, 1]);
  const { tickvals, ticktext } = figure.layout.yaxis as { tickvals: number[]; ticktext: string[] };
  assert.deepEqual(
    [tickvals, ticktext],
    [
      [3, 2, 1],
      ["closed set", "FAR 0.1", "FAR 0.01"],
    ],
  );
  assert.match(figure.alt, /closed set 0\.900 \(0\.800 to 0\.950\); FAR 0\.1 0\.700/);
  // The still picture writes the names of the lines.
  for (const name of ticktext) assert.ok(figureSvg(figure).includes(`text-anchor="end">${name}<`));
});

test("identification figures of nothing and of NaN are well-formed", () => {
  const rate = { name: "<b>&", rate: none, interval: [none, none] as const };
  for (const figure of [
    cmcFigure([]),
    cmcFigure([{ name: "none", cmc: [] }]),
    cmcFigure([{ name: "odd", cmc: [none], intervals: [[none, none]] }]),
    dirFigure({ curve: [], known: 0, strangers: 0 }),
    dirFigure({ curve: [{ far: none, dir: none }], closed: none, known: 1, strangers: 1 }),
    closedOpenFigure(rate, [rate]),
  ]) {
    assertLabelled(figure);
    assert.doesNotMatch(figureSvg(figure), /NaN|Infinity|undefined|null|<b>/);
  }
});
