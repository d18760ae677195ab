import { createRandom } from "../core/random";

/**
 * Value noise: random values on a lattice of 32³ cells that repeats, blended smoothly in between (Perlin 1985 describes the family).
 * The lattice is one for all identities; an identity looks at its own place in it.
 */
const SIDE = 32;
const lattice = ((): Float32Array => {
  const random = createRandom(20_150_612);
  return Float32Array.from({ length: SIDE ** 3 }, () => random.next());
})();

/** Smooth noise in [0, 1] with features of about one unit. */
export function noise(x: number, y: number, z: number): number {
  const fx = Math.floor(x);
  const fy = Math.floor(y);
  const fz = Math.floor(z);
  let a = x - fx;
  let b = y - fy;
  let c = z - fz;
  a = a * a * (3 - 2 * a);
  b = b * b * (3 - 2 * b);
  c = c * c * (3 - 2 * c);
  const x0 = fx & 31;
  const x1 = (fx + 1) & 31;
  const y0 = (fy & 31) << 5;
  const y1 = ((fy + 1) & 31) << 5;
  const z0 = (fz & 31) << 10;
  const z1 = ((fz + 1) & 31) << 10;
  const p = lattice[x0 | y0 | z0];
  const q = lattice[x0 | y1 | z0];
  const r = lattice[x0 | y0 | z1];
  const s = lattice[x0 | y1 | z1];
  const near = p + (lattice[x1 | y0 | z0] - p) * a;
  const nearUp = q + (lattice[x1 | y1 | z0] - q) * a;
  const far = r + (lattice[x1 | y0 | z1] - r) * a;
  const farUp = s + (lattice[x1 | y1 | z1] - s) * a;
  const front = near + (nearUp - near) * b;
  return front + (far + (farUp - far) * b - front) * c;
}

/** Three octaves of noise in [0, 1], mean about ½. */
export function cloud(x: number, y: number, z: number): number {
  return (
    0.55 * noise(x, y, z) +
    0.3 * noise(x * 2.1 + 7, y * 2.1, z * 2.1) +
    0.15 * noise(x * 4.3, y * 4.3 + 3, z * 4.3)
  );
}

/** A random value in [0, 1) for a cell of the lattice. */
export function cell(i: number, j: number, k: number): number {
  return lattice[(i & 31) | ((j & 31) << 5) | ((k & 31) << 10)];
}
