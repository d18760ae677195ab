import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { squaredL2 } from "../../lib/core/matrix";
import { clipDistances } from "../../lib/evaluate/clips";
import { assertClose } from "../gradients";
import { clusteredEmbeddings } from "./embeddings";

test("clipDistances() is the mean over all frame pairs of the first frames", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, frames) => {
      const { x } = clusteredEmbeddings(seed, 24, 3);
      const clips = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [10, 11, 12],
        [20, 13, 15, 14],
      ];
      const mean = (a: number[], b: number[]): number => {
        const all = a.slice(0, frames).flatMap((i) => b.slice(0, frames).map((j) => squaredL2(x, i, x, j)));
        return all.reduce((sum, d) => sum + d, 0) / all.length;
      };
      const expected = [mean(clips[0], clips[1]), mean(clips[2], clips[0]), mean(clips[1], clips[1])];
      assertClose(clipDistances(x, clips, [0, 2, 1], [1, 0, 1], { frames }), expected, 1e-9);
    }),
    { numRuns: 30 },
  );
});

test("clipDistances() refuses an empty clip and no frames", () => {
  const { x } = clusteredEmbeddings(1, 4, 2);
  assert.throws(() => clipDistances(x, [[0], []], [0], [1]), /each needs a frame, clip 1 has none/);
  assert.throws(() => clipDistances(x, [[0]], [0], [0], { frames: 0 }), /at least 1, current value is 0/);
});
