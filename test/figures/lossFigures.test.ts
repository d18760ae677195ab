import assert from "node:assert/strict";
import test from "node:test";
import { lossRanking } from "../../lib/figures/lossRanking";
import { figureSvg } from "../../lib/figures/still";
import { targetCurves } from "../../lib/figures/targetCurves";
import { cosFaceTarget } from "../../lib/losses/cosFace";
import { assertLabelled, traceOf } from "./figures";

test("targetCurves() draws each target over 0° to 180°", () => {
  const figure = targetCurves([
    { name: "softmax", target: (cosine) => ({ value: cosine }) },
    { name: "CosFace", target: cosFaceTarget(0.35) },
  ]);
  assertLabelled(figure);
  const [plain, margin] = figure.data.map(({ y }) => y as number[]);
  // cos 0° = 1, cos 60° = 0.5, cos 180° = −1; the second curve lies 0.35 lower.
  for (const [angle, cosine] of [
    [0, 1],
    [60, 0.5],
    [180, -1],
  ]) {
    assert.ok(Math.abs(plain[angle] - cosine) < 1e-12);
    assert.ok(Math.abs(margin[angle] - (cosine - 0.35)) < 1e-12);
  }
  assert.match(figure.alt, /at 60° softmax 0\.50, CosFace 0\.15\.$/);
});

test("lossRanking() puts the first loss on top, every seed as a dot, and two standard errors on each side", () => {
  const figure = lossRanking({
    title: "Losses",
    score: "AUC",
    losses: [
      { name: "triplet", mean: 0.9, standardError: 0.01, seeds: [0.89, 0.91] },
      { name: "softmax", mean: 0.8, standardError: Number.NaN, seeds: [0.8] },
    ],
  });
  assertLabelled(figure);
  assert.deepEqual(traceOf(figure, "mean").y, [1, 0]);
  const bars = traceOf(figure, "± two standard errors");
  assert.deepEqual(bars.x, [0.9 - 2 * 0.01, 0.9 + 2 * 0.01, null]);
  assert.deepEqual(bars.y, [1, 1, null]);
  assert.deepEqual(traceOf(figure, "one seed").x, [0.89, 0.91, 0.8]);
  assert.equal(figure.alt, "Losses: triplet 0.900, softmax 0.800.");
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
  const other = lossRanking({ title: "Other", score: "AUC", losses: [], what: "changed" });
  assert.match(figureSvg(other), />changed</);
  assert.ok(!/NaN|undefined/.test(figureSvg(lossRanking({ title: "None", score: "AUC", losses: [] }))));
});
