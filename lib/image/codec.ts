import { createRequire } from "node:module";
import type sharp from "sharp";
import { LabError } from "../core/errors";
import { decodeNetpbm, isNetpbm } from "./pgm";
import { type Raster, raster, withChannels } from "./raster";

/** Options of {@link decodeImage}. */
export interface DecodeOptions {
  /** 3 for RGB (default; grey is repeated), 1 for grey. */
  readonly channels?: 1 | 3;
  /** Most pixels of an image; default 100 million. A file that claims more is refused before memory is taken. */
  readonly mostPixels?: number;
}

let loaded: typeof sharp | undefined;

/** The one door to sharp. Loaded on first use: who trains on embedded data or looks at numbers needs no codec. */
function codec(): typeof sharp {
  if (!loaded) {
    loaded = createRequire(__filename)("sharp") as typeof sharp;
    // Each image is small: many at once, one thread each, beat one at once on all threads.
    loaded.concurrency(1);
    loaded.cache(false);
  }
  return loaded;
}

/**
 * Decodes JPEG, PNG, WebP, GIF, TIFF, AVIF, PGM and PPM; the bytes decide which, not the name. Documents that sharp could draw (SVG) are refused. EXIF orientation is applied, transparency lies on white, 16 bits become 8.
 * `name` stands in the error: throws a LabError in one line for a file that is empty, truncated, too large or no image.
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  options: DecodeOptions = {},
): Promise<Raster> {
  const { channels = 3, mostPixels = MOST_PIXELS } = options;
  checkKind(bytes, name);
  if (isNetpbm(bytes)) return withChannels(decodeNetpbm(bytes, name, mostPixels), channels);
  try {
    const { data, info } = await codec()(bytes, { limitInputPixels: mostPixels, failOn: "error" })
      .rotate()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const kept = info.channels === 1 ? 1 : 3;
    const pixels: Uint8Array = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return withChannels(raster(info.width, info.height, kept, pixels), channels);
  } catch (error) {
    throw unreadable(name, error);
  }
}

/**
 * Pixels that decoding will make, from the header alone: to decide how many images are decoded at once. Throws as `decodeImage` does.
 */
export async function countPixels(bytes: Uint8Array, name: string): Promise<number> {
  checkKind(bytes, name);
  // At least a byte of the file for each of its pixels.
  if (isNetpbm(bytes)) return bytes.length;
  try {
    const { width, height } = await codec()(bytes, { limitInputPixels: MOST_PIXELS }).metadata();
    return width * height;
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** Most pixels of an image unless a caller says otherwise: a file of 300 kB can claim so many, and take 300 MB. */
const MOST_PIXELS = 100e6;

/** First bytes of the kinds of images, as latin1. */
const KINDS: readonly RegExp[] = [
  /^\xff\xd8\xff/,
  /^\x89PNG/,
  /^RIFF.{4}WEBP/s,
  /^GIF8[79]a/,
  /^(II\*|MM.\*)/s,
  /^.{4}ftyp(avif|avis|heic|heix|mif1|msf1)/s,
];

function checkKind(bytes: Uint8Array, name: string): void {
  if (bytes.length === 0) throw new LabError(`Cannot read ${name}: the file is empty`);
  const start = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  if (!isNetpbm(bytes) && !KINDS.some((kind) => kind.test(start))) {
    throw new LabError(
      `Cannot read ${name}: it is no image of a kind that is read (JPEG, PNG, WebP, GIF, TIFF, AVIF, PGM, PPM)`,
    );
  }
}

/** When several images fail at once, libvips loses its words, or says those of all. */
function unreadable(name: string, error: unknown): LabError {
  const [words] = (error instanceof Error ? error.message : String(error)).trim().split("\n");
  return new LabError(
    `Cannot read ${name}: ${words === "Unknown error" ? "it is damaged or cut off" : words}`,
  );
}

/** JPEG bytes of a picture; `quality` in [1, 100], default 85. */
export async function encodeJpeg(image: Raster, quality: number = 85): Promise<Uint8Array> {
  return toSharp(image).jpeg({ quality }).toBuffer();
}

/** PNG bytes of a picture. */
export async function encodePng(image: Raster): Promise<Uint8Array> {
  return toSharp(image).png().toBuffer();
}

/** Draws an SVG text as PNG; `scale` multiplies its size in pixels. */
export async function svgToPng(svg: string, scale: number = 1): Promise<Uint8Array> {
  return codec()(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}

function toSharp(image: Raster): sharp.Sharp {
  const { width, height, channels } = image;
  return codec()(image.data, { raw: { width, height, channels } });
}
