import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { calibrate, probabilityOfSame, reliability } from "../../lib/evaluate/calibration";
import { foldReliability } from "../../lib/evaluate/foldReliability";
import { assertClose } from "../gradients";

test("foldReliability() of two folds judges each by the fit of the other", () => {
  const random = createRandom(3);
  const same = Array.from({ length: 80 }, (_, p) => p % 2);
  const distances = same.map((s) => 2 - s + 0.5 * random.normal());
  const half = (k: number, list: readonly number[]): number[] =>
    list.filter((_, p) => Math.floor(p / 40) === k);
  const fits = [1, 0].map((k) => calibrate(half(k, distances), half(k, same)));
  const expected = reliability(
    distances.map((d, p) => probabilityOfSame(fits[Math.floor(p / 40)], d)),
    same,
  );
  const found = foldReliability({ distances, same, fold: same.map((_, p) => Math.floor(p / 40)), folds: 2 });
  assertClose([found?.brier ?? Number.NaN, found?.ece ?? Number.NaN], [expected.brier, expected.ece], 1e-12);
  assert.deepEqual(found?.bins, expected.bins);
});

test("foldReliability() is null where a fit would lack a kind of pairs", () => {
  const pairs = { distances: [1, 2, 1, 2], same: [1, 0, 1, 0] };
  assert.equal(foldReliability({ ...pairs, fold: [0, 0, 0, 0], folds: 1 }), null);
  // Outside of fold 0 only same pairs are left.
  assert.equal(foldReliability({ ...pairs, fold: [1, 0, 1, 0], folds: 2 }), null);
  assert.notEqual(foldReliability({ ...pairs, fold: [0, 0, 1, 1], folds: 2 }), null);
});
