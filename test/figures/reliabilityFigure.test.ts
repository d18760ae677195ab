import assert from "node:assert/strict";
import test from "node:test";
import { reliability } from "../../lib/evaluate/calibration";
import { reliabilityFigure } from "../../lib/figures/reliabilityFigure";
import { figureSvg } from "../../lib/figures/still";
import { assertClose } from "../gradients";
import { assertLabelled, numbersOf, traceOf } from "./figures";

test("reliabilityFigure() puts each bin at what was said and what was found, with its share of the pairs", () => {
  // Bin 0.2–0.3 holds 0.2 (wrong) and 0.25 (right): said 0.225, found ½, two of three pairs. Bin 0.9–1 holds 1 (right).
  const figure = reliabilityFigure(reliability([0.2, 0.25, 1], [0, 1, 1]));
  assertLabelled(figure);
  const found = traceOf(figure, "found");
  assertClose(numbersOf(found, "x"), [0.225, 1], 1e-12);
  assertClose(numbersOf(found, "y"), [0.5, 1], 1e-12);
  assertClose(numbersOf(traceOf(figure, "share of all pairs"), "y"), [2 / 3, 1 / 3], 1e-12);
  assert.match(
    figure.alt,
    /of 3 pairs in 2 bins.*said 0\.23, found 0\.50 of 2; said 1\.00, found 1\.00 of 1\./,
  );
  assert.equal(figureSvg(figure).match(/<rect [^>]*opacity="0\.5"/g)?.length, 3, "two bars and their key");
});

test("reliabilityFigure() of no pairs has a diagonal and no point", () => {
  const figure = reliabilityFigure({ brier: Number.NaN, ece: 0, bins: [] });
  assert.deepEqual([traceOf(figure, "found").x, traceOf(figure, "as said").x], [[], [0, 1]]);
  assert.match(figureSvg(figure), /Brier score not a number/);
});
