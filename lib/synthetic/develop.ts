import { createRandom } from "../core/random";
import { type Raster, raster } from "../image/raster";
import { clamp } from "./curves";
import type { Nuisance } from "./nuisance";

/**
 * From light on the film to a stored picture: mean over the samples of each pixel, tone curve, contrast and saturation, defocus and motion,
 * noise. `picture` is linear, (samples·size)² × 3.
 */
export function develop(
  picture: Float32Array,
  size: number,
  samples: number,
  n: Nuisance,
  seed: number,
): Raster {
  const side = size * samples;
  const small = new Float32Array(3 * size * size);
  const weight = 1 / (samples * samples);
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / samples) * size;
    for (let x = 0; x < side; x++) {
      const o = 3 * (row + Math.floor(x / samples));
      const i = 3 * (y * side + x);
      for (let c = 0; c < 3; c++) small[o + c] += weight * Math.min(2, picture[i + c]);
    }
  }
  for (let i = 0; i < small.length; i++) small[i] = toned(small[i]);
  const scale = size / 128;
  let blurred = gaussian(small, size, n.blur * scale);
  if (n.motion > 0) blurred = motion(blurred, size, n.motion * scale, n.scene);
  const random = createRandom(seed).fork("noise");
  const result = raster(size, size, 3);
  const { contrast, saturation } = n;
  for (let i = 0; i < blurred.length; i += 3) {
    const grey = 0.3 * blurred[i] + 0.59 * blurred[i + 1] + 0.11 * blurred[i + 2];
    const shared = grain(random.next(), random.next()) * n.noise;
    for (let c = 0; c < 3; c++) {
      const colour = grey + saturation * (blurred[i + c] - grey);
      const value =
        0.44 +
        1.14 * contrast * (colour - 0.46) +
        shared +
        0.6 * grain(random.next(), random.next()) * n.noise;
      result.data[i + c] = clamp(value, 0, 1) * 255 + 0.5;
    }
  }
  return result;
}

/** Film-like: straight in the middle, a soft shoulder, then the display's gamma. */
const TONES = Float32Array.from({ length: 2049 }, (_, i) => {
  const light = (4 * i) / 2048;
  return (1 - Math.exp(-1.55 * light)) ** (1 / 2.2);
});

function toned(light: number): number {
  const t = clamp(light * 512, 0, 2047);
  const i = t | 0;
  // Close to black the curve is steep: take the power itself there.
  if (i < 8) return (1 - Math.exp(-1.55 * Math.max(0, light))) ** (1 / 2.2);
  return TONES[i] + (TONES[i + 1] - TONES[i]) * (t - i);
}

/** About normal with standard deviation 1, from two uniform numbers. */
function grain(a: number, b: number): number {
  return (a + b - 1) * 2.45;
}

function gaussian(image: Float32Array, size: number, sigma: number): Float32Array {
  if (sigma < 0.15) return image;
  const reach = Math.ceil(2.5 * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  const weights = kernel.map((k) => k / sum);
  const pass = (source: Float32Array, dx: number, dy: number): Float32Array => {
    const result = new Float32Array(source.length);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const o = 3 * (y * size + x);
        for (let k = -reach; k <= reach; k++) {
          const i = 3 * (clamp(y + k * dy, 0, size - 1) * size + clamp(x + k * dx, 0, size - 1));
          const w = weights[k + reach];
          result[o] += w * source[i];
          result[o + 1] += w * source[i + 1];
          result[o + 2] += w * source[i + 2];
        }
      }
    }
    return result;
  };
  return pass(pass(image, 1, 0), 0, 1);
}

/** Mean along a short line, whose direction the scene's seed chooses. */
function motion(image: Float32Array, size: number, length: number, seed: number): Float32Array {
  const angle = (seed % 628) / 100;
  const steps = 5;
  const result = new Float32Array(image.length);
  for (let s = 0; s < steps; s++) {
    const t = (s / (steps - 1) - 0.5) * length;
    const dx = Math.round(t * Math.cos(angle));
    const dy = Math.round(t * Math.sin(angle));
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const i = 3 * (clamp(y + dy, 0, size - 1) * size + clamp(x + dx, 0, size - 1));
        const o = 3 * (y * size + x);
        for (let c = 0; c < 3; c++) result[o + c] += image[i + c] / steps;
      }
    }
  }
  return result;
}
