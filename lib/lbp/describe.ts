import type { AlignSettings } from "../align/align";
import { DEFAULT_TEMPLATE, templatePoints } from "../align/templates";
import { type CropSet, pointsOfCrop } from "../data/dataset";
import { type Raster, raster, withChannels } from "../image/raster";
import { cropToSquare } from "../image/warp";
import { PATTERNS, uniformPatterns } from "./uniformPatterns";

/** How crops for {@link lbpCounts} are aligned. */
export const LBP_ALIGNMENT: Pick<AlignSettings, "template" | "size" | "margin" | "channels"> = {
  template: DEFAULT_TEMPLATE,
  size: 112,
  margin: 0,
  channels: 1,
};

/** Sides at which a crop is looked at, as multiples of its own. */
const SCALES = [1.5, 1.125, 0.85] as const;
/** Around every point CELLS × CELLS squares of CELL × CELL pixels. */
const CELLS = 4;
const CELL = 10;
/** Points that lie between or beside the five: weights of the left and right eye, nose, left and right mouth corner, then a shift in 112ths of the crop. */
const BETWEEN: readonly (readonly [number, number, number, number, number, number, number])[] = [
  [0.5, 0.5, 0, 0, 0, 0, 0],
  [0, 0, 0, 0.5, 0.5, 0, 0],
  [1, 0, 0, 0, 0, -9, 0],
  [0, 1, 0, 0, 0, 9, 0],
  [1, 0, 0, 0, 0, 9, 0],
  [0, 1, 0, 0, 0, -9, 0],
  [1, 0, 0, 0, 0, 0, -11],
  [0, 1, 0, 0, 0, 0, -11],
  [0, 0, 1, 0, 0, -12, 0],
  [0, 0, 1, 0, 0, 12, 0],
  [0.5, 0, 0, 0.5, 0, -6, 4],
  [0, 0.5, 0, 0, 0.5, 6, 4],
  [0, 0, 0, 0.5, 0.5, 0, 13],
  [0.5, 0.5, 0, 0, 0, 0, -16],
  [0, 0, 0.5, 0.25, 0.25, 0, 0],
];
const POINTS = 5 + BETWEEN.length;

/** Length of a description: scales × points × cells × kinds of patterns. */
export const LBP_LENGTH: number = SCALES.length * POINTS * CELLS * CELLS * PATTERNS;

/** x, y of the 20 points in a crop that is drawn at `scale` times its size: its five, and those between them. */
function pointsAt(scale: number, size: number, points: ArrayLike<number>): Float64Array {
  const five = Float64Array.from(points, (value) => value * scale);
  const side = size * scale;
  const result = new Float64Array(2 * POINTS);
  result.set(five);
  BETWEEN.forEach((weights, i) => {
    for (let axis = 0; axis < 2; axis++) {
      let value = (weights[5 + axis] * side) / LBP_ALIGNMENT.size;
      for (let p = 0; p < 5; p++) value += weights[p] * five[2 * p + axis];
      result[2 * (5 + i) + axis] = value;
    }
  });
  return result;
}

/** How {@link lbpCounts} looks at a crop: drawn at `side` pixels, with 4×4 squares of 10×10 pixels around every point. */
export interface LbpView {
  readonly side: number;
  /** x, y, x, y, …: the top left corner of each point's squares, in pixels; eyes, nose and mouth corners come first. It may lie outside. */
  readonly corners: Int32Array;
}

/**
 * The three views of a crop of `size` pixels, around its five points (10 values, pixels of the crop; left out or not finite: those of the template).
 * Throws a RangeError unless `size` is an integer of at least 1.
 */
export function lbpViews(size: number, points?: ArrayLike<number>): LbpView[] {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(
      `Cannot look at a crop: its size must be an integer of at least 1, current value is ${size}`,
    );
  const known = points && Array.from(points).every(Number.isFinite);
  const five = known ? points : templatePoints(DEFAULT_TEMPLATE, size, 0);
  return SCALES.map((scale) => {
    const side = Math.round(size * scale);
    const around = pointsAt(side / size, size, five);
    return { side, corners: Int32Array.from(around, (v) => Math.round(v) - (CELLS * CELL) / 2) };
  });
}

/**
 * High-dimensional LBP of aligned crops: around 20 points of the face, at 3 scales, histograms of uniform patterns in 4×4 squares of 10×10 pixels. Counts (0 to 100), N×`LBP_LENGTH`,
 * one byte each; with `mirror` of the crops flipped left–right. Crops of any size are taken, aligned as in `LBP_ALIGNMENT`; squares that reach outside repeat the border.
 * Source: Chen, Cao, Wen, Sun (CVPR 2013), "Blessing of Dimensionality". Differs: 20 points, five of them found and the others between or beside those, instead of 27 that are found; 3 scales instead of 5.
 */
export function lbpCounts(crops: CropSet, rows: ArrayLike<number>, mirror = false): Uint8Array {
  const counts: Uint8Array = new Uint8Array(rows.length * LBP_LENGTH);
  for (let i = 0; i < rows.length; i++) {
    const grey = greyCrop(crops, rows[i], mirror);
    const points = pointsOfCrop(crops, rows[i]);
    const views = lbpViews(crops.size, mirror && points ? mirrored(points, crops.size) : points);
    let at = i * LBP_LENGTH;
    for (const { side, corners } of views) {
      const drawn =
        side === grey.width ? grey : cropToSquare(grey, { left: 0, top: 0, side: grey.width }, side);
      const patterns = uniformPatterns(drawn);
      for (let p = 0; p < corners.length; p += 2) {
        count(patterns, side, corners[p], corners[p + 1], counts, at);
        at += CELLS * CELLS * PATTERNS;
      }
    }
  }
  return counts;
}

/** The five points in the crop flipped left–right: left and right change places. */
function mirrored(points: ArrayLike<number>, size: number): Float64Array {
  return Float64Array.from([1, 0, 2, 4, 3].flatMap((p) => [size - points[2 * p], points[2 * p + 1]]));
}

/** Histograms of the squares around one point. */
function count(
  patterns: Uint8Array,
  side: number,
  left: number,
  top: number,
  counts: Uint8Array,
  start: number,
): void {
  const clamp = (v: number): number => (v < 0 ? 0 : v >= side ? side - 1 : v);
  for (let v = 0; v < CELLS * CELL; v++) {
    const line = clamp(top + v) * side;
    const cells = start + Math.floor(v / CELL) * CELLS * PATTERNS;
    for (let u = 0; u < CELLS * CELL; u++) {
      counts[cells + Math.floor(u / CELL) * PATTERNS + patterns[line + clamp(left + u)]]++;
    }
  }
}

function greyCrop({ size, channels, data }: CropSet, row: number, mirror: boolean): Raster {
  const bytes = size * size * channels;
  const grey = withChannels(raster(size, size, channels, data.subarray(row * bytes, (row + 1) * bytes)), 1);
  if (!mirror) return grey;
  const flipped = grey.data.slice();
  for (let y = 0; y < size; y++) flipped.subarray(y * size, (y + 1) * size).reverse();
  return raster(size, size, 1, flipped);
}
