import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { createRandom } from "../../lib/core/random";
import { calibrate, probabilityOfSame, reliability } from "../../lib/evaluate/calibration";
import { strangers } from "../../lib/evaluate/strangers";
import { assertClose } from "../gradients";

test("calibrate() finds the slope and bias that the labels were drawn with", () => {
  const random = createRandom(4);
  const distances = Array.from({ length: 40_000 }, () => 4 * random.next());
  const same = distances.map((d) => (random.next() < 1 / (1 + Math.exp(3 * d - 4)) ? 1 : 0));
  const { slope, bias, prior } = calibrate(distances, same);
  assertClose([slope, bias], [3, -4], 0.03);
  assert.equal(prior, same.filter(Boolean).length / same.length);
});

test("calibrate() has no gradient left, in any unit of distance", () => {
  const random = createRandom(5);
  for (const unit of [1e-3, 1, 500]) {
    const same = Array.from({ length: 400 }, (_, p) => (p % 3 === 0 ? 1 : 0));
    const distances = same.map((s) => unit * (2 - s + 0.8 * random.normal()));
    const { slope, bias } = calibrate(distances, same);
    const S = same.filter(Boolean).length;
    let [bySlope, byBias] = [0, 0];
    distances.forEach((d, p) => {
      const target = same[p] ? (S + 1) / (S + 2) : 1 / (400 - S + 2);
      const error = target - 1 / (1 + Math.exp(slope * d + bias));
      bySlope += (error * d) / unit / 400;
      byBias += error / 400;
    });
    assertClose([bySlope, byBias], [0, 0], 1e-8);
  }
});

test("calibrate() of separable pairs stays finite", () => {
  const { slope, bias } = calibrate([1, 1.1, 1.2, 3, 3.1, 3.2], [1, 1, 1, 0, 0, 0]);
  assert.ok(Number.isFinite(slope) && slope > 0 && Number.isFinite(bias));
  // The targets are 4/5 and 1/5: no more certain than three pairs of a kind allow.
  const near = probabilityOfSame({ slope, bias, prior: 0.5 }, 1.1);
  assert.ok(near > 0.7 && near < 0.9, String(near));
});

test("calibrate() of equal distances says the smoothed share of same pairs", () => {
  // Targets 3/4 (twice) and 1/5 (three times): their mean is (2 · 0.75 + 3 · 0.2) / 5 = 0.42.
  const fit = calibrate([2, 2, 2, 2, 2], [1, 1, 0, 0, 0]);
  assertClose([probabilityOfSame(fit, 2)], [0.42], 1e-6);
});

test("calibrate() refuses one kind of pairs and distances that are not finite", () => {
  assert.throws(() => calibrate([1, 2], [1, 1]), /current values are 2 and 0/);
  assert.throws(() => calibrate([1, Number.NaN], [1, 0]), /distances must be finite, current value is NaN/);
});

test("probabilityOfSame() moves the odds by the ratio of the priors' odds", () => {
  const fit = { slope: 0, bias: 0, prior: 0.5 };
  assertClose([probabilityOfSame(fit, 1), probabilityOfSame(fit, 1, 0.001)], [0.5, 0.001], 1e-12);
  assert.throws(() => probabilityOfSame(fit, 1, 1), /the prior must lie in \(0, 1\), current value is 1/);
});

test("reliability() by hand", () => {
  // Bin 0.2–0.3 holds 0.2 (wrong) and 0.25 (right): mean 0.225, share ½. Bin 0.9–1 holds 1 (right).
  const { brier, ece, bins } = reliability([0.2, 0.25, 1], [0, 1, 1]);
  assertClose([brier], [(0.04 + 0.5625) / 3], 1e-12);
  assertClose([ece], [(2 / 3) * 0.275], 1e-12);
  assert.deepEqual(
    bins.map((bin) => bin.pairs),
    [2, 1],
  );
});

test("reliability() has scikit-learn's Brier score", () => {
  // Made by scikit-learn 1.9.1 with test/golden/verification.py on 2026-11-25.
  const file = join(packageRoot(), "test", "golden", "verification.json");
  const { brier } = JSON.parse(readFileSync(file, "utf8"));
  assertClose([reliability(brier.probabilities, brier.truth).brier], [brier.loss], 1e-12);
});

test("strangers() by hand, also where (1 − FAR)^N would round to 1", () => {
  const { expected, atLeastOne } = strangers(0.1, 3);
  assertClose([expected, atLeastOne], [0.3, 1 - 0.9 ** 3], 1e-12);
  const tiny = strangers(1e-18, 10);
  assert.ok(Math.abs(tiny.atLeastOne / 1e-17 - 1) < 1e-9);
  assert.equal(strangers(1, 5).atLeastOne, 1);
  assert.throws(() => strangers(0.1, 0), /current values are 0.1 and 0/);
});
