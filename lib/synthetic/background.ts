import { createRandom } from "../core/random";
import { cloth } from "./clothing";
import type { Colour } from "./colouring";
import { clamp, mix, smoothstep } from "./curves";
import type { Light } from "./light";
import { cloud, noise } from "./noise";

/** Cells along a side of the raster on which a background is painted. */
const COARSE = 64;

const KINDS = ["wall", "room", "leaves", "sky", "lights", "backdrop", "crowd"] as const;

/**
 * Something out of focus behind the head: a wall, a room with straight edges, leaves, sky, lamps at night, a press backdrop with marks,
 * or other people. Fills `picture` (linear, size × size × 3).
 */
export function paintBackground(seed: number, light: Light, size: number, picture: Float32Array): void {
  const random = createRandom(seed).fork("background");
  const kind = KINDS[random.integer(KINDS.length)];
  const green = kind === "leaves" ? 1 : 0;
  const colour = (): Colour => {
    const [hue, strong] = [random.next(), random.next()];
    return cloth(
      mix(hue, 0.72 + 0.12 * hue, green),
      mix(1.1 * strong ** 1.4, 0.5 + 0.4 * strong, green),
      random.next(),
      false,
    );
  };
  const [a, b] = [colour(), colour()];
  const [place, angle, coarse] = [60 * random.next(), random.next() * 6.3, 2 + 5 * random.next()];
  const level = mix(0.4, 2.1, random.next());
  const spots = Array.from({ length: 14 }, () => [
    random.next() * 1.2 - 0.1,
    random.next() * 1.2 - 0.1,
    0.03 + 0.12 * random.next(),
    random.next(),
  ]);
  const edges = Array.from({ length: 7 }, () => [
    random.next(),
    0.004 + 0.03 * random.next(),
    random.next() - 0.5,
    random.next(),
  ]);
  const [ca, sa] = [Math.cos(angle), Math.sin(angle)];
  // It is out of focus: a coarse raster, blended in between, is enough.
  const side = COARSE + 1;
  const coarseRaster = new Float32Array(3 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const u = x / COARSE;
      const v = y / COARSE;
      let k = smoothstep(0, 1, 0.5 + (u - 0.5) * ca + (v - 0.5) * sa);
      let gain = 0.8 + 0.4 * noise(u * 3 + place, v * 3, 1);
      let lamp = 0;
      if (kind === "room" || kind === "crowd") {
        for (const [at, soft, sign, way] of edges) {
          const across = way < 0.6 ? u : v;
          k += sign * smoothstep(at - soft, at + soft, across);
        }
      } else if (kind === "leaves") {
        const c = cloud(u * coarse * 2 + place, v * coarse * 2, 5);
        k = smoothstep(0.3, 0.7, c);
        gain *= 0.4 + 1.2 * c;
      } else if (kind === "sky") {
        k = smoothstep(0.2, 0.8, cloud(u * 2 + place, v * 4, 8) + 0.5 * (v - 0.5));
      } else if (kind === "backdrop") {
        const [i, j] = [Math.floor(u * coarse), Math.floor(v * coarse * 1.4)];
        const mark = noise(i * 7.3 + place, j * 5.1, 2) > 0.5 ? 1 : 0;
        const [fu, fv] = [u * coarse - i - 0.5, v * coarse * 1.4 - j - 0.5];
        k =
          mark *
          smoothstep(0.4, 0.3, Math.abs(fu)) *
          smoothstep(0.25, 0.18, Math.abs(fv)) *
          (0.6 + 0.4 * noise(u * 60, v * 8, place));
      }
      if (kind === "lights" || kind === "crowd") {
        for (const [sx, sy, radius, tone] of spots) {
          const d = Math.hypot(u - sx, (v - sy) * (kind === "crowd" ? 0.7 : 1));
          if (kind === "lights") lamp += tone * smoothstep(radius, 0.8 * radius, d);
          else k = mix(k, tone, smoothstep(radius * 1.2, radius, d));
        }
      }
      k = clamp(k, 0, 1);
      gain *= kind === "lights" ? 0.35 * level : level;
      for (let c = 0; c < 3; c++) {
        const lit = light.sky[c] * 0.9 + 0.25 * light.keyColour[c];
        const value = mix(a[c], b[c], k) * gain * lit + lamp * 0.55 * (0.4 + b[c]);
        coarseRaster[3 * (y * side + x) + c] = value;
      }
    }
  }
  enlarge(coarseRaster, size, picture);
}

/** Enlarges a (COARSE + 1)² raster, bilinear. */
function enlarge(small: Float32Array, size: number, picture: Float32Array): void {
  const row = 3 * (COARSE + 1);
  for (let y = 0; y < size; y++) {
    const v = (y / size) * COARSE;
    const j = Math.floor(v);
    const fy = v - j;
    for (let x = 0; x < size; x++) {
      const u = (x / size) * COARSE;
      const i = Math.floor(u);
      const fx = u - i;
      const o = j * row + 3 * i;
      for (let c = 0; c < 3; c++) {
        const top = small[o + c] * (1 - fx) + small[o + c + 3] * fx;
        const bottom = small[o + c + row] * (1 - fx) + small[o + c + row + 3] * fx;
        picture[3 * (y * size + x) + c] = top * (1 - fy) + bottom * fy;
      }
    }
  }
}
