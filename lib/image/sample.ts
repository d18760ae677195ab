import { type Raster, raster, type Size } from "./raster";
import type { Part } from "./warp";

/**
 * What `warpAffine` draws where the border repeats: result pixel (u, v) is the mean of samples × samples bilinear samples around
 * (a·u + b·v + c, d·u + e·v + f) of the source. The four weights of a sample are made once for all channels: this is where aligning spends its time.
 */
export function sampleReplicated(
  { width, channels, data }: Raster,
  [a, b, c, d, e, f]: readonly [number, number, number, number, number, number],
  size: Size,
  samples: number,
  { left, top, whole }: Part,
): Raster {
  const result = raster(size.width, size.height, channels);
  const colour = channels === 3;
  const line = width * channels;
  const [lastX, lastY] = [whole.width - 1, whole.height - 1];
  const origin = top * line + left * channels;
  const [stepX, stepY] = [a / samples, d / samples];
  const weight = 1 / (samples * samples);
  const first = 0.5 / samples - 0.5;
  const within = (place: number, last: number): boolean => place > 0 && place < last - 1;
  // Most crops lie inside their image: then no sample needs to look for the border.
  const inside = [-1, size.width].every((u) =>
    [-1, size.height].every((v) => within(a * u + b * v + c, lastX) && within(d * u + e * v + f, lastY)),
  );
  for (let v = 0, o = 0; v < size.height; v++) {
    for (let u = 0; u < size.width; u++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let s = 0; s < samples; s++) {
        const row = v + (s + 0.5) / samples - 0.5;
        let px = a * (u + first) + b * row + c;
        let py = d * (u + first) + e * row + f;
        for (let t = 0; t < samples; t++, px += stepX, py += stepY) {
          let x = px;
          let y = py;
          let x0 = x | 0;
          let y0 = y | 0;
          let right: number = channels;
          let down = line;
          if (!inside) {
            x = px < 0 ? 0 : px > lastX ? lastX : px;
            y = py < 0 ? 0 : py > lastY ? lastY : py;
            x0 = x | 0;
            y0 = y | 0;
            if (x0 >= lastX) right = 0;
            if (y0 >= lastY) down = 0;
          }
          const fx = x - x0;
          const fy = y - y0;
          const w11 = fx * fy;
          const w10 = fx - w11;
          const w01 = fy - w11;
          const w00 = 1 - fx - w01;
          const i = y0 * line + x0 * channels - origin;
          const next = i + right;
          const below = i + down;
          const across = next + down;
          red += data[i] * w00 + data[next] * w10 + data[below] * w01 + data[across] * w11;
          if (!colour) continue;
          green += data[i + 1] * w00 + data[next + 1] * w10 + data[below + 1] * w01 + data[across + 1] * w11;
          blue += data[i + 2] * w00 + data[next + 2] * w10 + data[below + 2] * w01 + data[across + 2] * w11;
        }
      }
      result.data[o++] = red * weight + 0.5;
      if (!colour) continue;
      result.data[o++] = green * weight + 0.5;
      result.data[o++] = blue * weight + 0.5;
    }
  }
  return result;
}
