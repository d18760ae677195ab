import type { Random } from "../core/random";
import type { Cards } from "./cards";
import type { Lock } from "./comb";
import { clamp } from "./curves";
import type { FaceShape } from "./faceShape";
import { cross } from "./vectors";

/** Grows one lock from a vertex of the head; with `head` it stays outside of it and lies in its layer. */
export function growLock(
  cards: Cards,
  head: FaceShape | undefined,
  root: number,
  positions: Float32Array,
  normals: Float32Array,
  lock: Lock,
  width: number,
  layer: number,
  curl: number,
  random: Random,
): void {
  const jitter = (): number => 0.35 * (random.next() - 0.5);
  const n = Array.from(normals.subarray(3 * root, 3 * root + 3));
  const p = Array.from(positions.subarray(3 * root, 3 * root + 3)).map(
    (v, k) => v + (head ? jitter() : 0.4 * jitter()) - 0.05 * n[k],
  );
  const along = lock.direction[0] * n[0] + lock.direction[1] * n[1] + lock.direction[2] * n[2];
  const d = [0, 1, 2].map((k) => lock.direction[k] - along * n[k]);
  normalise(d);
  for (let k = 0; k < 3; k++) d[k] += lock.lift * n[k];
  normalise(d);
  const step = lock.length / cards.segments;
  const phase = 6.3 * random.next();
  const pitch = (2.2 + 2.5 * curl) * (0.8 + 0.4 * random.next());
  const brightness = 0.75 + 0.5 * random.next();
  const bent = [0, 0, 0];
  const seed = 50 * random.next();
  const outwards = n.slice();
  const cling = head ? 1 - 0.75 * curl : 0;
  for (let i = 0; i <= cards.segments; i++) {
    if (head) outward(head, p, outwards);
    const t = i / cards.segments;
    const wave = curl * 0.55 * Math.min(1, 2 * t) * Math.min(1, lock.length / 3);
    const side = cross(d, outwards);
    normalise(side);
    const angle = phase + pitch * i * step * 0.8;
    for (let k = 0; k < 3; k++)
      bent[k] = p[k] + wave * (Math.cos(angle) * side[k] + 0.6 * Math.sin(angle) * outwards[k]);
    cards.add(bent, side, outwards, d, width * (1 - 0.45 * t), t, seed, brightness, layer, root);
    for (let k = 0; k < 3; k++) p[k] += step * d[k];
    d[1] -= lock.gravity * Math.min(step, 1.5);
    if (head) keepOutside(head, p, layer, lock.overFace);
    normalise(d);
    // What was pushed out of the head goes on along it, and hair that stands off is drawn back to its layer.
    const out = d[0] * outwards[0] + d[1] * outwards[1] + d[2] * outwards[2];
    const pull = head ? clamp((hull(head, p).level - 1) * 8 - layer - 0.15, -0.3, 1) * cling : 0;
    const turn = (out < 0 ? 0.9 * out : 0.35 * cling * out) + pull;
    for (let k = 0; k < 3; k++) d[k] -= turn * outwards[k];
    normalise(d);
  }
}

const MIDDLE_Y = 2.4;

/** A hull a little larger than the skull; below its middle it goes straight down, so long hair hangs. */
function hull(s: FaceShape, p: readonly number[]): { level: number; x: number; y: number; z: number } {
  const middle = (0.55 + s.skullBack) / 2;
  const x = p[0] / (s.skullWidth + 0.12);
  const y = Math.max(0, p[1] - MIDDLE_Y) / (s.crown - MIDDLE_Y + 0.1);
  const z = (p[2] - middle) / ((0.75 - s.skullBack) / 2);
  return { level: (Math.abs(x) ** 2.3 + y ** 2.3 + Math.abs(z) ** 2.3) ** (1 / 2.3), x, y, z };
}

/** The way out of the head at a point. */
export function outward(s: FaceShape, p: readonly number[], out: number[]): void {
  const { x, y, z } = hull(s, p);
  out[0] = x;
  out[1] = y;
  out[2] = z;
  normalise(out);
}

function keepOutside(s: FaceShape, p: number[], layer: number, overFace: boolean): void {
  const { level } = hull(s, p);
  const wanted = 1 + (0.06 + 0.75 * layer) / 8;
  if (level < wanted && level > 0.3) {
    const middle = (0.55 + s.skullBack) / 2;
    const grow = wanted / level;
    p[0] *= grow;
    p[2] = middle + (p[2] - middle) * grow;
    if (p[1] > MIDDLE_Y) p[1] = MIDDLE_Y + (p[1] - MIDDLE_Y) * grow;
  }
  if (!overFace && p[1] < 4.5 && p[2] > -7) {
    // Hair hangs beside the face, not before it.
    const edge = s.cheekWidth - 0.5 + 0.35 * layer - 0.06 * Math.max(0, -p[1]);
    if (Math.abs(p[0]) < edge) p[0] += 0.7 * (Math.sign(p[0] || 1) * edge - p[0]);
    if (p[2] > -3.4) p[2] += 0.6 * (-3.4 - p[2]);
  }
}

function normalise(v: number[]): void {
  const scale = 1 / (Math.hypot(v[0], v[1], v[2]) + 1e-9);
  for (let k = 0; k < 3; k++) v[k] *= scale;
}
