import assert from "node:assert/strict";
import test from "node:test";
import { figureSvg } from "../../lib/figures/still";
import { type TimeToAccuracyData, timeToAccuracyFigure } from "../../lib/figures/timeToAccuracyFigure";
import { assertLabelled, numbersOf, traceOf } from "./figures";
import { hostileNames } from "./names";

/** Two programs, two marks, two seeds; accuracies lie 0.1 below the AUC. */
function twoPrograms(names: readonly [string, string] = ["ours", "peer"]): TimeToAccuracyData {
  const series = (below: number) => [
    {
      name: names[0],
      values: [
        [0.8 - below, 0.84 - below],
        [0.9 - below, 0.92 - below],
      ],
    },
    {
      name: names[1],
      values: [
        [0.7 - below, 0.7 - below],
        [0.95 - below, 0.97 - below],
      ],
    },
  ];
  return {
    title: "A race",
    minutes: [1, 2],
    panels: [
      { score: "AUC", series: series(0) },
      { score: "accuracy", series: series(0.1) },
    ],
  };
}

test("timeToAccuracyFigure() draws the mean over seeds and a bar from the worst to the best", () => {
  const figure = timeToAccuracyFigure(twoPrograms());
  assertLabelled(figure);
  const [ours, bars] = figure.data;
  // (0.80 + 0.84) / 2 and (0.90 + 0.92) / 2; two programs stand 0.06 minutes to the left and right of each mark.
  numbersOf(ours, "y").forEach((y, i) => {
    assert.ok(Math.abs(y - [0.82, 0.91][i]) < 1e-12);
  });
  numbersOf(ours, "x").forEach((x, i) => {
    assert.ok(Math.abs(x - [0.94, 1.94][i]) < 1e-12);
  });
  assert.deepEqual(bars.y, [0.8, 0.84, null, 0.9, 0.92, null]);
  assert.equal((bars.x as number[])[0], (ours.x as number[])[0]);
  assert.equal(
    figure.alt,
    "A race, after 2 minutes: AUC ours 0.910, peer 0.960; accuracy ours 0.810, peer 0.860.",
  );
});

test("timeToAccuracyFigure() puts the second score in a panel of its own and names each program once", () => {
  const figure = timeToAccuracyFigure(twoPrograms());
  const named = figure.data.filter((trace) => trace.showlegend);
  assert.deepEqual(
    named.map(({ name, yaxis }) => [name, yaxis]),
    [
      ["ours", "y"],
      ["peer", "y"],
    ],
  );
  const right = figure.data.filter(({ yaxis }) => yaxis === "y2");
  assert.equal(right.length, 4);
  assert.ok(right.every(({ xaxis }) => xaxis === "x2"));
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
});

test("timeToAccuracyFigure() takes one mark, one seed and any name", () => {
  const { panels } = twoPrograms();
  const first = panels.map(({ score, series }) => ({
    score,
    series: series.map(({ name, values }) => ({ name, values: [[values[0][0]]] })),
  }));
  const figure = timeToAccuracyFigure({ title: "A race", minutes: [1], panels: [first[0], first[1]] });
  assert.deepEqual(traceOf(figure, "ours, worst to best seed").y, [0.8, 0.8, null]);
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
  for (const name of hostileNames) {
    const svg = figureSvg(timeToAccuracyFigure(twoPrograms([name, "peer"])));
    assert.ok(!svg.includes("<img"));
  }
});
