import type { Camera, Rotation } from "./camera";
import { clamp, mix, sharpened, smoothstep } from "./curves";
import { type EyePlace, type EyeScene, paintEye } from "./eyeShading";
import { COLUMNS, SEAM_ROW, TRIANGLES } from "./headGrid";
import type { Light } from "./light";
import { paintMouth } from "./mouthShading";
import type { Part } from "./part";
import { paintPart } from "./partShading";
import type { Person } from "./person";
import type { Target } from "./rasterise";
import { sampleSkin } from "./skinTexture";

/** Everything that shading one picture needs. Part 0 of the target is the head, part k + 1 is `parts[k]`. */
export interface Scene {
  readonly person: Person;
  readonly camera: Camera;
  readonly light: Light;
  readonly eyes: EyeScene;
  readonly head: Rotation;
  /** Seed of the clothes. */
  readonly clothes: number;
  /** The head with its expression (head's frame), and placed with its normals (camera's frame). */
  readonly moved: Float32Array;
  readonly normals: Float32Array;
  readonly ambient: Float32Array;
  readonly keyShare: Float32Array;
  readonly parts: readonly Part[];
  /** Normals of the parts in the camera's frame. */
  readonly partNormals: readonly Float32Array[];
}

/** Colours (linear) of all pixels on which something was drawn; the others keep what `picture` holds, the background. */
export function shade(scene: Scene, target: Target, picture: Float32Array): void {
  const { size, part } = target;
  const texel = new Float64Array(4);
  const parts = scene.parts.map((p, k) => paintPart(p, scene.partNormals[k], scene));
  const skin = skinShader(scene);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const o = y * size + x;
      const which = part[o];
      if (which === 255) continue;
      if (which === 0) skin(target, o, x, y, texel);
      else parts[which - 1](target, o, texel);
      picture[3 * o] = texel[0];
      picture[3 * o + 1] = texel[1];
      picture[3 * o + 2] = texel[2];
    }
  }
}

/** Skin: texture, light that wraps round the edge more for red than for blue (it travels under the skin), and two widths of gloss. */
function skinShader(
  scene: Scene,
): (target: Target, o: number, x: number, y: number, texel: Float64Array) => void {
  const { person, light, eyes, moved, normals, ambient, keyShare } = scene;
  const { shape } = person.identity;
  const [lx, ly, lz] = light.key;
  const length = Math.hypot(lx, ly, lz + 1);
  const half = [lx / length, ly / length, (lz + 1) / length];
  const place: EyePlace = { side: 0, u: 0, y: 0 };
  const rest = person.positions;
  return (target, o, px, py, texel) => {
    const t = target.triangle[o];
    const wa = target.first[o];
    const wb = target.second[o];
    const wc = 1 - wa - wb;
    const a = TRIANGLES[t];
    const b = TRIANGLES[t + 1];
    const c = TRIANGLES[t + 2];
    const quad = Math.floor(t / 6);
    const row = Math.floor(quad / COLUMNS);
    const column = quad % COLUMNS;
    const lower = t % 6 === 3;
    const across = lower ? wa + wc : wc;
    const down = lower ? wb + wc : wb;
    const [a3, b3, c3] = [3 * a, 3 * b, 3 * c];
    let glint = -1;
    let inMouth = false;
    sampleSkin(person.skin, column + across, row + down, texel);
    const x = wa * rest[a3] + wb * rest[b3] + wc * rest[c3];
    const y = wa * rest[a3 + 1] + wb * rest[b3 + 1] + wc * rest[c3 + 1];
    const front = wa * rest[a3 + 2] + wb * rest[b3 + 2] + wc * rest[c3 + 2] > -4;
    if (front && y > -1.3 && y < 1.9 && Math.abs(x) > 0.9 && Math.abs(x) < 6) {
      place.side = x < 0 ? 0 : 1;
      place.u = (Math.abs(x) - shape.eyeX) / shape.eyeWidth;
      place.y = y - (x < 0 ? -1 : 1) * shape.eyeSkew;
      if (Math.abs(place.u) < 1.5) glint = paintEye(eyes, place, px, py, texel);
    } else if (row === SEAM_ROW && front) {
      const up = 3 * (SEAM_ROW * COLUMNS + column) + 1;
      const gap = moved[up] - moved[up + 3 * COLUMNS];
      inMouth = paintMouth(shape, x, down * gap, gap, texel);
    }
    const nx = wa * normals[a3] + wb * normals[b3] + wc * normals[c3];
    const ny = wa * normals[a3 + 1] + wb * normals[b3 + 1] + wc * normals[c3 + 1];
    const nz = wa * normals[a3 + 2] + wb * normals[b3 + 2] + wc * normals[c3 + 2];
    const scale = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
    const toKey = (nx * lx + ny * ly + nz * lz) * scale;
    const share = (wa * keyShare[a] + wb * keyShare[b] + wc * keyShare[c]) * (inMouth ? 0.5 : 1);
    const facing = Math.max(0, nz * scale);
    const wet = glint >= 0;
    let gloss = 0;
    if (!wet && !inMouth) {
      const nh = Math.max(0, (nx * half[0] + ny * half[1] + nz * half[2]) * scale);
      const rim = 0.55 + 1.6 * sharpened(1 - facing, 2);
      gloss =
        texel[3] *
        rim *
        (0.42 * sharpened(nh, 3) * nh * nh + 0.4 * sharpened(nh, 5)) *
        share *
        smoothstep(-0.1, 0.3, toKey);
    } else if (wet) gloss = 2.2 * glint * (0.35 + 0.65 * share);
    const edge = 0.05 * texel[3] * sharpened(1 - facing, 2);
    for (let k = 0; k < 3; k++) {
      const wrap = wet ? 0.4 : k === 0 ? 0.28 : k === 1 ? 0.14 : 0.1;
      const direct = clamp((toKey + wrap) / (1 + wrap), 0, 1) * mix(share, 1, k === 0 ? 0.06 : 0.02);
      const around = wa * ambient[a3 + k] + wb * ambient[b3 + k] + wc * ambient[c3 + k];
      texel[k] =
        texel[k] * (light.keyColour[k] * direct + around) + gloss * light.keyColour[k] * 0.5 + edge * around;
      if (wet) texel[k] += 0.12 * glint * light.sky[k];
    }
  };
}
