import { type Colour, hairColour, scaled } from "./colouring";
import { clamp, mix, sharpened, smoothstep } from "./curves";
import { noise } from "./noise";
import type { Part } from "./part";
import type { PartShader } from "./partShading";
import type { Scene } from "./shade";

/**
 * Hair reflects as a bundle of cylinders: brightest where the strand is square to the half-way direction (after Kajiya and Kay 1989),
 * here with one narrow white and one wide coloured highlight. Roots and inner layers lie in the shade of the others.
 */
export function hairShader(part: Part, normals: Float32Array, scene: Scene): PartShader {
  const { light, head } = scene;
  const { triangles } = part;
  const marks = part.marks!;
  const tangents = part.tangents!;
  const { colouring, hair } = scene.person.identity;
  const base = hairColour(colouring);
  const grey: Colour = scaled([0.45, 0.44, 0.43], 1);
  const [lx, ly, lz] = light.key;
  // To the head's frame, where the tangents are.
  const key = [
    head[0] * lx + head[3] * ly + head[6] * lz,
    head[1] * lx + head[4] * ly + head[7] * lz,
    head[2] * lx + head[5] * ly + head[8] * lz,
  ];
  const half = [key[0] + head[6], key[1] + head[7], key[2] + head[8]];
  const length = Math.hypot(half[0], half[1], half[2]) + 1e-6;
  const thickness = Math.max(0.2, hair.volume);
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
    const across = wa * marks[a4] + wb * marks[b4] + wc * marks[c4];
    const along = wa * marks[a4 + 1] + wb * marks[b4 + 1] + wc * marks[c4 + 1];
    const brightness = wa * marks[a4 + 2] + wb * marks[b4 + 2] + wc * marks[c4 + 2];
    const layer = wa * marks[a4 + 3] + wb * marks[b4 + 3] + wc * marks[c4 + 3];
    const [nx, ny, nz] = [
      wa * normals[a3] + wb * normals[b3] + wc * normals[c3],
      wa * normals[a3 + 1] + wb * normals[b3 + 1] + wc * normals[c3 + 1],
      wa * normals[a3 + 2] + wb * normals[b3 + 2] + wc * normals[c3 + 2],
    ];
    const scale = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
    const toKey = (nx * lx + ny * ly + nz * lz) * scale;
    const [tx, ty, tz] = [
      wa * tangents[a3] + wb * tangents[b3] + wc * tangents[c3],
      wa * tangents[a3 + 1] + wb * tangents[b3 + 1] + wc * tangents[c3 + 1],
      wa * tangents[a3 + 2] + wb * tangents[b3 + 2] + wc * tangents[c3 + 2],
    ];
    const th = (tx * half[0] + ty * half[1] + tz * half[2]) / length;
    const sine = 1 - clamp(th * th, 0, 1);
    const strand = noise(across * 9, along * 2, 11);
    const open =
      mix(0.35, 1, clamp(0.35 + 0.65 * (layer / thickness), 0, 1)) * mix(0.55, 1, smoothstep(0, 0.5, along));
    const tone = brightness * (0.55 + 0.8 * strand);
    const lit = clamp((toKey + 0.25) / 1.25, 0, 1);
    const shine = sharpened(sine, 4) * sharpened(sine, 3) * lit * open * (0.4 + strand);
    const sheen = sharpened(sine, 2) * sine * sine * lit * open;
    const isGrey = noise(Math.floor(across) * 3.7, 2, 5) < colouring.grey ? 0.5 : 0;
    const up = 0.5 + 0.5 * ny * scale;
    for (let k = 0; k < 3; k++) {
      const own = mix(base[k], grey[k], isGrey) * tone;
      const around = (up * light.sky[k] + (1 - up) * light.ground[k]) * open * 0.8;
      texel[k] =
        own * (light.keyColour[k] * lit * (0.35 + 0.65 * open) + around) +
        light.keyColour[k] * (0.035 * shine + 0.5 * own * sheen);
    }
  };
}
