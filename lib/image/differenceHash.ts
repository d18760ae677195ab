import { type Raster, withChannels } from "./raster";
import { warpAffine } from "./warp";

/** 32-bit words of one hash: 64 bits of rows, then 64 bits of columns. */
export const HASH_WORDS = 4;
export const HASH_BITS = 128;

/**
 * Difference hash (dHash) of a picture, rows and columns: the picture is shrunk to 9×8 grey means, a bit says whether a pixel is darker than its right
 * neighbour; the same for 8×9 and the neighbour below. Scaling, recompression and a change of brightness leave most bits as they are; mirroring and cropping
 * do not. A flat picture has only zeros, so all flat pictures look alike.
 *
 * Source: Krawetz (2013), "Kind of Like That" (hackerfactor.com). Differs from it: columns too, which doubles the bits.
 */
export function differenceHash(image: Raster): Uint32Array {
  const grey = withChannels(image, 1);
  const hash: Uint32Array = new Uint32Array(HASH_WORDS);
  const rows = shrunk(grey, 9, 8);
  const columns = shrunk(grey, 8, 9);
  for (let y = 0, bit = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++, bit++) {
      if (rows[9 * y + x] < rows[9 * y + x + 1]) hash[bit >> 5] |= 1 << (bit & 31);
      if (columns[8 * y + x] < columns[8 * y + x + 8]) hash[2 + (bit >> 5)] |= 1 << (bit & 31);
    }
  }
  return hash;
}

/** Bits in which two hashes differ, 0 to 128; `i` and `j` count hashes that lie one after the other. */
export function hammingDistance(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  let bits = 0;
  for (let w = 0; w < HASH_WORDS; w++) bits += countBits(a[HASH_WORDS * i + w] ^ b[HASH_WORDS * j + w]);
  return bits;
}

/** Bits that are set in 32, counted side by side (Warren, "Hacker's Delight", section 5.1). */
function countBits(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Means over a grid of width × height cells. */
function shrunk(image: Raster, width: number, height: number): Uint8Array {
  const [sx, sy] = [width / image.width, height / image.height];
  // Pixel edges map onto pixel edges: x + ½ → (x + ½) · sx.
  return warpAffine(image, [sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2], width, height).data;
}
