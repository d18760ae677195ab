import { type Matrix, matrix } from "../core/matrix";
import type { CropSet } from "../data/dataset";

/** Options of {@link pixelFeatures}. */
export interface PixelOptions {
  /** Side in pixels of the central window that is used, a multiple of `side` and at most the crops' size; default the largest such. */
  readonly window?: number;
  /** Side of the small picture in pixels, at least 1; default 32. */
  readonly side?: number;
}

/** Share of red, green and blue in brightness (ITU-R BT.601). */
const BRIGHTNESS = [0.299, 0.587, 0.114] as const;

/**
 * Crops as features without a net: grey, averaged over squares down to side×side pixels, each picture with mean 0 and deviation 1.
 * N×side². The floor that a trained net has to beat.
 */
export function pixelFeatures(crops: CropSet, options: PixelOptions = {}): Matrix {
  const { side = 32 } = options;
  const { window = Math.floor(crops.size / side) * side } = options;
  if (
    !(Number.isInteger(side) && side >= 1 && window >= side && window <= crops.size && window % side === 0)
  ) {
    throw new RangeError(
      `Cannot take pixels: the window must be a multiple of the side ${side} and at most ${crops.size}, current value is ${window}`,
    );
  }
  const block = window / side;
  const middle = (crops.size - window) >> 1;
  const features = matrix(crops.labels.length, side * side);
  for (let i = 0; i < features.rows; i++) {
    const row = new Float64Array(side * side);
    for (let y = 0; y < window; y++) {
      for (let x = 0; x < window; x++) {
        const pixel = (i * crops.size + middle + y) * crops.size + middle + x;
        row[Math.floor(y / block) * side + Math.floor(x / block)] += greyAt(crops, pixel);
      }
    }
    features.data.set(standardised(row), i * row.length);
  }
  return features;
}

function greyAt({ channels, data }: CropSet, pixel: number): number {
  if (channels === 1) return data[pixel];
  return BRIGHTNESS.reduce((sum, share, c) => sum + share * data[3 * pixel + c], 0);
}

/** Mean 0, deviation 1; a picture of one colour becomes 0. */
function standardised(row: Float64Array): Float64Array {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value) => (variance > 1e-12 ? (value - mean) / Math.sqrt(variance) : 0));
}
