import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { decodeImage, encodeJpeg } from "../../lib/image/codec";
import { differenceHash, HASH_WORDS, hammingDistance } from "../../lib/image/differenceHash";
import { type Raster, raster } from "../../lib/image/raster";
import { cropToSquare } from "../../lib/image/warp";

/** A smooth grey picture: 5×5 random levels, enlarged. */
function smooth(seed: number, side: number): Raster {
  const random = createRandom(seed);
  const levels = raster(
    5,
    5,
    1,
    Uint8Array.from({ length: 25 }, () => random.integer(256)),
  );
  return cropToSquare(levels, { left: 0, top: 0, side: 5 }, side);
}

test("differenceHash() by hand: a ramp to the right sets all bits of the rows and none of the columns", () => {
  const ramp = raster(
    9,
    8,
    1,
    Uint8Array.from({ length: 72 }, (_, i) => 20 * (i % 9)),
  );
  assert.deepEqual([...differenceHash(ramp)], [0xffffffff, 0xffffffff, 0, 0]);
  const flat = raster(30, 20, 3, new Uint8Array(1800).fill(90));
  assert.deepEqual([...differenceHash(flat)], [0, 0, 0, 0]);
});

test("differenceHash() by hand: bits stand in reading order", () => {
  // Only the pixel at column 3 of row 1 is darker than its right neighbour: bit 8 + 3 = 11 of the rows.
  const image = raster(9, 8, 1);
  image.data[9 + 4] = 50;
  assert.deepEqual([...differenceHash(image)].slice(0, 2), [1 << 11, 0]);
});

test("differenceHash() keeps most bits under recompression and another size, but not for another picture", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const hash = differenceHash(smooth(seed, 200));
    const jpeg = await decodeImage(await encodeJpeg(smooth(seed, 200), 40), "jpeg", { channels: 1 });
    assert.ok(hammingDistance(hash, 0, differenceHash(jpeg), 0) <= 4);
    assert.ok(hammingDistance(hash, 0, differenceHash(smooth(seed, 131)), 0) <= 4);
    assert.ok(hammingDistance(hash, 0, differenceHash(smooth(seed + 100, 200)), 0) > 20);
  }
});

test("hammingDistance() equals counting the characters of binary strings", () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  const hashes = fc.array(word, { minLength: 2 * HASH_WORDS, maxLength: 2 * HASH_WORDS });
  fc.assert(
    fc.property(hashes, hashes, (a, b) => {
      const oracle = [0, 1, 2, 3].reduce((sum, w) => {
        const bits = ((a[4 + w] ^ b[w]) >>> 0).toString(2);
        return sum + [...bits].filter((bit) => bit === "1").length;
      }, 0);
      assert.equal(hammingDistance(Uint32Array.from(a), 1, Uint32Array.from(b), 0), oracle);
    }),
  );
});
