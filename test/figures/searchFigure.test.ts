import assert from "node:assert/strict";
import { test } from "node:test";
import { precisionOfSearch } from "../../lib/evaluate/labelErrors";
import { searchFigure } from "../../lib/figures/searchFigure";

test("searchFigure() starts at 0 and steps up where something was found, beside the perfect search", () => {
  // Looks 7 (wrong), 3, 5 (wrong), 1; three are wrong.
  const looks = precisionOfSearch([7, 3, 5, 1], new Set([5, 7, 9]));
  const { data, alt } = searchFigure([{ name: "s", looks }], 3);
  assert.deepEqual(data[0].x, [0, 1, 2, 3, 4]);
  assert.deepEqual(data[0].y, [0, 1, 1, 2, 2]);
  assert.deepEqual(
    [data[1].x, data[1].y],
    [
      [0, 3, 4],
      [0, 3, 3],
    ],
  );
  assert.match(alt, /of 3: s finds 2 in 4/);
});

test("searchFigure() ends the perfect search with the looks when more is wrong than was looked at", () => {
  const looks = precisionOfSearch([1], new Set([1, 2, 3]));
  assert.deepEqual(searchFigure([{ name: "s", looks }], 3).data[1].y, [0, 1, 1]);
});
