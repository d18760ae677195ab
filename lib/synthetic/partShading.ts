import { clothingOf } from "./clothing";
import type { Colour } from "./colouring";
import { clamp, sharpened, smoothstep } from "./curves";
import { hairShader } from "./hairShading";
import { noise } from "./noise";
import type { Part } from "./part";
import type { Target } from "./rasterise";
import type { Scene } from "./shade";

export type PartShader = (target: Target, o: number, texel: Float64Array) => void;

/** A point of a part: place in its own frame, normal in the camera's, and its marks. */
export interface PartPoint {
  x: number;
  y: number;
  z: number;
  readonly marks: Float64Array;
}

/** Colour (linear), share of light and gloss of a point, into `out`: red, green, blue, openness, gloss. */
type Paint = (point: PartPoint, out: Float64Array) => void;

export function paintPart(part: Part, normals: Float32Array, scene: Scene): PartShader {
  if (part.material === "hair") return hairShader(part, normals, scene);
  const { light } = scene;
  const [lx, ly, lz] = light.key;
  const { positions, triangles, marks } = part;
  const paint = painterOf(part, scene);
  const point: PartPoint = { x: 0, y: 0, z: 0, marks: new Float64Array(4) };
  const out = new Float64Array(5);
  const length = Math.hypot(lx, ly, lz + 1);
  return (target, o, texel) => {
    const t = target.triangle[o];
    const wa = target.first[o];
    const wb = target.second[o];
    const wc = 1 - wa - wb;
    const a = triangles[t];
    const b = triangles[t + 1];
    const c = triangles[t + 2];
    const [a3, b3, c3] = [3 * a, 3 * b, 3 * c];
    const [a4, b4, c4] = [4 * a, 4 * b, 4 * c];
    point.x = wa * positions[a3] + wb * positions[b3] + wc * positions[c3];
    point.y = wa * positions[a3 + 1] + wb * positions[b3 + 1] + wc * positions[c3 + 1];
    point.z = wa * positions[a3 + 2] + wb * positions[b3 + 2] + wc * positions[c3 + 2];
    if (marks)
      for (let k = 0; k < 4; k++)
        point.marks[k] = wa * marks[a4 + k] + wb * marks[b4 + k] + wc * marks[c4 + k];
    paint(point, out);
    let [nx, ny, nz] = [
      wa * normals[a3] + wb * normals[b3] + wc * normals[c3],
      wa * normals[a3 + 1] + wb * normals[b3 + 1] + wc * normals[c3 + 1],
      wa * normals[a3 + 2] + wb * normals[b3 + 2] + wc * normals[c3 + 2],
    ];
    const scale = (nz < 0 && part.twoSided ? -1 : 1) / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
    nx *= scale;
    ny *= scale;
    nz *= scale;
    const toKey = nx * lx + ny * ly + nz * lz;
    const nh = Math.max(0, (nx * lx + ny * ly + nz * (lz + 1)) / length);
    const open = out[3];
    const gloss = out[4] * (0.3 * sharpened(nh, 3) + 0.5 * sharpened(nh, 6)) * open;
    const up = 0.5 + 0.5 * ny;
    for (let k = 0; k < 3; k++) {
      const direct = clamp((toKey + 0.12) / 1.12, 0, 1) * open * open;
      const around = (up * light.sky[k] + (1 - up) * light.ground[k]) * open * (0.75 + 0.3 * nz);
      texel[k] = out[k] * (light.keyColour[k] * direct + around) + gloss * light.keyColour[k] * 0.5;
    }
  };
}

function painterOf(part: Part, scene: Scene): Paint {
  const { identity } = scene.person;
  const skin = identity.colouring.skin;
  switch (part.material) {
    case "ear":
      return (point, out) => {
        set(out, [skin[0] * 0.98, skin[1] * 0.84, skin[2] * 0.82], point.marks[0], 0.25);
      };
    case "torso": {
      return clothingOf(identity, scene.clothes);
    }
    case "hand":
      return (point, out) => {
        const tone = 0.92 + 0.16 * noise(point.x, point.y, point.z);
        set(out, [skin[0] * tone, skin[1] * 0.93 * tone, skin[2] * 0.92 * tone], point.marks[0], 0.2);
      };
    default:
      return (point, out) => {
        set(
          out,
          [point.marks[0], point.marks[1], point.marks[2]],
          0.85 + 0.15 * smoothstep(-3, 3, point.y),
          point.marks[3],
        );
      };
  }
}

export function set(out: Float64Array, colour: Colour, open: number, gloss: number): void {
  out[0] = colour[0];
  out[1] = colour[1];
  out[2] = colour[2];
  out[3] = open;
  out[4] = gloss;
}
