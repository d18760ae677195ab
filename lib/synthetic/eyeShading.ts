import type { Camera } from "./camera";
import { PIVOT } from "./camera";
import { clamp, mix, ridge, smoothstep } from "./curves";
import { EYE_RADIUS, IRIS_RADIUS, lowerLid, upperLid } from "./eyes";
import type { Identity } from "./identity";
import { noise } from "./noise";

/** What the eyes of one picture need to know; positions and directions in the camera's frame. */
export interface EyeScene {
  readonly identity: Identity;
  readonly camera: Camera;
  /** Centres of the eyeballs, image left first, and unit gaze. */
  readonly centres: readonly (readonly number[])[];
  readonly gaze: readonly number[];
  readonly key: readonly [number, number, number];
  readonly lids: number;
}

/** A point of the eye region at rest: `side` 0 image left, 1 right; u and v across and up from the eye's centre. */
export type EyePlace = { side: number; u: number; y: number };

/**
 * Paints the eye region of one pixel into `texel` (red, green, blue, gloss): lashes, crease and lid edge on the skin, and where the lids
 * are open the eyeball itself. The eyeball is a true sphere that the line of sight is intersected with, so iris and pupil turn and
 * foreshorten as they should. Returns the strength of the light's reflection in the eye, or −1 on skin.
 */
export function paintEye(scene: EyeScene, at: EyePlace, px: number, py: number, texel: Float64Array): number {
  const { identity, lids } = scene;
  const s = identity.shape;
  const { u, y } = at;
  const au = Math.abs(u);
  const inside = clamp(u, -1, 1);
  const up = upperLid(s, inside, lids);
  const low = Math.min(up - 0.01, lowerLid(s, inside, lids));
  if (au < 1 && y < up && y > low) return eyeball(scene, at, px, py, up - y, y - low, texel);
  skinAround(identity, u, y, up, low, lids, texel);
  return -1;
}

function skinAround(
  { shape: s, skin, factors, colouring }: Identity,
  u: number,
  y: number,
  up: number,
  low: number,
  lids: number,
  texel: Float64Array,
): void {
  const au = Math.abs(u);
  const darken = (k: number): void => {
    texel[0] *= 1 - 0.88 * k;
    texel[1] *= 1 - 0.95 * k;
    texel[2] *= 1 - 0.94 * k;
  };
  const ends = smoothstep(1.16, 0.96, au);
  const feminine = clamp(0.35 - 0.3 * factors.sex, 0, 0.7);
  const lash = 0.07 + 0.035 * feminine + 0.05 * skin.makeUp;
  const above = y - up;
  if (above > -0.05) {
    const outer = 0.65 + 0.35 * smoothstep(-0.9, 0.4, u);
    darken((0.72 + 0.22 * feminine) * ends * outer * smoothstep(lash + 0.09, lash * 0.5, above));
    const crease = s.crease * (1 - 0.22 * u * u) + 0.1 * (1 - lids);
    const wide = smoothstep(1.35, 0.9, au);
    darken(0.5 * wide * clamp(lids, 0.3, 1) * ridge(above - crease, 0.075));
    if (above < crease) darken(0.16 * wide);
  }
  const below = low - y;
  if (below > -0.03 && below < 0.5) {
    darken(
      (0.2 + 0.2 * feminine + 0.25 * skin.makeUp) * ends * ridge(below - 0.07, 0.06) * smoothstep(-1, 0.2, u),
    );
    // The wet edge of the lower lid.
    const rim = ends * smoothstep(0.07, 0, Math.abs(below - 0.01)) * (1 - 0.6 * colouring.melanin);
    texel[0] = mix(texel[0], 0.58, 0.35 * rim);
    texel[1] = mix(texel[1], 0.33, 0.35 * rim);
    texel[2] = mix(texel[2], 0.29, 0.35 * rim);
  }
}

function eyeball(
  { identity, camera, centres, gaze, key }: EyeScene,
  { side, u }: EyePlace,
  px: number,
  py: number,
  fromUp: number,
  fromLow: number,
  texel: Float64Array,
): number {
  const c = centres[side];
  const n = intersect(camera, c, px, py);
  const [gx, gy, gz] = gaze;
  const cosine = clamp(n[0] * gx + n[1] * gy + n[2] * gz, -1, 1);
  const r = EYE_RADIUS * Math.acos(cosine);
  const { iris, melanin } = identity.colouring;
  // White of the eye: off-white, redder to the corners, dim under the upper lid and towards the corners.
  const shade =
    (0.38 + 0.62 * smoothstep(-0.05, 0.4, fromUp)) *
    (0.7 + 0.3 * smoothstep(0, 0.16, fromLow)) *
    smoothstep(1.18, 0.45, Math.abs(u));
  const red = smoothstep(0.35, 1, Math.abs(u)) * 0.14 + 0.05 * melanin;
  let [cr, cg, cb] = [0.4, 0.36 * (1 - red), 0.335 * (1 - 1.2 * red)];
  if (u < -0.8) {
    const caruncle = smoothstep(-0.8, -0.95, u);
    cr = mix(cr, 0.5, caruncle);
    cg = mix(cg, 0.25, caruncle);
    cb = mix(cb, 0.22, caruncle);
  }
  const inIris = smoothstep(IRIS_RADIUS + 0.035, IRIS_RADIUS - 0.045, r);
  if (inIris > 0) {
    const angle = Math.atan2(n[1] - gy, n[0] - gx);
    const fibre =
      0.7 + 0.6 * noise(8 + 4 * Math.cos(angle), 8 + 4 * Math.sin(angle), identity.skin.place + 2.5 * r);
    const limbus = 1 - 0.62 * smoothstep(IRIS_RADIUS * 0.68, IRIS_RADIUS, r);
    const pupil = smoothstep(0.25, 0.2, r);
    const tone = fibre * limbus * (1 - 0.97 * pupil);
    cr = mix(cr, iris[0] * tone, inIris);
    cg = mix(cg, iris[1] * tone, inIris);
    cb = mix(cb, iris[2] * tone, inIris);
  }
  texel[0] = cr * shade;
  texel[1] = cg * shade;
  texel[2] = cb * shade;
  // Reflection of the lamp in the cornea, which bulges: its normal turns faster than the eyeball's.
  const bulge = inIris > 0 ? 1.7 : 1;
  const [ex, ey, ez] = [gx + bulge * (n[0] - gx), gy + bulge * (n[1] - gy), gz + bulge * (n[2] - gz)];
  const [hx, hy, hz] = [0.62 * key[0], 0.62 * key[1], 0.62 * key[2] + 1];
  const glint = (ex * hx + ey * hy + ez * hz) / (Math.hypot(ex, ey, ez) * Math.hypot(hx, hy, hz));
  return smoothstep(0.982, 0.994, glint) * smoothstep(0.02, 0.12, fromUp);
}

/** Unit normal where the line of sight through a pixel meets the sphere; its nearest point when it passes by. */
function intersect(camera: Camera, c: readonly number[], px: number, py: number): [number, number, number] {
  const k = 1 / (camera.scale * camera.distance);
  const [dx, dy, dz] = [(px - camera.centreX) * k, -(py - camera.centreY) * k, -1];
  const [ox, oy, oz] = [-c[0], PIVOT.y - c[1], camera.distance - c[2]];
  const a = dx * dx + dy * dy + dz * dz;
  const b = ox * dx + oy * dy + oz * dz;
  const inside = b * b - a * (ox * ox + oy * oy + oz * oz - EYE_RADIUS * EYE_RADIUS);
  const t = (-b - Math.sqrt(Math.max(0, inside))) / a;
  const [x, y, z] = [ox + t * dx, oy + t * dy, oz + t * dz];
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
