import { clamp, mix, smoothstep, tabulated } from "./curves";
import type { FaceShape } from "./faceShape";
import { mouthY } from "./faceShape";
import type { HairStyle } from "./hairStyle";
import type { Identity } from "./identity";
import { noise } from "./noise";

/** Height (cm) above which scalp hair grows, by azimuth in degrees from the front, 0 to 180. */
export function hairlineOf(hair: HairStyle): (azimuth: number) => number {
  const { hairline: h, recession: r, straightLine } = hair;
  const bald = hair.cut === "bald";
  return tabulated([
    [0, bald ? 14 : h - 0.5 * (1 - straightLine) + 0.5 * Math.max(0, r - 1.5)],
    [18, bald ? 14 : h + 0.1 + 0.45 * r],
    [32, bald ? 13 : h - 0.2 + 0.85 * r],
    [46, bald ? 9 : h - 1.4 + 0.7 * r],
    [58, bald ? 4 : 3.4 + 0.25 * r],
    [66, 1.7],
    [73, 0.2],
    [79, -2],
    [87, -2.4],
    [91, 0.4],
    [106, 0.3],
    [122, -4.2],
    [180, -8.2],
  ]);
}

/** How much scalp hair grows at a place of the head, [0, 1], with an uneven edge. */
export function scalpHair(identity: Identity): (x: number, y: number, z: number) => number {
  const line = hairlineOf(identity.hair);
  const place = identity.skin.place;
  return (x, y, z) => {
    const azimuth = (Math.abs(Math.atan2(x, z + 8.2)) * 180) / Math.PI;
    const uneven = 0.9 * (noise(x * 2.2 + place, y * 2.2, z * 2.2) - 0.5);
    return smoothstep(-0.35, 0.55, y - line(azimuth) + uneven);
  };
}

/** How much of the cheeks', the moustache's and the chin's beard grows at (x, y), each [0, 1]. */
export function beardAreas(s: FaceShape): (x: number, y: number, z: number, out: Float64Array) => void {
  const mouth = mouthY(s);
  return (x, y, z, out) => {
    const ax = Math.abs(x);
    const outer = clamp((ax - s.mouthWidth) / (6.6 - s.mouthWidth), 0, 1);
    const edge = mix(mouth + 0.5, -2.4, outer ** 1.6);
    const lips = lipMask(s, x, y, mouth);
    const below = smoothstep(edge + 0.35, edge - 0.8, y) * smoothstep(-9.6, -7.6, z);
    const neck = smoothstep(s.chinY - 2.6, s.chinY - 1.2, y);
    const middle = smoothstep(s.mouthWidth + 0.5, s.mouthWidth - 0.2, ax);
    out[0] = below * neck * (1 - lips) * (1 - middle * smoothstep(s.chinY + 2.2, mouth, y));
    out[1] =
      smoothstep(s.noseBase - 0.1, s.noseBase - 0.55, y) *
      smoothstep(mouth - 0.4, mouth + 0.2, y) *
      smoothstep(s.mouthWidth + 0.45, s.mouthWidth - 0.3, ax) *
      (1 - lips) *
      (0.75 + 0.25 * smoothstep(0.1, 0.4, ax));
    const strip =
      smoothstep(1.2, 0.5, ax) * smoothstep(mouth - s.lowerLip - 0.1, mouth - s.lowerLip - 0.5, y);
    const chin =
      smoothstep(s.mouthWidth + 0.4, s.mouthWidth - 0.5, ax) *
      smoothstep(mouth - s.lowerLip - 0.5, mouth - s.lowerLip - 1.3, y);
    const corners =
      smoothstep(0.5, 0.15, Math.abs(ax - s.mouthWidth - 0.15)) * smoothstep(mouth + 0.3, mouth - 0.4, y);
    out[2] = Math.max(strip * 0.8, chin, 0.8 * corners) * neck * (1 - lips) * smoothstep(-5, -2, z);
  };
}

/** 1 on the red of the lips, 0 outside, with a soft edge. */
export function lipMask(s: FaceShape, x: number, y: number, mouth: number): number {
  const u = x / s.mouthWidth;
  const q = 1 - u * u;
  if (q <= 0) return 0;
  const line = mouth + s.mouthCurve * u * u + s.mouthSkew * u;
  const au = Math.abs(u);
  const bow = 1 - s.cupid * Math.exp(-au * au * 55) + 0.1 * Math.exp(-((au - 0.24) ** 2) * 60);
  const top = line + s.upperLip * q ** 0.62 * bow;
  const bottom = line - s.lowerLip * q ** 0.66;
  return smoothstep(top + 0.07, top - 0.07, y) * smoothstep(bottom - 0.09, bottom + 0.07, y);
}
