import assert from "node:assert/strict";
import test from "node:test";
import { composed, linearMap, transform } from "../../lib/backends/linearMap";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { assertClose } from "../gradients";

test("transform() of a hand-worked map sends the origin to 0", () => {
  // W = [[1, 2]], origin (3, −1): (3, −1) → 0, (4, 1) → 1·1 + 2·2 = 5.
  const map = linearMap([[1, 2]], [3, -1]);
  const y = transform(
    map,
    matrixFromRows([
      [3, -1],
      [4, 1],
    ]),
  );
  assert.deepEqual([...y.data], [0, 5]);
  assert.throws(() => transform(map, matrix(1, 3)), /2 columns are needed, current value is 3/);
});

test("composed() does in one step what two maps do one after the other", () => {
  const first = linearMap(
    [
      [1, 2, 0.5],
      [0, -1, 1],
    ],
    [1, 1, 2],
  );
  const second = linearMap(
    [
      [2, 1],
      [1, -3],
      [0.25, 1],
    ],
    [0.5, -2],
  );
  const x = matrixFromRows([
    [0.3, -2, 5],
    [1, 4, -1],
  ]);
  assertClose(transform(composed(second, first), x).data, transform(second, transform(first, x)).data, 1e-6);
});
