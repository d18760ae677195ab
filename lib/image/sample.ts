import { type Raster, raster } from "./raster";

/**
 * What `warpAffine` draws where the border repeats: result pixel (u, v) is the mean of samples × samples bilinear samples around
 * (a·u + b·v + c, d·u + e·v + f) of the source. The four weights of a sample are made once for all channels: this is where aligning spends its time.
 */
export function sampleReplicated(
  { width, height, channels, data }: Raster,
  [a, b, c, d, e, f]: readonly [number, number, number, number, number, number],
  size: { readonly width: number; readonly height: number },
  samples: number,
): Raster {
  const result = raster(size.width, size.height, channels);
  const colour = channels === 3;
  const line = width * channels;
  const [lastX, lastY] = [width - 1, height - 1];
  const [stepX, stepY] = [a / samples, d / samples];
  const weight = 1 / (samples * samples);
  const first = 0.5 / samples - 0.5;
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
          const x = px < 0 ? 0 : px > lastX ? lastX : px;
          const y = py < 0 ? 0 : py > lastY ? lastY : py;
          const x0 = x | 0;
          const y0 = y | 0;
          const fx = x - x0;
          const fy = y - y0;
          const w11 = fx * fy;
          const w10 = fx - w11;
          const w01 = fy - w11;
          const w00 = 1 - fx - w01;
          const i = y0 * line + x0 * channels;
          const right = i + (x0 < lastX ? channels : 0);
          const down = y0 < lastY ? line : 0;
          const below = i + down;
          const across = right + down;
          red += data[i] * w00 + data[right] * w10 + data[below] * w01 + data[across] * w11;
          if (!colour) continue;
          green += data[i + 1] * w00 + data[right + 1] * w10 + data[below + 1] * w01 + data[across + 1] * w11;
          blue += data[i + 2] * w00 + data[right + 2] * w10 + data[below + 2] * w01 + data[across + 2] * w11;
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
