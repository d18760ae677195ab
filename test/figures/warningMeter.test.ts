import assert from "node:assert/strict";
import test from "node:test";
import { figureSvg } from "../../lib/figures/still";
import { type MeterRun, warningMeter } from "../../lib/figures/warningMeter";
import { assertLabelled, traceOf } from "./figures";

const run = (name: string, troubles: MeterRun["troubles"]): MeterRun => ({
  name,
  steps: {
    step: [1, 2, 3],
    loss: [0.3, 0.2, 0.1],
    activeFraction: [1, 0.9, 0.8],
    meanNegative: [1, 0.5, 0.01],
  },
  troubles,
});

test("warningMeter() draws each run in three panels, the loss in margins, and a cross where a trouble began", () => {
  const figure = warningMeter({
    runs: [run("hard", [{ name: "collapse", since: 3 }]), run("semi", [])],
    margin: 0.2,
    nearest: 0.05,
  });
  assertLabelled(figure);
  const losses = figure.data.filter((trace) => trace.name === "hard" && trace.yaxis === "y2");
  // 0.3 / 0.2, 0.2 / 0.2, 0.1 / 0.2
  assert.deepEqual(losses[0].y, [0.3 / 0.2, 1, 0.5]);
  const cross = traceOf(figure, "trouble: hard");
  assert.deepEqual([cross.x, cross.y, cross.text], [[3], [0.01], ["collapse"]]);
  assert.deepEqual(traceOf(figure, "trouble: semi").x, []);
  assert.deepEqual(traceOf(figure, "limit of collapse").y, [0.05, 0.05]);
  assert.match(figure.alt, /hard shows collapse since step 3; semi shows no trouble\.$/);
});

test("warningMeter() draws a run of no steps, and none, without failing", () => {
  const empty = { step: [], loss: [], activeFraction: [], meanNegative: [] };
  for (const runs of [[], [{ name: "<b>", steps: empty, troubles: [] }]]) {
    assert.ok(!/NaN|undefined|<b>/.test(figureSvg(warningMeter({ runs, margin: 0.2, nearest: 0.05 }))));
  }
});
