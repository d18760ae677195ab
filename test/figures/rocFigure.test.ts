import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { rocFigure } from "../../lib/figures/rocFigure";
import { assertLabelled, numbersOf, titleOf, traceOf } from "./figures";

type Point = { readonly far: number; readonly val: number };

const drawn = (points: readonly Point[]): Point[] => {
  const trace = traceOf(rocFigure({ points, auc: 0.5 }), "listed pairs");
  const val = numbersOf(trace, "y");
  return numbersOf(trace, "x").map((far, i) => ({ far, val: val[i] }));
};

/** What an "hv" line looks like at each FAR: the height at which it comes there and the height at which it goes on. */
function look(points: readonly Point[], fars: readonly number[]): (number | undefined)[][] {
  return fars.map((far) => [
    points.findLast((p) => p.far < far)?.val,
    points.findLast((p) => p.far <= far)?.val,
  ]);
}

test("rocFigure() by hand: drops FAR 0 and the middle of straight runs", () => {
  const val = [0, 0.5, 0.5, 0.5, 0.5, 0.8, 1, 1];
  const points = [0, 0, 0.25, 0.5, 0.75, 0.75, 0.75, 1].map((far, i) => ({ far, val: val[i] }));
  assert.deepEqual(drawn(points), [
    { far: 0.25, val: 0.5 },
    { far: 0.75, val: 0.5 },
    { far: 0.75, val: 1 },
    { far: 1, val: 1 },
  ]);
});

test("rocFigure() thins the staircase without changing its look", () => {
  // 0 walks right, 1 walks up, 2 does both (equal distances of both kinds).
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 60 }), (moves) => {
      let [far, val] = [1, 0];
      const points = [{ far, val }];
      for (const move of moves) {
        if (move !== 1) far++;
        if (move !== 0) val++;
        points.push({ far, val });
      }
      const thin = drawn(points);
      const between = Array.from({ length: 2 * far + 2 }, (_, i) => i / 2);
      assert.deepEqual(look(thin, between), look(points, between));
      assert.deepEqual([thin[0], thin[thin.length - 1]], [points[0], points[points.length - 1]]);
      for (let i = 1; i + 1 < thin.length; i++) {
        const [a, b, c] = thin.slice(i - 1, i + 2);
        assert.ok(!(a.far === b.far && b.far === c.far) && !(a.val === b.val && b.val === c.val));
      }
    }),
  );
});

test("rocFigure() marks the operating points over all pairs and reaches down to the smallest FAR", () => {
  const operating = [
    { far: 1e-4, val: 0.25, threshold: 0.5 },
    { far: 1e-2, val: 0.75, threshold: 1 },
  ];
  const points = [
    { far: 0, val: 0 },
    { far: 0.002, val: 0.5 },
    { far: 1, val: 1 },
  ];
  const figure = rocFigure({ points, auc: 0.91234, operating });
  assertLabelled(figure);
  const marks = traceOf(figure, "all pairs");
  assert.deepEqual(
    [marks.x, marks.y, marks.customdata],
    [
      [1e-4, 1e-2],
      [0.25, 0.75],
      [0.5, 1],
    ],
  );
  const { type, range } = figure.layout.xaxis as { type: string; range: number[] };
  assert.deepEqual([type, range], ["log", [-4, 0]]);
  assert.equal(titleOf(figure.layout), "ROC, AUC 0.9123");
  assert.match(figure.alt, /0\.9123; VAL 0\.250 at FAR 0\.0001; VAL 0\.750 at FAR 0\.01\.$/);
});

test("rocFigure() of no points, of FAR 0 alone and of very many points has a range", () => {
  const rangeOf = (points: readonly Point[], operating: readonly (Point & { threshold: number })[] = []) =>
    (rocFigure({ points, auc: Number.NaN, operating }).layout.xaxis as { range: number[] }).range;
  assert.deepEqual(rangeOf([]), [-1, 0]);
  assert.deepEqual(rangeOf([{ far: 0, val: 1 }], [{ far: 0, val: 1, threshold: 0 }]), [-1, 0]);
  // More points than a call may have arguments; none of them on a straight run.
  const many = Array.from({ length: 300_000 }, (_, i) => ({
    far: (i + 1) / 300_000,
    val: (i + 1) / 300_000,
  }));
  assert.deepEqual(rangeOf(many), [-6, 0]);
});
