import { type Raster, raster } from "./raster";
import type { Part } from "./warp";

/** For each place of an axis of the result: the first source pixel that counts, and the weights from there on. */
interface Taps {
  readonly first: Int32Array;
  readonly width: number;
  /** `width` weights per place; they add up to 1. */
  readonly weights: Float64Array;
}

/**
 * What `warpAffine` draws where axes stay axes (result pixel u shows source x = scale·u + shift, its border repeated): bilinear samples on a grid are then products of one
 * weight per axis, so the image is drawn in two passes, first all its rows narrowed, then the columns. About ten times fewer operations.
 */
export function rescale(
  image: Raster,
  across: { readonly scale: number; readonly shift: number; readonly size: number },
  down: { readonly scale: number; readonly shift: number; readonly size: number },
  samples: number,
  { left, top, whole }: Part,
): Raster {
  const { width, height, channels, data } = image;
  const columns = tapsOf(across, whole.width, samples);
  const rows = tapsOf(down, whole.height, samples);
  const narrow = new Float64Array(height * across.size * channels);
  for (let y = 0, o = 0; y < height; y++) {
    for (let u = 0; u < across.size; u++) {
      const from = (y * width + columns.first[u] - left) * channels;
      for (let k = 0; k < channels; k++, o++) {
        let sum = 0;
        for (let t = 0; t < columns.width; t++)
          sum += columns.weights[u * columns.width + t] * data[from + t * channels + k];
        narrow[o] = sum;
      }
    }
  }
  const result = raster(across.size, down.size, channels);
  const line = across.size * channels;
  for (let v = 0, o = 0; v < down.size; v++) {
    const from = (rows.first[v] - top) * line;
    for (let i = 0; i < line; i++, o++) {
      let sum = 0;
      for (let t = 0; t < rows.width; t++)
        sum += rows.weights[v * rows.width + t] * narrow[from + t * line + i];
      result.data[o] = sum + 0.5;
    }
  }
  return result;
}

/** The mean of `samples` bilinear samples within each place, as weights on source pixels. */
function tapsOf(
  { scale, shift, size }: { readonly scale: number; readonly shift: number; readonly size: number },
  length: number,
  samples: number,
): Taps {
  const width = Math.min(length, Math.ceil(Math.abs(scale)) + 2);
  const first: Int32Array = new Int32Array(size);
  const weights = new Float64Array(size * width);
  const sourceOf = (u: number, t: number): number => {
    const x = scale * (u + (t + 0.5) / samples - 0.5) + shift;
    return x < 0 ? 0 : x > length - 1 ? length - 1 : x;
  };
  for (let u = 0; u < size; u++) {
    const lowest = Math.floor(sourceOf(u, scale < 0 ? samples - 1 : 0));
    first[u] = Math.max(0, Math.min(lowest, length - width));
    for (let t = 0; t < samples; t++) {
      const x = sourceOf(u, t);
      const left = Math.floor(x);
      const place = u * width + left - first[u];
      weights[place] += (1 - x + left) / samples;
      if (x > left) weights[place + 1] += (x - left) / samples;
    }
  }
  return { first, width, weights };
}
