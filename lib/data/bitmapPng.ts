import { inflateSync } from "node:zlib";
import { LabError, messageOf } from "../core/errors";

/**
 * Reader of 1-bit grey PNG files, the only kind in Omniglot's archives. It exists beside the general image codec because
 * it is synchronous and keeps one bit a pixel: all 32,460 drawings in about a second and 48 MB.
 *
 * Source: PNG specification (ISO/IEC 15948), chunks IHDR, IDAT, IEND; filter types 0–4 on packed bytes.
 * Differs from it: chunk checksums are not looked at (the zlib checksum is), and every other colour type is refused.
 */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** `height` rows of `ceil(width / 8)` bytes, first pixel in the highest bit; 1 is white, padding bits are 0. */
  readonly rows: Uint8Array;
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** Decodes one file; sides up to 4,096 pixels. Throws a LabError naming the file. */
export function readBitmapPng(bytes: Uint8Array, name: string): Bitmap {
  const { width, height, packed } = chunks(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    name,
  );
  const stride = Math.ceil(width / 8);
  const wanted = height * (stride + 1);
  let filtered: Uint8Array;
  try {
    filtered = inflateSync(packed, { maxOutputLength: wanted + 1 });
  } catch (error) {
    throw bad(name, `its pixels must inflate (${messageOf(error)})`);
  }
  if (filtered.length !== wanted) {
    throw bad(name, `${wanted} bytes of pixels are needed, current value is ${filtered.length}`);
  }
  const rows = unfilter(filtered, stride, height, name);
  const padding = 0xff << (stride * 8 - width);
  for (let y = 1; y <= height; y++) rows[y * stride - 1] &= padding;
  return { width, height, rows };
}

function chunks(file: Buffer, name: string): { width: number; height: number; packed: Buffer } {
  if (file.length < 33 || SIGNATURE.some((byte, i) => file[i] !== byte))
    throw bad(name, "it must be a PNG file");
  const parts: Buffer[] = [];
  let at = 8;
  let ended = false;
  while (at + 12 <= file.length && !ended) {
    const length = file.readUInt32BE(at);
    const kind = file.toString("latin1", at + 4, at + 8);
    if (at + 12 + length > file.length) break;
    if (at === 8 && (kind !== "IHDR" || length !== 13)) throw bad(name, "a PNG file begins with IHDR");
    if (kind === "IDAT") parts.push(file.subarray(at + 8, at + 8 + length));
    ended = kind === "IEND";
    at += 12 + length;
  }
  if (!ended) throw bad(name, "the file is cut short");
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const [depth, colour, , , interlace] = file.subarray(24, 29);
  if (depth !== 1 || colour !== 0 || interlace !== 0) {
    throw bad(
      name,
      `a 1-bit grey PNG is wanted (depth 1, colour 0, not interlaced), current value is ${depth}, ${colour}, ${interlace}`,
    );
  }
  if (width < 1 || height < 1 || width > 4096 || height > 4096) {
    throw bad(name, `sides of 1 to 4096 pixels are accepted, current value is ${width}×${height}`);
  }
  return { width, height, packed: Buffer.concat(parts) };
}

function unfilter(filtered: Uint8Array, stride: number, height: number, name: string): Uint8Array {
  const rows: Uint8Array = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1);
    const filter = filtered[from];
    if (filter > 4) throw bad(name, `row filters are 0 to 4, current value is ${filter}`);
    for (let x = 0; x < stride; x++) {
      const here = y * stride + x;
      const left = x > 0 ? rows[here - 1] : 0;
      const up = y > 0 ? rows[here - stride] : 0;
      const corner = x > 0 && y > 0 ? rows[here - stride - 1] : 0;
      rows[here] = filtered[from + 1 + x] + predicted(filter, left, up, corner);
    }
  }
  return rows;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const dLeft = Math.abs(up - corner);
  const dUp = Math.abs(left - corner);
  const dCorner = Math.abs(left + up - 2 * corner);
  if (dLeft <= dUp && dLeft <= dCorner) return left;
  return dUp <= dCorner ? up : corner;
}

function bad(name: string, why: string): LabError {
  return new LabError(`Cannot read ${name}: ${why}`);
}
