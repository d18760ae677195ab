import type { Random } from "../core/random";
import { clamp } from "./curves";
import type { Inheritance } from "./faceShape";

export const hairCuts = ["bald", "buzz", "short", "side", "swept", "curly", "bob", "long", "tied"] as const;
export type HairCut = (typeof hairCuts)[number];

/** How hair is cut and combed. Lengths in cm. */
export interface HairStyle {
  readonly cut: HairCut;
  /** Length of the hair on top, at the sides and at the back. */
  readonly top: number;
  readonly sides: number;
  readonly back: number;
  /** Height of the hairline above the eyes, and how far it recedes at the temples. */
  readonly hairline: number;
  readonly recession: number;
  /** 0 widow's peak … 1 straight line. */
  readonly straightLine: number;
  /** Where the hair is parted: x in cm; the comb goes away from it. */
  readonly part: number;
  /** Hair over the forehead, [0, 1]. */
  readonly fringe: number;
  /** How far hair stands off the scalp. */
  readonly volume: number;
  /** 0 straight … 1 tight curls. */
  readonly curl: number;
  /** Disorder of the strands, [0, 1]. */
  readonly mess: number;
}

export interface Beard {
  /** Density of the full beard, the moustache and the chin, [0, 1]; stubble is a low density with length 0. */
  readonly cheeks: number;
  readonly moustache: number;
  readonly chin: number;
  /** Length in cm; 0 is a shadow in the skin. */
  readonly length: number;
}

export function drawHairStyle(random: Random, { sex, south, east }: Inheritance, age: number): HairStyle {
  const curl = clamp(
    south > 0.9 ? 0.65 + 0.25 * random.normal() : 0.22 - 0.12 * east + 0.2 * random.normal(),
    0,
    1,
  );
  const masculine = sex > 0;
  const balding = masculine ? clamp((age - 30) / 60 + 0.3 * random.normal(), 0, 1) : 0;
  const cut = drawCut(random, masculine, balding, curl);
  const [top, sides, back, volume] = SIZES[cut].map((v) => v * (0.8 + 0.45 * random.next()));
  const fringed = cut === "bob" || cut === "long" || cut === "short";
  return {
    cut,
    top,
    sides,
    back,
    hairline: clamp(6.2 + (masculine ? 0.3 : 0) + 0.4 * random.normal() + 0.6 * balding, 5.2, 7.6),
    recession: masculine
      ? clamp(0.5 + 0.4 * random.normal() + 2.1 * balding, 0, 3)
      : clamp(0.15 + 0.2 * random.normal(), 0, 0.6),
    straightLine: random.next(),
    part: (random.next() < 0.5 ? -1 : 1) * (random.next() < 0.3 ? 0.3 : 1.5 + 2.5 * random.next()),
    fringe: fringed && random.next() < 0.4 && balding < 0.4 ? 0.45 + 0.55 * random.next() : 0,
    volume: volume * (1 + 0.9 * curl),
    curl,
    mess: random.next(),
  };
}

/** Usual lengths of a cut: top, sides, back, and how far it stands off. */
const SIZES: Readonly<Record<HairCut, readonly [number, number, number, number]>> = {
  bald: [0, 0.6, 0.6, 0.15],
  buzz: [0.7, 0.5, 0.5, 0.2],
  short: [3.2, 1.6, 1.8, 0.55],
  side: [5.5, 2, 2.2, 0.7],
  swept: [6.5, 2.4, 3, 0.7],
  curly: [4.5, 3, 3.4, 1.4],
  bob: [13, 13, 12, 0.8],
  long: [24, 25, 26, 0.8],
  tied: [8, 7, 5, 0.3],
};

function drawCut(random: Random, masculine: boolean, balding: number, curl: number): HairCut {
  const u = random.next();
  if (masculine) {
    if (balding > 0.72) return u < 0.65 ? "bald" : "buzz";
    if (curl > 0.55) return u < 0.55 ? "buzz" : u < 0.75 ? "curly" : "short";
    return u < 0.36
      ? "side"
      : u < 0.66
        ? "short"
        : u < 0.84
          ? "swept"
          : u < 0.92
            ? "buzz"
            : u < 0.96
              ? "curly"
              : "long";
  }
  if (curl > 0.6 && u < 0.35) return "curly";
  return u < 0.45 ? "long" : u < 0.72 ? "bob" : u < 0.88 ? "tied" : u < 0.95 ? "side" : "short";
}

export function drawBeard(random: Random, { sex }: Inheritance, age: number): Beard {
  const u = random.next();
  const shadow = sex > 0 ? 0.1 + 0.3 * random.next() : 0;
  const length = random.next();
  if (sex < 0.2 || u < 0.62) return { cheeks: shadow, moustache: shadow, chin: shadow, length: 0 };
  if (u < 0.74) return { cheeks: 0.6, moustache: 0.6, chin: 0.65, length: 0.15 + 0.2 * length };
  if (u < 0.84)
    return { cheeks: 0.95, moustache: 0.9, chin: 1, length: 0.6 + 1.6 * length * (age > 30 ? 1 : 0.5) };
  if (u < 0.93) return { cheeks: shadow, moustache: 0.95, chin: shadow, length: 0.5 + 0.3 * length };
  return { cheeks: shadow, moustache: 0.8, chin: 0.95, length: 0.5 + length };
}
