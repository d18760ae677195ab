import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { distanceHistogram } from "../../lib/figures/distanceHistogram";
import type { Figure } from "../../lib/figures/figure";
import { assertClose } from "../gradients";
import { assertLabelled, numbersOf, titleOf, traceOf } from "./figures";

interface Mark {
  readonly shapes?: readonly { readonly x0: number; readonly x1: number }[];
  readonly annotations?: readonly { readonly x: number; readonly text: string; readonly xanchor: string }[];
}
const markOf = (figure: Figure): Mark => figure.layout as Mark;

test("distanceHistogram() by hand: shares of each kind in bins of 0.05", () => {
  // Same: 0 and 0.04 in bin 0, 0.05 in bin 1, 1 in bin 20. Different: 3.99 and 4 in the last bin.
  const figure = distanceHistogram([0, 0.04, 0.05, 1, 3.99, 4], [1, 1, 1, 1, 0, 0], 1.234);
  assertLabelled(figure);
  const same = numbersOf(traceOf(figure, "same identity"), "y");
  const different = numbersOf(traceOf(figure, "different identities"), "y");
  const expected = new Float64Array(80);
  expected[0] = 50;
  expected[1] = 25;
  expected[20] = 25;
  assertClose(same, expected, 1e-12);
  assertClose(different, new Float64Array(80).fill(100, 79), 1e-12);
  const centres = numbersOf(traceOf(figure, "same identity"), "x");
  assertClose([centres[0], centres[20], centres[79]], [0.025, 1.025, 3.975], 1e-12);
  assert.match(figure.alt, /4 same and 2 different pairs; the threshold lies at 1\.234/);
  assert.match(titleOf(figure.layout.xaxis), /squared L2/);
  assert.match(titleOf(figure.layout.yaxis), /%/);
});

test("distanceHistogram() shares add up to 100 for each kind that has pairs", () => {
  const pair = fc.tuple(fc.double({ min: -1, max: 5, noNaN: true }), fc.integer({ min: 0, max: 1 }));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 50 }), (pairs) => {
      const figure = distanceHistogram(
        pairs.map(([d]) => d),
        pairs.map(([, s]) => s),
        1,
      );
      for (const [kind, name] of [
        [1, "same identity"],
        [0, "different identities"],
      ] as const) {
        const sum = numbersOf(traceOf(figure, name), "y").reduce((a, b) => a + b, 0);
        assertClose([sum], [pairs.some(([, s]) => s === kind) ? 100 : 0], 1e-9);
      }
    }),
  );
});

test("distanceHistogram() leaves pairs without a finite distance out and says so", () => {
  const figure = distanceHistogram([Number.NaN, 1, Number.POSITIVE_INFINITY, 2], [1, 1, 0, 0], 1.5);
  for (const { y } of figure.data) assertClose([(y as number[]).reduce((a, b) => a + b, 0)], [100], 1e-12);
  assert.match(titleOf(figure.layout), /\(2 without a finite distance left out\)/);
  assert.match(figure.alt, /1 same and 1 different pairs, 2 without/);
});

test("distanceHistogram() marks the threshold on the side that has room, at the edge when it is outside", () => {
  for (const [threshold, x, side] of [
    [1.2, 1.2, "left"],
    [3.9, 3.9, "right"],
    [4.5, 4, "right"],
    [-0.1, 0, "left"],
  ] as const) {
    const { shapes, annotations } = markOf(distanceHistogram([1], [1], threshold));
    assert.deepEqual([shapes?.[0].x0, shapes?.[0].x1, annotations?.[0].x], [x, x, x]);
    assert.deepEqual(annotations?.[0].text, `threshold ${threshold.toFixed(2)}`);
    assert.deepEqual(annotations?.[0].xanchor, side);
  }
  assert.deepEqual(markOf(distanceHistogram([1], [1], Number.NaN)).shapes, undefined);
});
