import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { linearScale, logScale, niceTicks } from "../../lib/figures/scale";
import { assertClose } from "../gradients";

/** A range whose width is not lost beside its place. */
const range = fc
  .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: -6, max: 9, noNaN: true }))
  .map(([low, power]): [number, number] => [low, low + 10 ** power])
  .filter(([low, high]) => high - low > 1e-6 * Math.abs(low));

test("niceTicks() by hand", () => {
  assertClose(niceTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1], 1e-12);
  // 10 / 4 = 2.5 is no nice step, the next one is 5.
  assert.deepEqual(niceTicks(-3, 7, 4), [0, 5]);
  assert.deepEqual(niceTicks(-40, 40, 4), [-40, -20, 0, 20, 40]);
  assert.deepEqual(niceTicks(7, 7, 4), [7]);
});

test("niceTicks() are inside, at equal nice steps, about as many as asked for", () => {
  fc.assert(
    fc.property(range, fc.integer({ min: 3, max: 20 }), ([low, high], count) => {
      const ticks = niceTicks(low, high, count);
      const span = high - low;
      // The step is less than 2.5 times span / count (from 2 to 5), and not less than span / count.
      assert.ok(
        ticks.length >= Math.floor(count / 2.5) && ticks.length <= count + 1,
        `${ticks.length} ticks`,
      );
      for (const tick of ticks) assert.ok(tick >= low - 1e-6 * span && tick <= high + 1e-6 * span);
      if (ticks.length < 2) return;
      const step = (ticks[ticks.length - 1] - ticks[0]) / (ticks.length - 1);
      const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-6);
      assert.ok(
        [1, 2, 5].some((nice) => Math.abs(mantissa - nice) < 1e-3),
        `step ${step}`,
      );
      for (let i = 1; i < ticks.length; i++)
        assert.ok(Math.abs(ticks[i] - ticks[i - 1] - step) < 1e-3 * step);
    }),
  );
});

test("niceTicks() ends for any two numbers, with few ticks", () => {
  const hard: [number, number][] = [
    [1e16, 1e16 + 4],
    [0, 5e-324],
    [-1e308, 1e308],
    [Number.NaN, 1],
    [Number.NEGATIVE_INFINITY, 1],
  ];
  for (const [low, high] of hard) assert.ok(niceTicks(low, high, 8).length <= 9, `${low} to ${high}`);
  fc.assert(
    fc.property(fc.double(), fc.double(), (low, high) => assert.ok(niceTicks(low, high, 8).length <= 9)),
  );
});

test("linearScale() is the straight line through both ends, either way round", () => {
  fc.assert(
    fc.property(range, fc.double({ min: 0, max: 1, noNaN: true }), ([low, high], share) => {
      for (const [from, to] of [
        [64, 840],
        [360, 48],
      ]) {
        const { at } = linearScale(low, high, from, to);
        const value = low + share * (high - low);
        assertClose([at(low), at(high), at(value)], [from, to, from + share * (to - from)], 1e-6);
      }
    }),
  );
});

test("linearScale() labels every tick with its own value", () => {
  fc.assert(
    fc.property(range, ([low, high]) => {
      const { ticks } = linearScale(low, high, 64, 840);
      assert.equal(new Set(ticks.map(({ text }) => text)).size, ticks.length);
      const step = ticks.length > 1 ? ticks[1].value - ticks[0].value : Number.POSITIVE_INFINITY;
      for (const { value, text } of ticks)
        assert.ok(
          Math.abs(Number(text.replaceAll(",", "")) - value) < 0.01 * step,
          `${text} is not ${value}`,
        );
    }),
  );
});

test("linearScale() writes decimals, thousands and powers of ten as people do", () => {
  const texts = (low: number, high: number): string[] =>
    linearScale(low, high, 0, 240).ticks.map(({ text }) => text);
  assert.deepEqual(texts(0, 0.2), ["0.00", "0.05", "0.10", "0.15", "0.20"]);
  assert.deepEqual(texts(0, 2000), ["0", "500", "1,000", "1,500", "2,000"]);
  assert.deepEqual(texts(0, 4e6), ["0", "1e6", "2e6", "3e6", "4e6"]);
  assert.deepEqual(texts(0, 2e-6), ["0", "5e-7", "1e-6", "1.5e-6", "2e-6"]);
});

test("linearScale() of one value has a finite place for it", () => {
  const { at, ticks } = linearScale(5, 5, 0, 100);
  assert.deepEqual([at(5), ticks], [0, [{ value: 5, text: "5" }]]);
});

test("logScale() gives every factor of ten the same room, and one tick per power", () => {
  const { at, ticks } = logScale(-3, 0, 100, 400);
  assertClose([1e-3, 1e-2, 1e-1, 1].map(at), [100, 200, 300, 400], 1e-12);
  assert.deepEqual(
    ticks.map(({ text }) => text),
    ["1e-3", "1e-2", "1e-1", "1"],
  );
  assertClose(
    ticks.map(({ value }) => value),
    [1e-3, 1e-2, 1e-1, 1],
    1e-15,
  );
});

test("logScale() between powers: ticks stay inside", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -9, max: 9, noNaN: true }),
      fc.double({ min: 0.01, max: 9, noNaN: true }),
      (low, width) => {
        const { at, ticks } = logScale(low, low + width, 0, 500);
        for (const { value } of ticks) {
          assert.ok(at(value) > -1e-6 && at(value) < 500 + 1e-6);
          assertClose([at(value * 10) - at(value)], [500 / width], 1e-6);
        }
      },
    ),
  );
});
