import type { Random } from "../core/random";

/** Random changes to the light and the surface of a crop that leave its geometry alone; 0 switches each off. Units of pixel values as the net sees them. */
export interface Photometric {
  /** Standard deviation of the logarithm of a gain per colour channel: coloured light. */
  readonly colour: number;
  /** Standard deviation of the logarithm of the light's change from one side of the crop to the other, in a random direction. */
  readonly ramp: number;
  /** Probability that the crop is seen at a half to a quarter of its pixels. */
  readonly coarse: number;
  /** Probability that a rectangle of 10 to 30 % of the crop's area is covered by one colour. */
  readonly erase: number;
  /** Largest standard deviation of pixel noise. */
  readonly noise: number;
}

/** Nothing changes. */
export const still: Photometric = { colour: 0, ramp: 0, coarse: 0, erase: 0, noise: 0 };

/** Changes a crop of size × size × channels in place. `dark` is the value of black. */
export function disturb(
  out: Float32Array,
  size: number,
  channels: number,
  how: Photometric,
  random: Random,
  dark: number,
): void {
  if (how.colour > 0 || how.ramp > 0) relight(out, size, channels, how, random, dark);
  if (how.coarse > 0 && random.next() < how.coarse) coarsen(out, size, channels, 2 + 2 * random.next());
  if (how.noise > 0) addNoise(out, how.noise * random.next(), random);
  if (how.erase > 0 && random.next() < how.erase) erase(out, size, channels, random);
}

function relight(
  out: Float32Array,
  size: number,
  channels: number,
  how: Photometric,
  random: Random,
  dark: number,
): void {
  const gains = Array.from({ length: channels }, () => Math.exp(how.colour * random.normal()));
  const angle = 2 * Math.PI * random.next();
  const slope = (how.ramp * random.normal()) / size;
  const [dx, dy] = [slope * Math.cos(angle), slope * Math.sin(angle)];
  for (let y = 0, o = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const light = Math.exp(dx * (x - size / 2) + dy * (y - size / 2));
      for (let c = 0; c < channels; c++, o++) out[o] = (out[o] - dark) * light * gains[c] + dark;
    }
  }
}

/** Means over squares of about `block` pixels, drawn back bilinearly. */
function coarsen(out: Float32Array, size: number, channels: number, block: number): void {
  const cells = Math.max(2, Math.round(size / block));
  const sums = new Float32Array(cells * cells * channels);
  const counts = new Float32Array(cells * cells);
  for (let y = 0, o = 0; y < size; y++) {
    const row = Math.floor((y * cells) / size) * cells;
    for (let x = 0; x < size; x++) {
      const cell = row + Math.floor((x * cells) / size);
      counts[cell]++;
      for (let c = 0; c < channels; c++) sums[cell * channels + c] += out[o++];
    }
  }
  const mean = (u: number, v: number, c: number): number =>
    sums[(v * cells + u) * channels + c] / counts[v * cells + u];
  const last = cells - 1;
  for (let y = 0, o = 0; y < size; y++) {
    const v = Math.min(last, Math.max(0, ((y + 0.5) * cells) / size - 0.5));
    const v0 = Math.min(last - 1, Math.floor(v));
    for (let x = 0; x < size; x++) {
      const u = Math.min(last, Math.max(0, ((x + 0.5) * cells) / size - 0.5));
      const u0 = Math.min(last - 1, Math.floor(u));
      const [fu, fv] = [u - u0, v - v0];
      for (let c = 0; c < channels; c++) {
        const top = mean(u0, v0, c) * (1 - fu) + mean(u0 + 1, v0, c) * fu;
        const bottom = mean(u0, v0 + 1, c) * (1 - fu) + mean(u0 + 1, v0 + 1, c) * fu;
        out[o++] = top * (1 - fv) + bottom * fv;
      }
    }
  }
}

function addNoise(out: Float32Array, spread: number, random: Random): void {
  // Uniform noise of the same spread: a tenth of the cost of a normal one, and the net cannot tell.
  const width = spread * Math.sqrt(12);
  for (let i = 0; i < out.length; i++) out[i] += (random.next() - 0.5) * width;
}

function erase(out: Float32Array, size: number, channels: number, random: Random): void {
  const area = (0.1 + 0.2 * random.next()) * size * size;
  const ratio = Math.exp((random.next() * 2 - 1) * Math.LN2);
  const width = Math.min(size, Math.round(Math.sqrt(area * ratio)));
  const height = Math.min(size, Math.round(area / width));
  const left = random.integer(size - width + 1);
  const top = random.integer(size - height + 1);
  const colour = Array.from({ length: channels }, () => random.normal());
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      for (let c = 0; c < channels; c++) out[(y * size + x) * channels + c] = colour[c];
    }
  }
}
