import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { rocCurve } from "../../lib/evaluate/roc";
import { meanAndStandardError, wilsonInterval } from "../../lib/evaluate/statistics";
import { bestThreshold, verification } from "../../lib/evaluate/verification";
import { assertClose } from "../gradients";

const pairs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { minLength: 4, maxLength: 60 })
  .filter((list) => list.some(([, same]) => same) && list.some(([, same]) => !same))
  .map((list) => ({ distances: list.map(([d]) => d / 5), same: list.map(([, same]) => (same ? 1 : 0)) }));

test("rocCurve() has the Mann–Whitney area with ties counted half", () => {
  fc.assert(
    fc.property(pairs, ({ distances, same }) => {
      let wins = 0;
      let all = 0;
      distances.forEach((p, i) => {
        distances.forEach((n, j) => {
          if (!same[i] || same[j]) return;
          all++;
          wins += p < n ? 1 : p === n ? 0.5 : 0;
        });
      });
      assertClose([rocCurve(distances, same).auc], [wins / all], 1e-12);
    }),
  );
});

test("rocCurve() climbs from (0, 0) to (1, 1) and its points are what their thresholds accept", () => {
  fc.assert(
    fc.property(pairs, ({ distances, same }) => {
      const { points } = rocCurve(distances, same);
      assert.deepEqual([points[0].far, points[0].val], [0, 0]);
      assert.deepEqual([points.at(-1)?.far, points.at(-1)?.val], [1, 1]);
      for (const { threshold, far, val } of points) {
        const rate = (kind: number): number => {
          const of = distances.filter((_, i) => same[i] === kind);
          return of.filter((d) => d < threshold).length / of.length;
        };
        assertClose([far, val], [rate(0), rate(1)], 1e-12);
      }
    }),
  );
});

test("rocCurve() of swapped labels has the area 1 − AUC", () => {
  fc.assert(
    fc.property(pairs, ({ distances, same }) => {
      const swapped = same.map((s) => 1 - s);
      assertClose([rocCurve(distances, swapped).auc], [1 - rocCurve(distances, same).auc], 1e-12);
    }),
  );
});

test("rocCurve() has the equal error rate of a hand-worked case", () => {
  // Same at 1, 2, 4; different at 3, 5, 6. Below 4: VAL 2/3, FAR 1/3: 1 − VAL = FAR.
  assertClose([rocCurve([1, 2, 4, 3, 5, 6], [1, 1, 1, 0, 0, 0]).eer], [1 / 3], 1e-12);
  assert.equal(rocCurve([1, 2, 3, 4], [1, 1, 0, 0]).eer, 0);
});

test("rocCurve() refuses pairs of one kind only", () => {
  assert.throws(
    () => rocCurve([1, 2], [1, 1]),
    /same and different pairs are needed, current values are 2 and 0/,
  );
});

test("bestThreshold() is as good as the best of all thresholds", () => {
  fc.assert(
    fc.property(pairs, ({ distances, same }) => {
      const rows = distances.map((_, i) => i);
      const right = (t: number): number => rows.filter((i) => distances[i] < t === (same[i] === 1)).length;
      const best = Math.max(...[...distances, 100].map((d) => right(d)));
      assert.equal(right(bestThreshold(distances, same, rows)), best);
    }),
  );
});

test("verification() never lets a fold choose its own threshold", () => {
  // Fold 0 is separable at 1.5, fold 1 at 3.5: each is judged by the other's threshold.
  const result = verification({
    distances: [1, 2, 3, 4],
    same: [1, 0, 1, 0],
    fold: [0, 0, 1, 1],
    folds: 2,
  });
  assert.deepEqual(result.perFold, [
    { accuracy: 0.5, threshold: 3.5 },
    { accuracy: 0.5, threshold: 1.5 },
  ]);
  assert.equal(result.accuracy, 0.5);
  assert.equal(result.standardError, 0);
});

test("verification() of labels that say nothing is at chance", () => {
  const random = createRandom(2);
  const n = 4000;
  const distances = Array.from({ length: n }, () => random.next());
  const same = Array.from({ length: n }, (_, i) => i % 2);
  const fold = Array.from({ length: n }, (_, i) => Math.floor(i / 400));
  const result = verification({ distances, same, fold, folds: 10 });
  assert.ok(Math.abs(result.accuracy - 0.5) < 0.04);
  assert.ok(Math.abs(result.auc - 0.5) < 0.04);
});

test("meanAndStandardError() by hand, and NaN for one value", () => {
  // 1, 2, 3: deviation 1, error 1/√3.
  const { mean, standardError } = meanAndStandardError([1, 2, 3]);
  assertClose([mean, standardError], [2, 1 / Math.sqrt(3)], 1e-12);
  assert.ok(Number.isNaN(meanAndStandardError([1]).standardError));
});

test("wilsonInterval() agrees with published values", () => {
  // Newcombe (1998), Table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
  const [low, high] = wilsonInterval(81, 263);
  assertClose([low, high], [0.2553, 0.3662], 1e-4);
  assertClose(wilsonInterval(0, 20), [0, 0.1611], 1e-4);
});
