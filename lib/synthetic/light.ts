import type { Rotation } from "./camera";
import type { Colour } from "./colouring";
import { clamp, sharpened } from "./curves";
import { VERTICES } from "./headGrid";
import type { Nuisance } from "./nuisance";
import { DIRECTIONS, spread } from "./visibility";

/** Light of one picture, in the camera's frame. */
export interface Light {
  /** Unit vector to the main light, and its colour times strength. */
  readonly key: readonly [number, number, number];
  readonly keyColour: Colour;
  /** Light from all around: from above, from below, and more from the side of the camera. */
  readonly sky: Colour;
  readonly ground: Colour;
}

/** The light of a picture whose camera measures, in part, on the skin before it. */
export function lightOf(n: Nuisance, skin: Colour): Light {
  const [yaw, pitch] = [n.lightYaw, n.lightPitch].map((degrees) => (degrees * Math.PI) / 180);
  const key = [Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)] as const;
  const grey = 0.3 * skin[0] + 0.6 * skin[1] + 0.1 * skin[2];
  const strength = 2 ** n.exposure * (0.36 / grey) ** 0.35;
  const k = kelvin(n.lightKelvin);
  const f = kelvin(n.fillKelvin);
  const main = 2.2 * n.lightShare * strength;
  const fill = (0.16 + 0.75 * (1 - n.lightShare)) * strength;
  return {
    key,
    keyColour: [main * k[0], main * k[1], main * k[2]],
    sky: [fill * f[0], fill * f[1], fill * f[2]],
    ground: [0.68 * fill * (f[0] + 0.06), 0.62 * fill * f[1], 0.56 * fill * f[2]],
  };
}

/** Colour of a black body after a camera balanced for 5,600 K; green is 1. A smooth fit by eye, good enough for skin. */
function kelvin(t: number): Colour {
  const x = Math.log(t / 5600);
  return [Math.exp(-0.42 * x), 1, Math.exp(0.58 * x)];
}

/** Light at each vertex of the head: surrounding light (3) and the share of the main light that arrives (1). */
export function lightVertices(
  normals: Float32Array,
  seen: Uint8Array,
  light: Light,
  head: Rotation,
): { readonly ambient: Float32Array; readonly keyShare: Float32Array } {
  const count = DIRECTIONS.length;
  const weights = DIRECTIONS.map((d) => {
    const wx = head[0] * d[0] + head[1] * d[1] + head[2] * d[2];
    const wy = head[3] * d[0] + head[4] * d[1] + head[5] * d[2];
    const wz = head[6] * d[0] + head[7] * d[1] + head[8] * d[2];
    const up = 0.5 + 0.5 * wy;
    const front = 0.75 + 0.35 * wz;
    const toKey = Math.max(0, wx * light.key[0] + wy * light.key[1] + wz * light.key[2]);
    return {
      radiance: light.sky.map((s, c) => (front * (up * s + (1 - up) * light.ground[c]) * 4) / count),
      // A lamp of some size: shadows have soft edges.
      lobe: sharpened(toKey, 4),
    };
  });
  const lobes = weights.reduce((sum, w) => sum + w.lobe, 1e-6);
  const ambient: Float32Array = new Float32Array(3 * VERTICES);
  const keyShare: Float32Array = new Float32Array(VERTICES);
  for (let v = 0; v < VERTICES; v++) {
    const [nx, ny, nz] = [normals[3 * v], normals[3 * v + 1], normals[3 * v + 2]];
    let red = 0;
    let green = 0;
    let blue = 0;
    let share = 0;
    for (let d = 0; d < count; d++) {
      const open = seen[v * count + d] / 255;
      if (open === 0) continue;
      const { radiance, lobe } = weights[d];
      share += lobe * open;
      const direction = DIRECTIONS[d];
      const facing = nx * direction[0] + ny * direction[1] + nz * direction[2];
      if (facing <= 0) continue;
      const arrives = facing * open;
      red += arrives * radiance[0];
      green += arrives * radiance[1];
      blue += arrives * radiance[2];
    }
    // Light that bounced between skin and skin keeps hollows from going black, and is red.
    ambient[3 * v] = red + 0.1 * light.sky[0];
    ambient[3 * v + 1] = green + 0.06 * light.sky[1];
    ambient[3 * v + 2] = blue + 0.05 * light.sky[2];
    keyShare[v] = clamp(share / lobes, 0, 1);
  }
  spread(ambient, 0, 3, 0.8);
  spread(ambient, 1, 3, 0.6);
  spread(ambient, 2, 3, 0.6);
  spread(keyShare, 0, 1, 0.8);
  return { ambient, keyShare };
}
