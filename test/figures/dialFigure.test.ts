import assert from "node:assert/strict";
import test from "node:test";
import { dialFigure } from "../../lib/figures/dialFigure";
import { identitySpread } from "../../lib/figures/identitySpread";
import { figureSvg } from "../../lib/figures/still";

test("dialFigure() draws each person and the threshold over the turned values, and counts who passes it", () => {
  const figure = dialFigure({
    factor: "yaw (degrees)",
    values: [-10, 0, 20],
    series: [
      { name: "Ada", distances: [0.2, 0, 0.7] },
      { name: "Bo", distances: [0.1, 0, 0.3] },
    ],
    threshold: 0.6,
    distance: "L2",
  });
  assert.deepEqual(
    figure.data.map((trace) => trace.name),
    ["Ada", "Bo", "threshold 0.6"],
  );
  assert.deepEqual(
    [figure.data[2].x, figure.data[2].y],
    [
      [-10, 20],
      [0.6, 0.6],
    ],
  );
  assert.match(figure.alt, /of 2 people .*yaw \(degrees\); 1 of them pass/);
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
});

test("dialFigure() and identitySpread() draw nothing without failing", () => {
  const empty = dialFigure({ factor: "yaw", values: [], series: [], threshold: 1, distance: "L2" });
  for (const figure of [empty, identitySpread([], 0.6)]) assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
});

test("identitySpread() shares sum to 100 % per curve, and the second set is dotted", () => {
  const sets = [
    { name: "a", same: [0.1, 0.2, 0.2], different: [0.7, 5] },
    { name: "b", same: [0.3], different: [0.9] },
  ];
  const { data } = identitySpread(sets, 0.6);
  assert.deepEqual(
    data.map(({ name }) => name),
    ["a: same", "a: different", "b: same", "b: different"],
  );
  for (const { y } of data) assert.ok(Math.abs((y as number[]).reduce((p, q) => p + q, 0) - 100) < 1e-9);
  assert.deepEqual(
    data.map(({ line }) => (line as { dash?: string }).dash),
    [undefined, undefined, "dot", "dot"],
  );
});
