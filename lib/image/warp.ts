import { type Raster, raster, type Size } from "./raster";
import { rescale } from "./rescale";
import { sampleReplicated } from "./sample";

/**
 * An affine map of the plane: (x, y) → (a·x + b·y + c, d·x + e·y + f), as [a, b, c, d, e, f]. Pixel centres lie on whole numbers:
 * the top left pixel is (0, 0), so an image of width W covers [−½, W − ½].
 */
export type Affine = readonly [number, number, number, number, number, number];

/** The map back. Throws a RangeError for one that squashes the plane. */
export function invertAffine([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  if (!(Math.abs(determinant) > 1e-12)) {
    throw new RangeError(
      `Cannot invert a map: its determinant must not be 0, current value is ${determinant}`,
    );
  }
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)];
}

/** The place of a part in the image that it was cut from. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly whole: Size;
}

/** Options of {@link warpAffine}. */
export interface WarpOptions {
  /** Outside the image: repeat its border (`replicate`, default) or a constant grey value in [0, 255]. */
  readonly border?: "replicate" | number;
  /** Only with a repeated border: `image` is a part (at least `sourceRegion`) of the one that `transform` speaks of. The result is that of the whole to the bit. */
  readonly part?: Part;
}

/** Most samples along one axis of one output pixel when the image shrinks. */
const MOST_SAMPLES = 16;

/**
 * Draws `image` through `transform` (source → result) into width × height pixels: bilinear, and when it shrinks the mean of a grid of
 * samples within each output pixel (one per source pixel), so that nothing aliases.
 */
export function warpAffine(
  image: Raster,
  transform: Affine,
  width: number,
  height: number,
  options: WarpOptions = {},
): Raster {
  const { border = "replicate", part = { left: 0, top: 0, whole: image } } = options;
  if (border !== "replicate" && options.part) {
    throw new RangeError(
      `Cannot draw a part of an image: its border must be "replicate", current value is ${border}`,
    );
  }
  const inverse = invertAffine(transform);
  const [a, b, c, d, e, f] = inverse;
  const shrink = Math.sqrt(Math.abs(a * e - b * d));
  const samples = Math.min(MOST_SAMPLES, Math.max(1, Math.ceil(shrink - 1e-6)));
  if (border === "replicate" && b === 0 && d === 0) {
    const across = { scale: a, shift: c, size: width };
    return rescale(image, across, { scale: e, shift: f, size: height }, samples, part);
  }
  if (border === "replicate") return sampleReplicated(image, inverse, { width, height }, samples, part);
  const weight = 1 / (samples * samples);
  const result = raster(width, height, image.channels);
  const sums = new Float64Array(image.channels);
  const at = sampleConstant(border);
  for (let v = 0, o = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      sums.fill(0);
      for (let s = 0; s < samples; s++) {
        const y = v + (s + 0.5) / samples - 0.5;
        for (let t = 0; t < samples; t++) {
          const x = u + (t + 0.5) / samples - 0.5;
          at(image, a * x + b * y + c, d * x + e * y + f, sums);
        }
      }
      for (let k = 0; k < sums.length; k++) result.data[o++] = sums[k] * weight + 0.5;
    }
  }
  return result;
}

/** Adds the bilinear sample at (x, y) to `sums`. */
type Sampler = (image: Raster, x: number, y: number, sums: Float64Array) => void;

function sampleConstant(value: number): Sampler {
  return ({ width, height, channels, data }, x, y, sums) => {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const pixel = (column: number, row: number, k: number): number =>
      column < 0 || row < 0 || column >= width || row >= height
        ? value
        : data[(row * width + column) * channels + k];
    for (let k = 0; k < channels; k++) {
      const top = pixel(x0, y0, k) * (1 - x + x0) + pixel(x0 + 1, y0, k) * (x - x0);
      const bottom = pixel(x0, y0 + 1, k) * (1 - x + x0) + pixel(x0 + 1, y0 + 1, k) * (x - x0);
      sums[k] += top * (1 - y + y0) + bottom * (y - y0);
    }
  };
}

/** A square of the source, its sides along pixel edges; it may reach outside. */
export interface Square {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** A square of the source drawn into size × size pixels. */
export function cropToSquare(image: Raster, square: Square, size: number): Raster {
  return warpAffine(image, ontoSquare(square, size), size, size);
}

/** The map that brings a square of the source onto size × size pixels. */
export function ontoSquare({ left, top, side }: Square, size: number): Affine {
  const scale = size / side;
  // In edge coordinates X = x + ½ the map is X' = (X − left) · scale; back to centres: x' = scale·x + (½ − left)·scale − ½.
  const shift = (start: number): number => (0.5 - start) * scale - 0.5;
  return [scale, 0, shift(left), 0, scale, shift(top)];
}

/** A rectangle of whole pixels. */
export interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

/** The pixels of an image that `warpAffine` needs to draw width × height pixels with a repeated border, and at least `around` more on each side where the image has them. */
export function sourceRegion(
  image: Size,
  transform: Affine,
  { width, height }: Size,
  around: number,
): Region {
  const [a, b, c, d, e, f] = invertAffine(transform);
  const corners = [-0.5, width - 0.5].flatMap((u) => [-0.5, height - 0.5].map((v) => [u, v]));
  const span = (p: number, q: number, shift: number, length: number): [number, number] => {
    const places = corners.map(([u, v]) => p * u + q * v + shift);
    // A pixel of the result covers so many of the image, and interpolates with the next.
    const more = Math.ceil(Math.abs(p) + Math.abs(q)) + 2 + around;
    const within = (place: number): number => Math.min(length - 1, Math.max(0, place));
    const first = within(within(Math.floor(Math.min(...places))) - more);
    return [first, within(within(Math.ceil(Math.max(...places))) + more) - first + 1];
  };
  const [left, wide] = span(a, b, c, image.width);
  const [top, high] = span(d, e, f, image.height);
  return { left, top, width: wide, height: high };
}
