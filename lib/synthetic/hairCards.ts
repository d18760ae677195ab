import { createRandom, type Random } from "../core/random";
import { createCards, finishCards } from "./cards";
import { combed, type Lock } from "./comb";
import type { FaceShape } from "./faceShape";
import { growLock, outward } from "./growLock";
import { beardAreas, scalpHair } from "./hairline";
import { COLUMNS, HEAD_ROWS } from "./headGrid";
import type { Identity } from "./identity";
import type { Part } from "./part";

/**
 * Hair as locks: ribbons that start on the scalp, follow the comb, bend with gravity, stay outside the head and are cut into strands
 * when they are drawn. Game engines call them hair cards. Beards grow from the jaw in the same way.
 */
export function hairParts(identity: Identity, positions: Float32Array, normals: Float32Array): Part[] {
  const random = createRandom(identity.seed).fork("locks");
  const parts: Part[] = [];
  const { hair, beard } = identity;
  if (hair.cut !== "bald" && hair.cut !== "buzz") {
    parts.push(scalpLocks(identity, positions, normals, random.fork("scalp")));
  }
  if (beard.length > 0.4) parts.push(beardLocks(identity, positions, normals, random.fork("beard")));
  return parts;
}

const COUNTS = {
  bald: 0,
  buzz: 0,
  short: 900,
  side: 850,
  swept: 850,
  curly: 1000,
  bob: 800,
  long: 850,
  tied: 700,
} as const;

function scalpLocks(
  identity: Identity,
  positions: Float32Array,
  normals: Float32Array,
  random: Random,
): Part {
  const { hair, shape } = identity;
  const count = COUNTS[hair.cut];
  const long = hair.sides > 6;
  const segments = long ? 10 : 5;
  const cards = createCards(count, segments);
  const density = scalpHair(identity);
  const roots = chooseRoots(positions, count, random, density, (y) => y > -9);
  for (const root of roots) {
    const [x, y, z] = positions.subarray(3 * root, 3 * root + 3);
    const lock = combed(hair, x, y, z, random);
    const width = (long ? 1.25 : 0.66) * (0.7 + 0.6 * random.next());
    growLock(
      cards,
      shape,
      root,
      positions,
      normals,
      lock,
      width,
      hair.volume * random.next(),
      hair.curl,
      random,
    );
  }
  return finishCards(cards);
}

/** A few locks of the same hair that fall from the front of the scalp over one half of the face. */
export function hangingLocks(identity: Identity, positions: Float32Array, random: Random): Part {
  const { hair, shape } = identity;
  const side = random.next() < 0.5 ? -1 : 1;
  const count = 70;
  const cards = createCards(count, 9);
  const normals = new Float32Array(positions.length);
  for (let v = 0; v < positions.length; v += 3) outwardAt(shape, positions, normals, v);
  const roots = chooseRoots(
    positions,
    count,
    random,
    (x, _, z) => (side * x > 0.3 && side * x < 5.5 && z > -4 ? 1 : 0),
    (y) => y > hair.hairline - 0.4 && y < hair.hairline + 1.6,
  );
  for (const root of roots) {
    const lock: Lock = {
      direction: [side * (0.25 + 0.3 * random.next()), -0.6, 0.8],
      length: 7 + 5 * random.next(),
      lift: 0.4,
      gravity: 0.45,
      overFace: true,
    };
    growLock(cards, shape, root, positions, normals, lock, 0.6, 1 + 0.6 * random.next(), hair.curl, random);
  }
  return finishCards(cards);
}

function outwardAt(s: FaceShape, positions: Float32Array, normals: Float32Array, o: number): void {
  const out = [0, 0, 0];
  outward(s, Array.from(positions.subarray(o, o + 3)), out);
  normals.set(out, o);
}

function beardLocks(
  { shape, beard }: Identity,
  positions: Float32Array,
  normals: Float32Array,
  random: Random,
): Part {
  const areas = beardAreas(shape);
  const area = new Float64Array(3);
  const density = (x: number, y: number, z: number): number => {
    areas(x, y, z, area);
    const strongest = Math.max(area[0] * beard.cheeks, area[1] * beard.moustache, area[2] * beard.chin);
    return strongest > 0.45 ? strongest : 0;
  };
  const count = 520;
  const cards = createCards(count, 3);
  const roots = chooseRoots(positions, count, random, density, (y) => y < 0);
  for (const root of roots) {
    const [x, y] = positions.subarray(3 * root, 3 * root + 2);
    const moustache = y > shape.noseBase - shape.lipGap - 0.1 && Math.abs(x) < shape.mouthWidth + 0.3;
    const lock: Lock = {
      direction: [(moustache ? 0.9 : 0.12) * Math.sign(x) + 0.3 * (random.next() - 0.5), -1, 0.1],
      length: (moustache ? Math.min(0.75, beard.length) : beard.length) * (0.7 + 0.6 * random.next()),
      lift: 0.35,
      gravity: 0.2,
      overFace: true,
    };
    growLock(cards, undefined, root, positions, normals, lock, 0.42, 0, 0.15, random);
  }
  return finishCards(cards);
}

/** Vertices drawn in proportion to the area around them times the density there. */
function chooseRoots(
  positions: Float32Array,
  count: number,
  random: Random,
  density: (x: number, y: number, z: number) => number,
  inside: (y: number) => boolean,
): number[] {
  const sums = new Float64Array(HEAD_ROWS.length * COLUMNS + 1);
  for (let v = 0; v < sums.length - 1; v++) {
    const [x, y, z] = positions.subarray(3 * v, 3 * v + 3);
    let weight = 0;
    if (inside(y)) {
      const side = v % COLUMNS === COLUMNS - 1 ? v - 1 : v + 1;
      const below = v + COLUMNS;
      const dx = Math.hypot(positions[3 * side] - x, positions[3 * side + 2] - z);
      const dy = Math.hypot(
        positions[3 * below + 1] - y,
        positions[3 * below] - x,
        positions[3 * below + 2] - z,
      );
      weight = density(x, y, z) * dx * dy;
    }
    sums[v + 1] = sums[v] + weight;
  }
  const total = sums[sums.length - 1];
  if (total === 0) return [];
  return Array.from({ length: count }, (_, k) => {
    const wanted = ((k + random.next()) / count) * total;
    let [low, high] = [0, sums.length - 1];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] <= wanted) low = middle;
      else high = middle;
    }
    return low;
  });
}
