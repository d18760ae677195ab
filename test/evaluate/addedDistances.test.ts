import assert from "node:assert/strict";
import test from "node:test";
import { addedDistances } from "../../lib/evaluate/addedDistances";
import { assertClose } from "../gradients";

const folds = { fold: [0, 0, 1, 1], folds: 2 };

test("addedDistances() divides by the deviation of the other folds' pairs", () => {
  // Fold 0 is scaled by fold 1's deviations, 2 and 30; fold 1 by fold 0's, 1 and 5.
  const sum = addedDistances(
    [
      [1, 3, 4, 8],
      [10, 20, 0, 60],
    ],
    folds,
  );
  assertClose(sum, [1 / 2 + 10 / 30, 3 / 2 + 20 / 30, 4 / 1 + 0, 8 / 1 + 60 / 5], 1e-12);
});

test("addedDistances() does not see the scale of a judge", () => {
  const [a, b] = [
    [0.1, 0.7, 0.3, 1.1],
    [0.5, 0.2, 0.9, 0.4],
  ];
  assertClose(addedDistances([a.map((v) => 1000 * v), b], folds), addedDistances([a, b], folds), 1e-9);
});

test("addedDistances() refuses what cannot be added", () => {
  assert.throws(() => addedDistances([[1, 2, 3]], folds), /4 pairs are wanted, current value is 3/);
  assert.throws(() => addedDistances([[1, 2]], { fold: [0, 0], folds: 1 }), /at least 2 folds/);
  assert.throws(() => addedDistances([[1, 2, 3, 3]], folds), /they must differ, current deviation is 0/);
});
