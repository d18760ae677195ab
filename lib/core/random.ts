/**
 * Seeded random numbers whose state can be saved and restored, so that a run can be repeated and resumed.
 * Generator: sfc32 (Chris Doty-Humphrey's Small Fast Counter, 128-bit state), seeded through splitmix32.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Standard normal (Box–Muller, no value kept between calls). */
  normal(): number;
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** An independent stream, named so that adding one elsewhere does not move it. */
  fork(name: string): Random;
  /** Four unsigned 32-bit integers. */
  state(): number[];
}

/** A stream from a seed (any safe integer) or from a saved `state()`. */
export function createRandom(seed: number | readonly number[]): Random {
  const s = typeof seed === "number" ? seeded(seed) : Uint32Array.from(seed);
  if (s.length !== 4)
    throw new RangeError(
      `Cannot restore a random state: 4 integers are needed, current value is ${s.length}`,
    );
  const bits = (): number => {
    const t = (((s[0] + s[1]) | 0) + s[3]) | 0;
    s[3] = s[3] + 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = (s[2] << 21) | (s[2] >>> 11);
    s[2] = s[2] + t;
    return t >>> 0;
  };
  if (typeof seed === "number") for (let i = 0; i < 15; i++) bits();
  const next = (): number => (bits() * 2 ** 21 + (bits() >>> 11)) / 2 ** 53;
  const integer = (n: number): number => Math.floor(next() * n);
  return {
    next,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const held = items[i];
        (items as { [index: number]: unknown })[i] = items[j];
        (items as { [index: number]: unknown })[j] = held;
      }
      return items;
    },
    fork: (name) => createRandom(hash(name, s)),
    state: () => Array.from(s),
  };
}

function seeded(seed: number): Uint32Array {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot seed random numbers: the seed must be an integer, current value is ${seed}`);
  }
  let a = (seed % 2 ** 32) | 0;
  const high = Math.floor(seed / 2 ** 32) | 0;
  const words = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    a = (a + 0x9e3779b9) | 0;
    let t = a ^ (a >>> 16) ^ (i === 3 ? high : 0);
    t = Math.imul(t, 0x21f0aaad);
    t = t ^ (t >>> 15);
    t = Math.imul(t, 0x735a2d97);
    words[i] = t ^ (t >>> 15);
  }
  return words;
}

/** FNV-1a over the name and the parent's state; an integer seed below 2^53. */
function hash(name: string, state: Uint32Array): number {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (const unit of [...state, ...Array.from(name, (c) => c.codePointAt(0) ?? 0)]) {
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + 0x9e37), 0x85ebca6b);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
