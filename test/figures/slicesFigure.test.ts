import assert from "node:assert/strict";
import test from "node:test";
import { slicesFigure } from "../../lib/figures/slicesFigure";
import { assertLabelled, traceOf } from "./figures";

const all = { far: 0.01, val: 0.8, threshold: 0.75 };

test("slicesFigure() draws VAL and FAR of each slice, top first, and a FAR of 0 hollow at the smallest", () => {
  const figure = slicesFigure(
    "<b>hat",
    [
      { name: "yes", val: 0.7, far: 0.02, smallestFar: 1e-3 },
      { name: "<no>", val: 0.9, far: 0, smallestFar: 2e-4 },
    ],
    all,
  );
  assertLabelled(figure);
  const [val, far] = [traceOf(figure, "VAL"), traceOf(figure, "FAR (hollow: no pair passes)")];
  assert.deepEqual(
    [val.x, val.y],
    [
      [0.7, 0.9],
      [2, 1],
    ],
  );
  assert.deepEqual(
    [far.x, far.y],
    [
      [0.02, 2e-4],
      [2, 1],
    ],
  );
  assert.deepEqual((far.marker as { symbol: string[] }).symbol, ["diamond", "diamond-open"]);
  const { ticktext } = figure.layout.yaxis as { ticktext: string[] };
  assert.deepEqual(ticktext, ["yes", "&lt;no&gt;"]);
  assert.deepEqual((figure.layout.xaxis2 as { range: number[] }).range, [-4, -1]);
  assert.match(figure.alt, /&lt;no&gt;: VAL 0\.900, FAR below 0\.00020\./);
  assert.doesNotMatch(JSON.stringify(figure), /<b>/);
});
