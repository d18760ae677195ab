import type { Random } from "../core/random";
import type { Colour } from "./colouring";
import { mix, smoothstep } from "./curves";
import type { FaceShape } from "./faceShape";
import { plainMarks } from "./occluders";
import type { Part } from "./part";
import { tube } from "./tube";

/** Two rims, a bridge and two arms; sunglasses have dark lenses. Form, thickness and colour are drawn. */
export function glassesParts(s: FaceShape, random: Random, dark: boolean): Part[] {
  const width = 2.15 + 0.45 * random.next() + (dark ? 0.25 : 0);
  const height = 1.25 + 0.75 * random.next() + (dark ? 0.2 : 0);
  const squareness = 0.45 + 0.55 * random.next();
  const thickness = 0.07 + 0.13 * random.next();
  const u = random.next();
  const colour: Colour =
    u < 0.5
      ? [0.015, 0.013, 0.012]
      : u < 0.7
        ? [0.12, 0.06, 0.03]
        : u < 0.9
          ? [0.42, 0.4, 0.38]
          : [0.3, 0.05, 0.06];
  const depth = Math.max(1.6, s.noseRoot + 0.9);
  const middle = Math.max(s.eyeX + 0.05, width + 0.65);
  const bow = (x: number): number => depth - 0.04 * x * x;
  const painted = (part: Part): Part => ({
    ...part,
    marks: plainMarks(part.positions.length / 3, colour, 0.5),
  });
  const parts: Part[] = [];
  for (const side of [-1, 1]) {
    const rim = Array.from({ length: 26 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 26;
      const [c, n] = [Math.cos(angle), Math.sin(angle)];
      const x = side * middle + width * Math.sign(c) * Math.abs(c) ** squareness;
      return [x, -0.15 + height * Math.sign(n) * Math.abs(n) ** squareness, bow(x)];
    });
    parts.push(painted(tube(rim, () => thickness, true)));
    if (dark) parts.push(lens(rim, colour));
    const outer = side * (middle + width);
    const ear = side * (s.cheekWidth + 0.35);
    const arm = Array.from({ length: 8 }, (_, i) => {
      const t = i / 7;
      return [mix(outer, ear, smoothstep(0, 0.3, t)), 0.35, mix(bow(outer), -8.6, t)];
    });
    parts.push(painted(tube(arm, () => thickness)));
  }
  const gap = middle - width;
  const bridge = Array.from({ length: 7 }, (_, i) => {
    const x = gap * ((i / 6) * 2 - 1);
    return [x, 0.3 + 0.25 * (1 - (x / gap) ** 2), bow(x) + 0.1];
  });
  parts.push(painted(tube(bridge, () => thickness)));
  return parts;
}

/** A fan over a rim, almost black and glossy. */
function lens(rim: readonly (readonly number[])[], colour: Colour): Part {
  const count = rim.length;
  const middle = [0, 1, 2].map((k) => rim.reduce((sum, p) => sum + p[k], 0) / count);
  middle[2] += 0.12;
  const positions = Float32Array.from([...rim.flat(), ...middle]);
  const normals = new Float32Array(positions.length);
  for (let v = 0; v <= count; v++) {
    const bulge = v === count ? 0 : 0.25;
    normals.set(
      [bulge * (positions[3 * v] - middle[0]), bulge * (positions[3 * v + 1] - middle[1]), 1],
      3 * v,
    );
  }
  const triangles = Uint32Array.from(
    Array.from({ length: count }, (_, i) => [i, (i + 1) % count, count]).flat(),
  );
  const tint: Colour = [0.012 + 0.15 * colour[0], 0.012 + 0.1 * colour[1], 0.012 + 0.1 * colour[2]];
  return {
    material: "frame",
    positions,
    normals,
    triangles,
    twoSided: true,
    marks: plainMarks(count + 1, tint, 0.7),
  };
}
