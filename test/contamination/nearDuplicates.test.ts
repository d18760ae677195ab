import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { nearDuplicates } from "../../lib/contamination/nearDuplicates";
import { matrixFromRows } from "../../lib/core/matrix";
import { hammingDistance } from "../../lib/image/differenceHash";

/** Fingerprints whose hash is `words[i]` in the first word and 0 in the others. */
function printsOf(words: readonly number[], bytes?: readonly string[]) {
  const hashes: Uint32Array = new Uint32Array(4 * words.length);
  words.forEach((word, i) => {
    hashes[4 * i] = word;
  });
  return { hashes, bytes: bytes ?? words.map(String) };
}

test("nearDuplicates() by hand: equal bytes first, then by Hamming distance, then by row", async () => {
  // Rows 0 and 3 differ in 0 bits, 0 and 1 (3 and 1) in one, 2 is eight bits away from everything.
  const prints = printsOf([0b0, 0b1, 0xff00, 0b0], ["a", "b", "c", "a"]);
  const found = await nearDuplicates(prints, { hamming: 1 });
  assert.deepEqual(
    found.map(({ first, second, sameBytes, hamming }) => [first, second, sameBytes, hamming]),
    [
      [0, 3, true, 0],
      [0, 1, false, 1],
      [1, 3, false, 1],
    ],
  );
  const crossing = await nearDuplicates(prints, { hamming: 1, wanted: (i, j) => i + j === 4 });
  assert.deepEqual(
    crossing.map(({ first, second }) => [first, second]),
    [[1, 3]],
  );
});

test("nearDuplicates() equals looking at every pair", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 12 }),
      fc.integer({ min: 0, max: 4 }),
      async (words, hamming) => {
        const prints = printsOf(words);
        const found = (await nearDuplicates(prints, { hamming })).map(
          ({ first, second }) => `${first} ${second}`,
        );
        const oracle: string[] = [];
        for (let i = 0; i < words.length; i++)
          for (let j = i + 1; j < words.length; j++)
            if (hammingDistance(prints.hashes, i, prints.hashes, j) <= hamming) oracle.push(`${i} ${j}`);
        assert.deepEqual(found.sort(), oracle.sort());
      },
    ),
    { numRuns: 50 },
  ));

test("nearDuplicates() finds by embeddings what the hashes do not show", async () => {
  const prints = printsOf([0, 0xffffffff, 0xffff]);
  const embeddings = matrixFromRows([
    [1, 0],
    [0.999, 0.01],
    [0, 1],
  ]);
  // Squared L2 of rows 0 and 1: 0.001² + 0.01² = 1.01e-4.
  const [pair, ...rest] = await nearDuplicates(prints, { hamming: 2, embeddings, distance: 1e-3 });
  assert.equal(rest.length, 0);
  assert.deepEqual([pair.first, pair.second, pair.hamming], [0, 1, 32]);
  assert.ok(Math.abs((pair.distance ?? 0) - 1.01e-4) < 1e-8);
});

test("nearDuplicates() refuses thresholds without meaning, a matrix of other pictures, and stops when told to", async () => {
  const prints = printsOf([1, 2]);
  await assert.rejects(nearDuplicates(prints, { hamming: 65 }), /integer in \[0, 64\], current value is 65/);
  await assert.rejects(nearDuplicates(prints, { distance: Number.NaN }), /at least 0, current value is NaN/);
  const embeddings = matrixFromRows([[1, 0]]);
  await assert.rejects(
    nearDuplicates(prints, { embeddings }),
    /2 rows of embeddings are needed, current value is 1/,
  );
  await assert.rejects(
    nearDuplicates(prints, { signal: AbortSignal.abort() }),
    /Stopped: looking for duplicates/,
  );
  assert.deepEqual(await nearDuplicates(printsOf([])), []);
});
