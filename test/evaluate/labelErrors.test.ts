import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { precisionOfSearch, rescore, suspectedPairs } from "../../lib/evaluate/labelErrors";
import { pairErrors } from "../../lib/evaluate/pairErrors";
import { type ScoredPairs, verification } from "../../lib/evaluate/verification";

/** Two folds; same pairs at 0.1 to 0.4, different ones at 1.1 to 1.4, and one of each kind on the wrong side. */
const pairs: ScoredPairs = {
  distances: [0.1, 0.2, 1.3, 1.1, 1.2, 0.05, 0.3, 0.4, 1.3, 1.4],
  same: [1, 1, 1, 0, 0, 0, 1, 1, 0, 0],
  fold: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
  folds: 2,
};

test("pairErrors() by hand: each pair by the threshold of its fold, false accepts first", () => {
  // Fold 0 is judged by fold 1's threshold, (0.4 + 1.3) / 2 = 0.85: pair 2 at 1.3 is rejected, pair 5 at 0.05
  // accepted. Fold 1 is judged by (0.2 + 1.1) / 2 = 0.65 and has no error.
  const { perFold } = verification(pairs);
  assert.deepEqual(
    pairErrors(pairs, perFold).map(({ pair, kind, threshold }) => [pair, kind, threshold.toFixed(6)]),
    [
      [5, "false accept", "0.850000"],
      [2, "false reject", "0.850000"],
    ],
  );
  // Invented thresholds, to see the ranking. Accepted: pair 5. Rejected: 2, 7, 6, 1, beyond by 1.15, 0.2, 0.1 and 0.05.
  const ranked = pairErrors(pairs, [
    { accuracy: 0, threshold: 0.15 },
    { accuracy: 0, threshold: 0.2 },
  ]);
  assert.deepEqual(
    ranked.map(({ pair }) => pair),
    [5, 2, 7, 6, 1],
  );
});

test("pairErrors() are as many as the accuracy of the folds says", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const random = createRandom(seed);
      const n = 40;
      const same = Array.from({ length: n }, (_, i) => i % 2);
      const distances = same.map((label) => random.next() + 0.3 * (1 - label));
      const drawn = { distances, same, fold: same.map((_, i) => Math.floor(i / 10)), folds: 4 };
      const { accuracy, perFold } = verification(drawn);
      // Four folds of ten pairs: the mean over folds is the share of all.
      assert.ok(Math.abs(pairErrors(drawn, perFold).length - n * (1 - accuracy)) < 1e-9);
    }),
  );
});

test("suspectedPairs() by hand: errors of both kinds by how far they lie beyond their threshold", () => {
  const error = (pair: number, distance: number) =>
    ({ pair, kind: "false reject", distance, threshold: 1 }) as const;
  // Beyond by 0.25, 0.5, 0.25 and 0.75.
  const errors = [
    error(7, 1.25),
    { ...error(3, 0.5), kind: "false accept" as const },
    error(2, 1.25),
    error(9, 1.75),
  ];
  assert.deepEqual(suspectedPairs(errors), [9, 3, 2, 7]);
  assert.deepEqual(suspectedPairs(errors, 2), [9, 3]);
  assert.deepEqual(suspectedPairs([]), []);
});

test("rescore() by hand: labels turned, left out, and what nobody can beat", () => {
  // As labelled: fold 0 has 2 errors in 6, fold 1 none in 4. Turned or left out: none at all.
  // A perfect judge contradicts the two wrong labels: (4/6 + 1) / 2 = 5/6.
  const { wrong, asLabelled, relabelled, leftOut, ceiling } = rescore(pairs, new Set([2, 5]));
  assert.equal(wrong, 2);
  assert.ok(Math.abs(asLabelled.accuracy - (4 / 6 + 1) / 2) < 1e-12);
  assert.deepEqual([relabelled.accuracy, leftOut.accuracy, leftOut.pairs], [1, 1, 8]);
  assert.ok(Math.abs(ceiling - 5 / 6) < 1e-12);
});

test("rescore() changes nothing without a mark, and refuses a pair that is not there or an empty fold", () => {
  const { asLabelled, relabelled, leftOut, ceiling } = rescore(pairs, new Set());
  assert.deepEqual(relabelled, asLabelled);
  assert.deepEqual(leftOut, asLabelled);
  assert.equal(ceiling, 1);
  assert.throws(() => rescore(pairs, new Set([10])), /pairs are 0 to 9, current value is 10/);
  assert.throws(() => rescore(pairs, new Set([6, 7, 8, 9])), /at least one pair is needed/);
});

test("precisionOfSearch() by hand: shares of the looks and of all that is wrong", () => {
  // Looks 4 (wrong), 2, 0 (wrong); 9 is wrong and never looked at: 1/1, 1/2, 2/3 of the looks and 1/3, 1/3, 2/3 of the three.
  assert.deepEqual(precisionOfSearch([4, 2, 0], new Set([0, 4, 9])), [
    { looks: 1, found: 1, precision: 1, recall: 1 / 3 },
    { looks: 2, found: 1, precision: 1 / 2, recall: 1 / 3 },
    { looks: 3, found: 2, precision: 2 / 3, recall: 2 / 3 },
  ]);
  assert.deepEqual(precisionOfSearch([], new Set([1])), []);
});

test("precisionOfSearch() throws when nothing is wrong and when something is ranked twice", () => {
  assert.throws(() => precisionOfSearch([1], new Set()), /0 wrong and 0 repeated/);
  assert.throws(() => precisionOfSearch([1, 2, 1], new Set([1])), /1 wrong and 1 repeated/);
});
