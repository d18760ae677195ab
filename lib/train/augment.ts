import type { Random } from "../core/random";
import type { CropSet } from "../data/dataset";
import { disturb, type Photometric, still } from "./photometric";

/** Random changes to a training crop. Each is documented with its unit; 0 switches it off. */
export interface Augmentation {
  /** Mirror left–right with probability ½. Right for faces, wrong for letters. */
  readonly flip: boolean;
  /** Largest shift in pixels of the input, each axis uniform in ±shift. */
  readonly shift: number;
  /** Standard deviation of the rotation in degrees. */
  readonly rotation: number;
  /** Standard deviation of the zoom factor around 1. */
  readonly zoom: number;
  /** Standard deviation of a contrast factor around 1. */
  readonly contrast: number;
  /** Standard deviation of a brightness offset, in units of [0, 255]. */
  readonly brightness: number;
  /** Probability that a colour image loses its colour. */
  readonly grey: number;
  /** Light and surface. */
  readonly photometric: Photometric;
}

export const augmentationNames = ["none", "light", "faces", "drawings", "transfer"] as const;
export type AugmentationName = (typeof augmentationNames)[number];

const unchanged: Augmentation = {
  flip: false,
  shift: 0,
  rotation: 0,
  zoom: 0,
  contrast: 0,
  brightness: 0,
  grey: 0,
  photometric: still,
};

/** Named strengths. `light` is a flip and a small shift; `transfer` is for generated faces whose net shall see photographs. */
export const augmentations: Readonly<Record<AugmentationName, Augmentation>> = {
  none: unchanged,
  light: { ...unchanged, flip: true, shift: 3 },
  faces: {
    ...unchanged,
    flip: true,
    shift: 4,
    rotation: 4.5,
    zoom: 0.05,
    contrast: 0.2,
    brightness: 19,
    grey: 0.2,
  },
  drawings: { ...unchanged, shift: 3, rotation: 8, zoom: 0.1 },
  transfer: {
    flip: true,
    shift: 4,
    rotation: 6,
    zoom: 0.07,
    contrast: 0.3,
    brightness: 24,
    grey: 0.25,
    photometric: { colour: 0.18, ramp: 0.7, coarse: 0.3, erase: 0.4, noise: 0.25 },
  },
};

/** Pixel values enter the net as (v − 127.5) / 64. Written into the model card. */
export const normalization: { readonly offset: number; readonly scale: number } = {
  offset: 127.5,
  scale: 1 / 64,
};

/** Every byte as the net sees it. */
const NORMALIZED: Float32Array = Float32Array.from(
  { length: 256 },
  (_, v) => (v - normalization.offset) * normalization.scale,
);

/** Black as the net sees it. */
const [DARK] = NORMALIZED;

/**
 * Copies crops into a batch of floats, N×S×S×C, as the net wants them: the centre of each crop, or with `augmentation` a random
 * view of it (bilinear, borders replicated). `mirror` flips all of them left–right (for flip-averaged embeddings).
 */
export function batchOfCrops(
  crops: CropSet,
  rows: ArrayLike<number>,
  inputSize: number,
  how: {
    readonly augmentation?: Augmentation;
    readonly random?: Random;
    readonly mirror?: boolean;
    /** Written instead of a new array when it has the right length. */
    readonly reuse?: Float32Array;
  } = {},
): Float32Array {
  if (inputSize > crops.size) {
    throw new RangeError(
      `Cannot make a batch: the input size must not exceed the crops' ${crops.size} pixels, current value is ${inputSize}`,
    );
  }
  const { augmentation, random, mirror = false, reuse } = how;
  const values = inputSize * inputSize * crops.channels;
  const length = rows.length * values;
  const batch: Float32Array = reuse?.length === length ? reuse : new Float32Array(length);
  for (let i = 0; i < rows.length; i++) {
    const out = batch.subarray(i * values, (i + 1) * values);
    const middle = (crops.size - inputSize) >> 1;
    if (!augmentation || !random) {
      copyWindow(crops, rows[i], inputSize, middle, middle, mirror, out);
      continue;
    }
    const view = randomView(augmentation, random);
    if (view.whole) {
      copyWindow(crops, rows[i], inputSize, middle + view.dx, middle + view.dy, view.mirrored < 0, out);
    } else sampleView(crops, rows[i], inputSize, view, out);
    disturb(out, inputSize, crops.channels, augmentation.photometric, random, DARK);
  }
  return batch;
}

/** Copies the window whose top left corner lies at (left, top), as it is or mirrored; pixels outside the crop repeat its border. */
function copyWindow(
  crops: CropSet,
  row: number,
  size: number,
  left: number,
  top: number,
  mirror: boolean,
  out: Float32Array,
): void {
  const { size: full, channels, data } = crops;
  const inside = (at: number): number => Math.min(Math.max(at, 0), full - 1);
  const width = size * channels;
  const sources = new Int32Array(width);
  for (let x = 0, i = 0; x < size; x++) {
    const from = channels * inside(left + (mirror ? size - 1 - x : x));
    for (let c = 0; c < channels; c++) sources[i++] = from + c;
  }
  for (let y = 0, o = 0; y < size; y++) {
    const line = (row * full + inside(top + y)) * full * channels;
    for (let i = 0; i < width; i++) out[o++] = NORMALIZED[data[line + sources[i]]];
  }
}

/** Where the centre of the view lies relative to the crop's centre, its 2×2 map, and its photometry. */
interface View {
  readonly a: number;
  readonly b: number;
  readonly mirrored: number;
  readonly dx: number;
  readonly dy: number;
  readonly gain: number;
  readonly offset: number;
  readonly grey: boolean;
  /** A whole-pixel shift and perhaps a flip, nothing else: the pixels are copied as they are. */
  readonly whole: boolean;
}

function randomView(how: Augmentation, random: Random): View {
  const mirrored = how.flip && random.next() < 0.5 ? -1 : 1;
  const dx = (random.next() * 2 - 1) * how.shift;
  const dy = (random.next() * 2 - 1) * how.shift;
  const angle = how.rotation > 0 ? (random.normal() * how.rotation * Math.PI) / 180 : 0;
  const zoom = how.zoom > 0 ? Math.max(0.5, 1 + random.normal() * how.zoom) : 1;
  const gain = how.contrast > 0 ? Math.max(0.2, 1 + random.normal() * how.contrast) : 1;
  const offset = how.brightness > 0 ? random.normal() * how.brightness : 0;
  const grey = how.grey > 0 && random.next() < how.grey;
  const whole = angle === 0 && zoom === 1 && gain === 1 && offset === 0 && !grey;
  return {
    a: Math.cos(angle) / zoom,
    b: Math.sin(angle) / zoom,
    mirrored,
    dx: whole ? Math.round(dx) : dx,
    dy: whole ? Math.round(dy) : dy,
    gain,
    offset,
    grey,
    whole,
  };
}

function sampleView(crops: CropSet, row: number, size: number, view: View, out: Float32Array): void {
  const { size: full, channels, data } = crops;
  const start = row * full * full * channels;
  const last = full - 1;
  const half = (size - 1) / 2;
  const centreX = last / 2 + view.dx;
  const centreY = last / 2 + view.dy;
  const gain = view.gain * normalization.scale;
  const offset = (view.offset + 127.5 - normalization.offset - 127.5 * view.gain) * normalization.scale;
  let o = 0;
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      const p = (u - half) * view.mirrored;
      const q = v - half;
      let x = centreX + view.a * p - view.b * q;
      let y = centreY + view.b * p + view.a * q;
      x = Math.min(Math.max(x, 0), last);
      y = Math.min(Math.max(y, 0), last);
      const x0 = x | 0;
      const y0 = y | 0;
      const fx = x - x0;
      const fy = y - y0;
      const i = start + (y0 * full + x0) * channels;
      const right = x0 < last ? channels : 0;
      const down = y0 < last ? full * channels : 0;
      const w00 = (1 - fx) * (1 - fy);
      const w10 = fx * (1 - fy);
      const w01 = (1 - fx) * fy;
      const w11 = fx * fy;
      for (let c = 0; c < channels; c++) {
        const j = i + c;
        const value =
          data[j] * w00 + data[j + right] * w10 + data[j + down] * w01 + data[j + right + down] * w11;
        out[o++] = value * gain + offset;
      }
    }
  }
  if (view.grey && channels === 3) removeColour(out);
}

function removeColour(out: Float32Array): void {
  for (let i = 0; i < out.length; i += 3) {
    const luma = 0.299 * out[i] + 0.587 * out[i + 1] + 0.114 * out[i + 2];
    out[i] = luma;
    out[i + 1] = luma;
    out[i + 2] = luma;
  }
}
