import type { Size } from "./raster";

/** Markers of frames whose Huffman codes stand in one scan: baseline and extended. A progressive file can hold any number of scans, which cost time and may be missing. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1]);
const START = 0xffd8;
const END = 0xffd9;
const JFIF = 0xe0;
const LAST_APPLICATION = 0xef;
const SCAN = 0xda;
const FILL = 0xff;

/**
 * The size of a JPEG that is nothing but its pixels: sequential, 8 bits, grey or colour, and before them no application segment but JFIF's, hence no orientation, colour
 * profile or CMYK to heed; and its end is there. `undefined` for all other bytes. Reads header and end only.
 */
export function plainJpegSize(bytes: Uint8Array): Size | undefined {
  const two = (at: number): number => (bytes[at] << 8) | bytes[at + 1];
  if (two(0) !== START || two(bytes.length - 2) !== END) return undefined;
  let size: Size | undefined;
  for (let at = 2; at + 9 < bytes.length; at += 2 + two(at + 2)) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === FILL) return undefined;
    if (marker === SCAN) return size;
    if (marker > JFIF && marker <= LAST_APPLICATION) return undefined;
    if (!FRAMES.has(marker)) continue;
    const [bits, height, width, components] = [bytes[at + 4], two(at + 5), two(at + 7), bytes[at + 9]];
    if (size || bits !== 8 || (components !== 1 && components !== 3) || !width || !height) return undefined;
    size = { width, height };
  }
  return undefined;
}
