import assert from "node:assert/strict";
import test from "node:test";
import { rocsFigure } from "../../lib/figures/rocsFigure";
import { figureSvg } from "../../lib/figures/still";
import { assertLabelled, numbersOf, traceOf } from "./figures";

const series = [
  {
    name: "v1",
    auc: 0.8,
    points: [
      { far: 0, val: 0.1 },
      { far: 0.02, val: 0.5 },
      { far: 1, val: 1 },
    ],
  },
  { name: "v2", auc: 0.9, points: [{ far: 1, val: 1 }] },
];

test("rocsFigure() draws every ROC without FAR 0, with its area, and chance where VAL equals FAR", () => {
  const figure = rocsFigure("Old and new", series);
  assertLabelled(figure);
  assert.deepEqual(numbersOf(traceOf(figure, "v1 (AUC 0.800)"), "x"), [0.02, 1]);
  assert.deepEqual(numbersOf(traceOf(figure, "v2 (AUC 0.900)"), "y"), [1]);
  const chance = traceOf(figure, "chance");
  assert.deepEqual(numbersOf(chance, "x"), numbersOf(chance, "y"));
  // The smallest FAR, 0.02, lies in the decade from 1e-2.
  assert.deepEqual((figure.layout.xaxis as { range: number[] }).range, [-2, 0]);
  assert.match(figure.alt, /^Old and new: areas under the ROC v1 0\.800; v2 0\.900\.$/);
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
});

test("rocsFigure() begins its axis at the decade of leastFar", () => {
  const figure = rocsFigure("Old and new", series, { leastFar: 1e-3 });
  assert.deepEqual((figure.layout.xaxis as { range: number[] }).range, [-3, 0]);
});

test("rocsFigure() tells series of one colour apart by dashes", () => {
  const figure = rocsFigure(
    "t",
    Array.from({ length: 4 }, (_, k) => ({ name: `s${k}`, auc: 0.5, points: [] })),
  );
  const dashes = figure.data.slice(0, 4).map(({ line }) => (line as { dash?: string }).dash);
  assert.deepEqual(dashes, [undefined, "dash", "dot", undefined]);
});
