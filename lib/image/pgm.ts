import { LabError } from "../core/errors";
import { type Raster, raster } from "./raster";

/** True when the bytes begin like a PGM or PPM file (P2, P3, P5, P6). */
export function isNetpbm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && [0x32, 0x33, 0x35, 0x36].includes(bytes[1]);
}

/**
 * Decodes PGM and PPM, plain (P2, P3) and binary (P5, P6), 8 or 16 bits, scaled to [0, 255]. The ORL faces are P5; sharp has no reader for them.
 * Source: https://netpbm.sourceforge.net/doc/pgm.html. Throws a LabError that names the file.
 */
export function decodeNetpbm(bytes: Uint8Array, name: string, mostPixels: number): Raster {
  const refuse = (why: string): never => {
    throw new LabError(`Cannot read ${name}: ${why}`);
  };
  const kind = bytes[1] - 0x30;
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  let at = 2;
  const nextNumber = (): number => {
    for (; at < bytes.length; at++) {
      if (bytes[at] === 0x23) while (at < bytes.length && bytes[at] !== 0x0a) at++;
      else if (bytes[at] > 0x20) break;
    }
    let value = -1;
    for (; at < bytes.length && bytes[at] >= 0x30 && bytes[at] <= 0x39; at++) {
      value = Math.min(1e9, Math.max(0, value) * 10 + bytes[at] - 0x30);
    }
    return value < 0
      ? refuse(at < bytes.length ? "a number is wanted in its header or pixels" : "it is truncated")
      : value;
  };
  const [width, height, most] = [nextNumber(), nextNumber(), nextNumber()];
  if (width < 1 || height < 1 || width * height > mostPixels) {
    refuse(`between 1 and ${mostPixels} pixels are wanted, current value is ${width}×${height}`);
  }
  if (most < 1 || most > 65535)
    refuse(`the largest grey value must lie in [1, 65535], current value is ${most}`);
  const count = width * height * channels;
  const wide = most > 255 ? 2 : 1;
  at += kind > 3 ? 1 : 0;
  if (bytes.length - at < (kind > 3 ? count * wide : count)) refuse("it is truncated");
  const image = raster(width, height, channels);
  for (let i = 0; i < count; i++) {
    let value: number;
    if (kind <= 3) value = nextNumber();
    else {
      value = wide === 2 ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
      at += wide;
    }
    image.data[i] = Math.round((255 * Math.min(value, most)) / most);
  }
  return image;
}
