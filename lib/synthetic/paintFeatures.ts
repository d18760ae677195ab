import { mixed, scaled } from "./colouring";
import { bell, clamp, mix, ridge, smoothstep } from "./curves";
import { upperLid } from "./eyes";
import { mouthY } from "./faceShape";
import { lipMask } from "./hairline";
import type { Identity } from "./identity";
import { noise } from "./noise";
import { type Painter, stain } from "./skinTexture";

/** Lips, nostrils, brows and the colour of the lids. */
export function featurePainter(identity: Identity): Painter {
  const { shape: s, colouring, skin } = identity;
  const mouth = mouthY(s);
  const rouge = mixed(
    colouring.lips,
    scaled([0.42, 0.07, 0.08], 1 - 0.5 * colouring.melanin),
    0.7 * skin.makeUp,
  );
  const strength = clamp(colouring.lipContrast + 0.4 * skin.makeUp, 0, 1);
  return (x, y, z, texel) => {
    if (z < -5) return;
    const ax = Math.abs(x);
    if (ax < s.mouthWidth * 1.25 && Math.abs(y - mouth) < 1.9) lips(x, y, texel);
    if (ax < 3 && y < s.noseBase + 1.4 && y > s.noseBase - 0.7) nostrils(x, y, texel);
    if (y > 0 && ax < 7) {
      brows(x, y, ax, texel);
      lids(ax, y, texel);
    }
  };

  function lips(x: number, y: number, texel: Float64Array): void {
    const u = x / s.mouthWidth;
    const line = mouth + s.mouthCurve * u * u + s.mouthSkew * u;
    const k = lipMask(s, x, y, mouth) * (0.35 + 0.65 * strength);
    const grain = (y > line ? 0.8 : 1.04) * (0.86 + 0.28 * noise(x * 7, y * 0.9, skin.place));
    for (let c = 0; c < 3; c++) texel[c] = mix(texel[c], rouge[c] * grain, k);
    texel[3] = mix(texel[3], 0.5 + 0.3 * skin.makeUp, k);
    const shut = ridge(y - line, 0.075) * smoothstep(1.12, 0.95, Math.abs(u));
    stain(texel, 0.72 * shut, 0.8, 0.95, 0.93);
    const corner = bell(Math.abs(x) - s.mouthWidth - 0.04, y - line, 0.2, 0.16);
    stain(texel, 0.6 * corner, 0.75, 1, 1);
    const bottom = line - s.lowerLip * Math.max(0, 1 - u * u) ** 0.66;
    stain(texel, 0.16 * ridge(y - bottom + 0.25, 0.22) * Math.max(0, 1 - u * u), 0.7, 1, 1);
  }

  function nostrils(x: number, y: number, texel: Float64Array): void {
    const nx = Math.abs(x - s.noseSkew * clamp((1 - y) / 5, 0, 1));
    const dx = (nx - 0.43 * s.noseWidth) / (0.2 * s.noseWidth);
    const dy = (y - s.noseBase - 0.14 - 0.1 * dx) / 0.14;
    stain(texel, 0.88 * smoothstep(1.5, 0.5, dx * dx + dy * dy), 0.93, 0.98, 0.98);
    stain(texel, 0.32 * bell(nx - s.noseWidth - 0.04, y - s.noseBase - 0.5, 0.1, 0.42), 0.75, 1, 1);
    stain(texel, 0.08 * bell(nx, y - s.noseBase + 0.05, 0.8 * s.noseWidth, 0.16), 0.75, 1, 1);
  }

  function brows(x: number, y: number, ax: number, texel: Float64Array): void {
    const u = (ax - s.browInner) / s.browLength;
    if (u < -0.12 || u > 1.12) return;
    const skew = (x > 0 ? 1 : -1) * s.browSkew;
    const arch = 1 - ((u - 0.6) / (u < 0.6 ? 0.6 : 0.45)) ** 2;
    const centre = s.browY - 0.15 + skew + s.browTilt * u + s.browArch * 0.8 * Math.max(-0.6, arch);
    const half = s.browThick * (u < 0.25 ? mix(0.72, 1, 4 * Math.max(0, u)) : mix(1, 0.3, (u - 0.25) / 0.75));
    const d = Math.abs(y - centre) / half;
    // Hairs lean outwards: stripes along a slanted direction.
    const lean = mix(1.6, 0.35, clamp(u, 0, 1));
    const stroke = noise((ax - (y - centre) / lean) * 7.5 + skin.place, (y - centre) * 1.6, x > 0 ? 3 : 8);
    const edge = smoothstep(1.35, 0.45, d + 0.5 * (stroke - 0.5));
    const ends = smoothstep(-0.1, 0.1, u) * smoothstep(1.08, 0.82, u);
    const density = clamp(0.58 + 0.9 * s.browThick, 0, 0.95);
    const k = clamp(edge * ends * density * (0.55 + 0.8 * stroke), 0, 0.94);
    for (let c = 0; c < 3; c++) texel[c] = mix(texel[c], colouring.brows[c], k);
    texel[3] *= 1 - 0.8 * k;
  }

  function lids(ax: number, y: number, texel: Float64Array): void {
    const u = (ax - s.eyeX) / s.eyeWidth;
    if (Math.abs(u) > 1.5 || skin.makeUp === 0) return;
    const above = y - upperLid(s, clamp(u, -1, 1), 1);
    const shadow =
      skin.makeUp * smoothstep(s.crease + 0.5, s.crease - 0.1, above) * smoothstep(1.5, 0.8, Math.abs(u));
    stain(texel, 0.35 * shadow, 0.8, 0.9, 0.75);
  }
}
