import assert from "node:assert/strict";
import test from "node:test";
import { costFigure } from "../../lib/figures/costFigure";
import { netDiagram } from "../../lib/figures/netDiagram";
import { figureSvg } from "../../lib/figures/still";
import { countNet } from "../../lib/nets/count";
import { nn2 } from "../../lib/nets/paperNets";
import { netTable } from "../../lib/nets/table";
import { assertClose } from "../gradients";
import { assertLabelled, numbersOf, titleOf, traceOf } from "./figures";

const small = netDiagram({
  name: "small",
  input: [4, 4, 1],
  parameters: 1100,
  multiplyAdds: 20_000,
  layers: [
    { name: "conv", output: [4, 4, 8], parameters: 100, multiplyAdds: 10_000 },
    { name: "pool", output: [2, 2, 8], parameters: 0, multiplyAdds: 0 },
    { name: "fc", output: [10], parameters: 1000, multiplyAdds: 10_000 },
  ],
});

test("netDiagram() draws boxes as wide as the logarithm of their counts, from the input down", () => {
  assertLabelledPanels();
  // log₁₀ 100 = 2 in the top row (2 of 0 … 2), log₁₀ 1000 = 3 in the bottom row; the pool has no box here.
  assertClose(numbersOf(traceOf(small, "parameters"), "x").filter(Number.isFinite), boxes(2, 3), 1e-12);
  const heights = numbersOf(traceOf(small, "parameters"), "y").map((y) => (y === null ? y : Math.round(y)));
  assert.deepEqual([...new Set(heights)], [2, null, 0]);
  assertClose(
    numbersOf(traceOf(small, "multiply-adds per image"), "x").filter(Number.isFinite),
    boxes(4, 4),
    1e-12,
  );
  const empty = traceOf(small, "without weights");
  assert.deepEqual(
    new Set(numbersOf(empty, "y").map((y) => (y === null ? y : Math.round(y)))),
    new Set([1, null]),
  );
});

/** Corners of two boxes from 0 to the given widths. */
function boxes(first: number, second: number): number[] {
  return [0, first, first, 0, 0, 0, second, second, 0, 0];
}

function assertLabelledPanels(): void {
  assert.match(titleOf(small.layout), /^small, input 4×4×1: 1\.1K parameters, 20K multiply-adds$/);
  for (const name of ["xaxis", "xaxis2", "yaxis"]) assert.ok(titleOf(small.layout[name]).length > 0, name);
}

test("netDiagram() names the layers with their shapes and the largest of them", () => {
  const axis = small.layout.yaxis as { ticktext: string[]; tickvals: number[] };
  assert.deepEqual(axis.ticktext, ["conv  4×4×8", "pool  2×2×8", "fc  10"]);
  assert.deepEqual(axis.tickvals, [2, 1, 0]);
  assert.match(small.alt, /3 layers: .*; most parameters in fc, most multiply-adds in conv\.$/);
});

test("netDiagram() of NN2 shows the paper's totals, and its picture fills the boxes", () => {
  const spec = nn2();
  const figure = netDiagram(netTable(spec, countNet(spec), true));
  assert.match(titleOf(figure.layout), /7\.5M parameters, 1\.6B multiply-adds/);
  const svg = figureSvg(figure);
  assert.ok(!/NaN|undefined/.test(svg));
  // One path for each of the three kinds of boxes, and none for the legend.
  assert.equal(svg.match(/fill="rgba\(/g)?.length, 3);
});

test("costFigure() puts each net at its cost with ± one standard error where there is one", () => {
  const figure = costFigure({
    title: "Cost against accuracy",
    axis: "VAL",
    points: [
      { name: "big", multiplyAdds: 1.6e9, value: 0.9, standardError: 0.02 },
      { name: "tiny", multiplyAdds: 2e7, value: 0.5 },
    ],
  });
  assertLabelled(figure);
  assert.equal(figure.data.length, 3);
  assertClose(numbersOf(traceOf(figure, "big, ± one standard error"), "y"), [0.88, 0.92], 1e-12);
  assert.deepEqual(numbersOf(traceOf(figure, "tiny"), "x"), [2e7]);
  // 2e7 and 1.6e9 lie within the decades from 1e7 to 1e10.
  assert.deepEqual((figure.layout.xaxis as { range: number[] }).range, [7, 10]);
  assert.match(figure.alt, /big 0\.900 at 1600\.0 M multiply-adds; tiny 0\.500 at 20\.0 M/);
});

test("costFigure() refuses a net that costs nothing", () => {
  assert.throws(
    () => costFigure({ title: "t", axis: "a", points: [{ name: "none", multiplyAdds: 0, value: 1 }] }),
    /^RangeError: Cannot draw cost .* above 0, current value of none is 0/,
  );
});
