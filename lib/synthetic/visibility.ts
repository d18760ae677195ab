import { COLUMNS, ROWS, VERTICES } from "./headGrid";
import { cross, unit } from "./vectors";

/** Directions over the whole sphere, evenly spread (Fibonacci lattice), in the head's frame. */
export const DIRECTIONS: readonly (readonly [number, number, number])[] = Array.from(
  { length: 40 },
  (_, i, all = 40) => {
    const y = 1 - (2 * (i + 0.5)) / all;
    const r = Math.sqrt(1 - y * y);
    const turn = i * Math.PI * (3 - Math.sqrt(5));
    return [r * Math.cos(turn), y, r * Math.sin(turn)] as const;
  },
);

/** A solid that may stand in the light. */
export interface Occluder {
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
}

const MAP = 88;
const REACH = 20;

/**
 * For each vertex of the head and each direction, how much light comes through from there, [0, 255]: depth maps from all sides, looked up
 * with a soft edge. Worked out once for a person; every light is then a sum over the directions, so shadows of nose, brow and hair,
 * and the dimness of hollows (ambient occlusion), cost almost nothing per picture.
 */
export function bakeVisibility(
  positions: Float32Array,
  normals: Float32Array,
  occluders: readonly Occluder[],
): Uint8Array {
  const seen: Uint8Array = new Uint8Array(VERTICES * DIRECTIONS.length);
  const map = new Float32Array(MAP * MAP);
  const flats = occluders.map((occluder) => new Float32Array(occluder.positions.length));
  DIRECTIONS.forEach((direction, d) => {
    const frame = frameOf(direction);
    map.fill(-1e9);
    for (const [k, occluder] of occluders.entries()) drawDepth(map, frame, occluder, flats[k]);
    for (let v = 0; v < VERTICES; v++) {
      const o = 3 * v;
      const facing =
        normals[o] * direction[0] + normals[o + 1] * direction[1] + normals[o + 2] * direction[2];
      if (facing < -0.35) continue;
      const lift = 0.35;
      const p = toMap(
        frame,
        positions[o] + lift * normals[o],
        positions[o + 1] + lift * normals[o + 1],
        positions[o + 2] + lift * normals[o + 2],
      );
      seen[v * DIRECTIONS.length + d] =
        255 * openness(map, p[0], p[1], p[2] + 0.15 + 0.25 * (1 - Math.max(0, facing)));
    }
  });
  return seen;
}

/** Averages a value per vertex with its neighbours on the grid: light that spreads under the skin. */
export function spread(values: Float32Array, channel: number, channels: number, share: number): void {
  const before = new Float32Array(VERTICES);
  for (let v = 0; v < VERTICES; v++) before[v] = values[v * channels + channel];
  for (let j = 1; j < ROWS - 1; j++) {
    for (let i = 0; i < COLUMNS; i++) {
      const v = j * COLUMNS + i;
      const left = j * COLUMNS + ((i + COLUMNS - 1) % COLUMNS);
      const right = j * COLUMNS + ((i + 1) % COLUMNS);
      const around = (before[left] + before[right] + before[v - COLUMNS] + before[v + COLUMNS]) / 4;
      values[v * channels + channel] = before[v] + share * (around - before[v]);
    }
  }
}

type Frame = readonly [readonly number[], readonly number[], readonly number[]];

function frameOf(d: readonly [number, number, number]): Frame {
  const helper = Math.abs(d[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0];
  const right = unit(cross(helper, d));
  return [right, cross(d, right), d];
}

function toMap([right, up, d]: Frame, x: number, y: number, z: number): [number, number, number] {
  const scale = MAP / (2 * REACH);
  const cy = y + 1.5;
  const cz = z + 7.5;
  return [
    MAP / 2 + scale * (right[0] * x + right[1] * cy + right[2] * cz),
    MAP / 2 + scale * (up[0] * x + up[1] * cy + up[2] * cz),
    d[0] * x + d[1] * cy + d[2] * cz,
  ];
}

function drawDepth(
  map: Float32Array,
  [r, u, d]: Frame,
  { positions, triangles }: Occluder,
  flat: Float32Array,
): void {
  const scale = MAP / (2 * REACH);
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = [positions[i], positions[i + 1] + 1.5, positions[i + 2] + 7.5];
    flat[i] = MAP / 2 + scale * (r[0] * x + r[1] * y + r[2] * z);
    flat[i + 1] = MAP / 2 + scale * (u[0] * x + u[1] * y + u[2] * z);
    flat[i + 2] = d[0] * x + d[1] * y + d[2] * z;
  }
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t];
    const b = 3 * triangles[t + 1];
    const c = 3 * triangles[t + 2];
    const ax = flat[a];
    const ay = flat[a + 1];
    const bx = flat[b];
    const by = flat[b + 1];
    const cx = flat[c];
    const cy = flat[c + 1];
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (area === 0) continue;
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
    const x1 = Math.min(MAP - 1, Math.floor(Math.max(ax, bx, cx)));
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
    const y1 = Math.min(MAP - 1, Math.floor(Math.max(ay, by, cy)));
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const wa = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area;
        const wb = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area;
        if (wa < 0 || wb < 0 || wa + wb > 1) continue;
        const depth = wa * flat[a + 2] + wb * flat[b + 2] + (1 - wa - wb) * flat[c + 2];
        if (depth > map[y * MAP + x]) map[y * MAP + x] = depth;
      }
    }
  }
}

/** Share of the four texels around (x, y) in which nothing lies before `depth`, bilinear. */
function openness(map: Float32Array, x: number, y: number, depth: number): number {
  const x0 = Math.min(MAP - 2, Math.max(0, Math.floor(x)));
  const y0 = Math.min(MAP - 2, Math.max(0, Math.floor(y)));
  const fx = x - x0;
  const fy = y - y0;
  const o = y0 * MAP + x0;
  const open = (i: number): number => (map[i] <= depth ? 1 : 0);
  const top = open(o) * (1 - fx) + open(o + 1) * fx;
  const bottom = open(o + MAP) * (1 - fx) + open(o + MAP + 1) * fx;
  return top * (1 - fy) + bottom * fy;
}
