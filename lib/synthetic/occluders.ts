import { createRandom, type Random } from "../core/random";
import { clothColour } from "./clothing";
import type { Colour } from "./colouring";
import { clamp, mix, smoothstep } from "./curves";
import { glassesParts } from "./glasses";
import { hangingLocks } from "./hairCards";
import { COLUMNS, gridNormals, gridTriangles, HEAD_ROWS, JAW_ROWS, TRIANGLES } from "./headGrid";
import type { Nuisance } from "./nuisance";
import type { Part } from "./part";
import type { Person } from "./person";
import { tube } from "./tube";

/** The things that hide a part of the face in one picture. `moved` is the head with its expression. */
export function occluderParts(person: Person, n: Nuisance, moved: Float32Array): Part[] {
  const random = createRandom(n.occluder).fork("occluder");
  switch (n.occlusion) {
    case "none":
      return [];
    case "glasses":
      return glassesParts(person.identity.shape, random, false);
    case "sunglasses":
      return glassesParts(person.identity.shape, random, true);
    case "mask":
      return [maskPart(person, moved, random)];
    case "hand":
      return handParts(person, random);
    case "hair":
      return [hangingLocks(person.identity, person.positions, random)];
    case "cap":
      return capParts(person, random);
  }
}

/** A surface of one colour: marks are red, green, blue and gloss at every vertex. */
export function plainMarks(vertices: number, colour: Colour, gloss: number): Float32Array {
  const marks = new Float32Array(4 * vertices);
  for (let v = 0; v < vertices; v++) marks.set([...colour, gloss], 4 * v);
  return marks;
}

/** A cloth from the bridge of the nose to under the chin: the grid of the face, smoothed and held off the skin. */
function maskPart({ identity, positions: rest }: Person, moved: Float32Array, random: Random): Part {
  const { shape: s } = identity;
  const top = -1.4 - 0.9 * random.next();
  const u = random.next();
  const colour: Colour =
    u < 0.35 ? [0.5, 0.66, 0.75] : u < 0.6 ? [0.75, 0.75, 0.74] : clothColour(random, false);
  const positions = moved.slice(0, 3 * (HEAD_ROWS.length + JAW_ROWS) * COLUMNS);
  const rows = HEAD_ROWS.length + JAW_ROWS;
  const first = HEAD_ROWS.findIndex((y) => y < -0.8);
  for (let pass = 0; pass < 14; pass++) smoothRows(positions, first, rows - 3);
  const triangles: number[] = [];
  for (let v = 0; v < rows * COLUMNS; v++) {
    const [x, y] = rest.subarray(3 * v, 3 * v + 3);
    const out = 0.5 + 0.25 * smoothstep(3, 0, Math.abs(x));
    positions[3 * v + 2] = Math.max(positions[3 * v + 2], moved[3 * v + 2]) + out;
    positions[3 * v] *= 1.02;
    if (y < s.chinY - 0.2) positions[3 * v + 1] -= 0.3;
  }
  for (let t = 0; t < TRIANGLES.length; t += 3) {
    const [a, b, c] = TRIANGLES.subarray(t, t + 3);
    if (Math.max(a, b, c) >= (rows - 3) * COLUMNS) continue;
    const inside = [a, b, c].every((v) => {
      const [x, y, z] = rest.subarray(3 * v, 3 * v + 3);
      return z > -4.2 && y < top + 0.05 * x * x * -1 && Math.abs(x) < 5.9;
    });
    if (inside) triangles.push(a, b, c);
  }
  return {
    material: "cloth",
    positions,
    normals: gridNormals(positions, COLUMNS, rows, true),
    triangles: Uint32Array.from(triangles),
    twoSided: true,
    marks: plainMarks(rows * COLUMNS, colour, 0.03),
  };
}

function smoothRows(positions: Float32Array, from: number, to: number): void {
  for (let j = from; j < to; j++) {
    for (let i = 1; i < COLUMNS - 1; i++) {
      const o = 3 * (j * COLUMNS + i) + 2;
      const around =
        positions[o - 3] + positions[o + 3] + positions[o - 3 * COLUMNS] + positions[o + 3 * COLUMNS];
      // Cloth spans hollows but does not sink into what stands out.
      positions[o] = Math.max(positions[o], mix(positions[o], around / 4, 0.9));
    }
  }
}

/** Four fingers and the back of a hand that comes up from below, on the mouth or on one cheek. */
function handParts({ identity }: Person, random: Random): Part[] {
  const s = identity.shape;
  const side = random.next() < 0.5 ? -1 : 1;
  const cheek = random.next() < 0.6;
  const [x0, y0] = cheek ? [side * 4.2, s.noseBase - 2.2] : [side * 1, s.noseBase - 2.6];
  const z0 = cheek ? 0.4 : 2.6;
  const lean = -side * (0.15 + 0.35 * random.next());
  const parts: Part[] = [];
  const marks = (part: Part): Part => ({
    ...part,
    material: "hand",
    marks: plainMarks(part.positions.length / 3, [0.92, 0, 0], 0),
  });
  for (let f = 0; f < 4; f++) {
    const spreadX = (f - 1.5) * 1.75;
    const tipY = y0 + 3.2 - 0.45 * Math.abs(f - 1.2);
    const points = Array.from({ length: 8 }, (_, i) => {
      const t = i / 7;
      return [
        x0 + spreadX * (0.8 + 0.25 * t) + lean * (tipY - y0) * t,
        mix(y0 - 4, tipY, t),
        z0 + 0.7 - 0.8 * t * t - 0.05 * spreadX * spreadX * (cheek ? 1 : 1.4),
      ];
    });
    parts.push(marks(tube(points, (t) => 0.82 * Math.sqrt(clamp((1 - t) * 7, 0.02, 1)))));
  }
  const palm = Array.from({ length: 8 }, (_, i) => [
    x0 - lean * 2 * (i / 7),
    y0 - 3.2 - 1.5 * i,
    z0 + 0.2 - 0.35 * i,
  ]);
  parts.push(marks(tube(palm, (t) => 3.3 - 1.1 * t)));
  return parts;
}

/** Hair above this height (cm) is under the cap. */
export const CAP_EDGE = 4.6;

/** A cap: a dome over the skull and a peak over the brow. */
function capParts({ identity }: Person, random: Random): Part[] {
  const { shape: s, hair } = identity;
  const colour = clothColour(random, random.next() < 0.7);
  const [columns, rows] = [36, 12];
  const middle = (0.55 + s.skullBack) / 2;
  const room = 0.7 + 0.35 * Math.min(1, hair.volume);
  const low = 4.1 + 0.8 * random.next();
  const dome = new Float32Array(3 * columns * rows);
  for (let j = 0; j < rows; j++) {
    const t = j / (rows - 1);
    const rise = Math.cos((t * Math.PI) / 2);
    const wide = Math.sin((t * Math.PI) / 2) ** 0.8;
    for (let i = 0; i < columns; i++) {
      const angle = (2 * Math.PI * i) / columns - Math.PI;
      const o = 3 * (j * columns + i);
      dome[o] = (s.skullWidth + room) * wide * Math.sin(angle);
      dome[o + 1] = low - 1.2 * (1 - Math.cos(angle)) * t + (s.crown + 0.6 * room - low) * rise ** 0.8;
      dome[o + 2] = middle + (0.55 - middle + room + 0.3) * wide * Math.cos(angle);
    }
  }
  const peak = new Float32Array(3 * 20 * 6);
  for (let j = 0; j < 6; j++) {
    for (let i = 0; i < 20; i++) {
      const angle = ((i / 19) * 2 - 1) * 1.15;
      const out = (j / 5) * 5.6 * Math.cos(angle * 1.1);
      const o = 3 * (j * 20 + i);
      peak[o] = (s.skullWidth + room) * Math.sin(angle);
      peak[o + 1] =
        low + 0.1 - 0.3 * out - 1.2 * (1 - Math.cos(angle)) - 0.25 * Math.sin(angle) ** 2 * (j / 5);
      peak[o + 2] = middle + (0.55 - middle + room + 0.2) * Math.cos(angle) + out;
    }
  }
  const part = (positions: Float32Array, c: number, r: number, closed: boolean, shade: number): Part => ({
    material: "cloth",
    positions,
    normals: gridNormals(positions, c, r, closed),
    triangles: gridTriangles(c, r, closed),
    twoSided: true,
    marks: plainMarks(c * r, [colour[0] * shade, colour[1] * shade, colour[2] * shade], 0.04),
  });
  return [part(dome, columns, rows, true, 1), part(peak, 20, 6, false, 0.6)];
}
