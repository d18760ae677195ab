import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { sameShape, shapeOf } from "../../lib/sweeps/shape";

const exact = (...means: number[]) => means.map((mean) => ({ mean }));
const noisy = (standardError: number, ...means: number[]) => means.map((mean) => ({ mean, standardError }));

test("shapeOf() calls a curve by its direction, and counts equal values as none", () => {
  assert.deepEqual(shapeOf(exact(1, 2, 4)), { trend: "rising", tau: 1 });
  assert.deepEqual(shapeOf(exact(4, 2, 1)), { trend: "falling", tau: -1 });
  // Pairs: (1, 2) +, (1, 2) +, (2, 2) 0: τ = 2/3.
  assert.deepEqual(shapeOf(exact(1, 2, 2)), { trend: "rising", tau: 2 / 3 });
  // Pairs: +, −, −: τ = −1/3.
  assert.deepEqual(shapeOf(exact(2, 3, 1)), { trend: "mixed", tau: -1 / 3 });
});

test("shapeOf() calls a curve flat while no change exceeds two standard errors of a difference", () => {
  // 2 · √(0.3² + 0.4²) = 1.
  const pair = (rise: number) => [
    { mean: 0, standardError: 0.3 },
    { mean: rise, standardError: 0.4 },
  ];
  assert.deepEqual(shapeOf(pair(0.99)), { trend: "flat", tau: 1 });
  assert.deepEqual(shapeOf(pair(1.01)), { trend: "rising", tau: 1 });
  assert.equal(shapeOf(exact(1)).trend, "flat");
});

test("shapeOf() of a curve read backwards turns round", () => {
  const turned = { rising: "falling", falling: "rising", flat: "flat", mixed: "mixed" } as const;
  const means = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 7 });
  fc.assert(
    fc.property(means, fc.constantFrom(0, 0.5), (list, error) => {
      const [there, back] = [list, [...list].reverse()].map((values) => shapeOf(noisy(error, ...values)));
      assert.equal(back.trend, turned[there.trend]);
      assert.equal(back.tau + there.tau, 0);
    }),
  );
});

test("sameShape() is yes for one trend, partly for the same way within the errors, else no", () => {
  const rising = shapeOf(exact(1, 2, 3));
  const verdict = (...ours: Parameters<typeof shapeOf>): string => sameShape(rising, shapeOf(...ours));
  assert.equal(verdict(exact(5, 6, 9)), "yes");
  assert.equal(verdict(noisy(9, 5, 6, 9)), "partly");
  assert.equal(verdict(noisy(9, 9, 6, 5)), "no");
  // τ = 1/3 has no direction.
  assert.equal(verdict(noisy(9, 5, 9, 6)), "no");
  assert.equal(verdict(exact(9, 6, 5)), "no");
  const flat = shapeOf(noisy(1, 2, 2.1));
  assert.deepEqual([sameShape(flat, flat), sameShape(flat, rising)], ["yes", "no"]);
});
