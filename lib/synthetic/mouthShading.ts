import { clamp, mix, smoothstep } from "./curves";
import type { FaceShape } from "./faceShape";

/**
 * Paints the opening between the lips: teeth behind the upper lip, fewer of the lower ones, and the dark of the mouth. `depth` is how far
 * below the upper lip (cm), `gap` the whole opening there. Returns whether the mouth is open here at all.
 */
export function paintMouth(
  s: FaceShape,
  x: number,
  depth: number,
  gap: number,
  texel: Float64Array,
): boolean {
  const u = x / s.mouthWidth;
  if (Math.abs(u) > 1.02 || gap < 0.04) {
    if (Math.abs(u) <= 1.02) for (let c = 0; c < 3; c++) texel[c] *= 0.3;
    return true;
  }
  const opening = clamp(gap / 0.25, 0, 1);
  let [red, green, blue] = [0.05, 0.013, 0.012];
  const toLow = gap - depth;
  const tongue = smoothstep(0.3, 1.1, gap) * smoothstep(0.75, 0.3, toLow) * smoothstep(0.8, 0.4, Math.abs(u));
  red = mix(red, 0.3, tongue);
  green = mix(green, 0.09, tongue);
  blue = mix(blue, 0.085, tongue);
  const arch = 1 - 0.35 * u * u;
  const upper = smoothstep(0.86 * arch, 0.8 * arch, depth + 0.05);
  const lower = smoothstep(0.42, 0.36, toLow) * smoothstep(0.55, 0.9, gap) * 0.7;
  const teeth = Math.max(upper, lower);
  if (teeth > 0 && Math.abs(u) < 0.86) {
    // Teeth get narrower to the sides, where the row turns back; small dark gaps between them.
    const turned = Math.asin(clamp(u * 0.98, -1, 1)) * s.mouthWidth;
    const place = Math.abs(turned) / 0.8;
    const between = smoothstep(0.09, 0, Math.abs(place - Math.round(place)));
    const light = (0.62 - 0.48 * u * u) * (1 - 0.35 * between) * (0.6 + 0.4 * smoothstep(0, 0.3, depth));
    const k = teeth * smoothstep(0.86, 0.72, Math.abs(u));
    red = mix(red, light, k);
    green = mix(green, light * 0.93, k);
    blue = mix(blue, light * 0.82, k);
  }
  texel[0] = mix(0.4 * texel[0], red, opening);
  texel[1] = mix(0.4 * texel[1], green, opening);
  texel[2] = mix(0.4 * texel[2], blue, opening);
  return true;
}
