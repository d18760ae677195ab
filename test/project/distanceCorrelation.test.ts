import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { distanceRankCorrelation } from "../../lib/project/distanceCorrelation";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";

const line = (...places: number[]) => matrixFromRows(places.map((v) => [v]));

test("distanceRankCorrelation() by hand", () => {
  // Data 0, 1, 3: distances 1 (01), 3 (02), 2 (12), ranks 1, 3, 2. Picture 0, 5, 6: 5, 6, 1, ranks 2, 3, 1. ρ = 1 − 6·(1 + 0 + 1) / (3·8) = 0.5.
  assertClose([distanceRankCorrelation(line(0, 1, 3), line(0, 5, 6))], [0.5], 1e-12);
  // Ties: picture 0, 1, 2 has the distances 1, 2, 1 with ranks 1.5, 3, 1.5. Centred: (−1, 1, 0) and (−.5, 1, −.5): 1.5 / √(2 · 1.5) = √3 / 2.
  assertClose([distanceRankCorrelation(line(0, 1, 3), line(0, 1, 2))], [Math.sqrt(3) / 2], 1e-12);
  // All distances of the picture are equal: nothing to correlate.
  assert.ok(Number.isNaN(distanceRankCorrelation(line(0, 1, 3), line(2, 2, 2))));
});

test("distanceRankCorrelation() is 1 under scaling and does not see which side is which", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (a, b) => {
      const [x, y] = [clusteredEmbeddings(a, 12, 3).x, clusteredEmbeddings(b, 12, 3).x];
      const scaled = matrix(
        x.rows,
        x.columns,
        x.data.map((v) => 4 * v),
      );
      assert.equal(distanceRankCorrelation(x, scaled), 1);
      assert.equal(distanceRankCorrelation(x, y), distanceRankCorrelation(y, x));
    }),
    { numRuns: 30 },
  );
});

test("distanceRankCorrelation() refuses other numbers of rows, and fewer than three", () => {
  assert.throws(() => distanceRankCorrelation(line(1, 2, 3), line(1, 2)), /current values are 3 and 2/);
  assert.throws(
    () => distanceRankCorrelation(line(1, 2), line(1, 2)),
    /at least 3, current values are 2 and 2/,
  );
});
