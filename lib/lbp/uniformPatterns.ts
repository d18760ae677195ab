import type { Raster } from "../image/raster";

/** Kinds of uniform patterns: 58 with at most two changes around the circle, and one for all others. */
export const PATTERNS = 59;

/** Kind of each of the 256 patterns. */
const KIND: Uint8Array = kinds();

function kinds(): Uint8Array {
  const result = new Uint8Array(256).fill(PATTERNS - 1);
  let kind = 0;
  for (let pattern = 0; pattern < 256; pattern++) {
    const turned = ((pattern << 1) | (pattern >> 7)) & 255;
    let changes = 0;
    for (let bits = pattern ^ turned; bits > 0; bits &= bits - 1) changes++;
    if (changes <= 2) result[pattern] = kind++;
  }
  return result;
}

/**
 * The kind of uniform local binary pattern at every pixel of a grey image, 0 to 58: which of the eight neighbours are at least as bright as the pixel. The image's border is repeated.
 * Brightness may be stretched or shifted at will: the kinds stay the same.
 * Source: Ojala, Pietikäinen, Mäenpää (PAMI 2002), LBP with 8 points at radius 1, uniform. Differs: the square's corners are taken as they are, not interpolated onto the circle.
 */
export function uniformPatterns({ width, height, data }: Raster): Uint8Array {
  const result: Uint8Array = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const above = (y > 0 ? y - 1 : 0) * width;
    const here = y * width;
    const below = (y < height - 1 ? y + 1 : y) * width;
    for (let x = 0; x < width; x++, at++) {
      const left = x > 0 ? x - 1 : 0;
      const right = x < width - 1 ? x + 1 : x;
      const value = data[at];
      let pattern = 0;
      if (data[above + left] >= value) pattern = 1;
      if (data[above + x] >= value) pattern |= 2;
      if (data[above + right] >= value) pattern |= 4;
      if (data[here + right] >= value) pattern |= 8;
      if (data[below + right] >= value) pattern |= 16;
      if (data[below + x] >= value) pattern |= 32;
      if (data[below + left] >= value) pattern |= 64;
      if (data[here + left] >= value) pattern |= 128;
      result[at] = KIND[pattern];
    }
  }
  return result;
}
