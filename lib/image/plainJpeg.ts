import type { Raster } from "./raster";

/** Markers of frames that both decoders read alike: baseline, extended and progressive, all Huffman coded. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
const START = 0xffd8;
const END = 0xffd9;
const JFIF = 0xe0;
const LAST_APPLICATION = 0xef;
const SCAN = 0xda;

/**
 * The size of a JPEG that is nothing but its pixels: 8 bits, grey or colour, and no application segment but JFIF's, hence no orientation, colour profile or
 * CMYK to heed, and its end is there. `undefined` for all other bytes. Reads header and end only.
 */
export function plainJpegSize(bytes: Uint8Array): Pick<Raster, "width" | "height"> | undefined {
  const two = (at: number): number => (bytes[at] << 8) | bytes[at + 1];
  if (two(0) !== START || two(bytes.length - 2) !== END) return undefined;
  for (let at = 2; at + 9 < bytes.length; at += 2 + two(at + 2)) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === SCAN) return undefined;
    if (marker > JFIF && marker <= LAST_APPLICATION) return undefined;
    if (!FRAMES.has(marker)) continue;
    const [bits, height, width, components] = [bytes[at + 4], two(at + 5), two(at + 7), bytes[at + 9]];
    const plain = bits === 8 && (components === 1 || components === 3) && width > 0 && height > 0;
    return plain ? { width, height } : undefined;
  }
  return undefined;
}
