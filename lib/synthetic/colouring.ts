import type { Random } from "../core/random";
import { clamp, mix } from "./curves";
import type { Inheritance } from "./faceShape";

/** Linear red, green and blue in [0, 1]: shares of light that a surface gives back. */
export type Colour = readonly [number, number, number];

export interface Colouring {
  /** 0 palest to 1 darkest. */
  readonly melanin: number;
  readonly skin: Colour;
  readonly lips: Colour;
  /** How far lips differ from skin, [0, 1]. */
  readonly lipContrast: number;
  readonly iris: Colour;
  /** Hair without its grey. */
  readonly hair: Colour;
  /** Share of grey hair, [0, 1]. */
  readonly grey: number;
  readonly brows: Colour;
}

/** Skin along the melanin axis, palest to darkest: about the range of measured reflectances. */
const SKIN: readonly Colour[] = [
  [0.68, 0.45, 0.355],
  [0.62, 0.39, 0.28],
  [0.48, 0.27, 0.17],
  [0.3, 0.155, 0.09],
  [0.15, 0.075, 0.045],
  [0.075, 0.038, 0.025],
];
const HAIR = {
  black: [0.013, 0.011, 0.01],
  darkBrown: [0.035, 0.021, 0.014],
  brown: [0.075, 0.042, 0.024],
  lightBrown: [0.15, 0.09, 0.048],
  blond: [0.36, 0.25, 0.13],
  red: [0.2, 0.068, 0.024],
} as const satisfies Record<string, Colour>;
const GREY: Colour = [0.42, 0.41, 0.4];
const IRIS: readonly Colour[] = [
  [0.035, 0.018, 0.011],
  [0.075, 0.038, 0.018],
  [0.13, 0.085, 0.035],
  [0.13, 0.14, 0.07],
  [0.13, 0.2, 0.28],
  [0.19, 0.24, 0.27],
];

export function drawColouring(random: Random, factors: Inheritance, age: number): Colouring {
  const { south, east, sex } = factors;
  const melanin = clamp(0.2 + 0.2 * Math.max(-0.4, south) + 0.05 * east + 0.1 * random.normal(), 0, 1);
  const flush = 0.5 * random.normal();
  const yellow = 0.5 * random.normal() + 0.3 * east;
  const base = along(SKIN, melanin);
  const skin: Colour = [
    base[0] * (1 + 0.02 * flush),
    base[1] * (1 - 0.05 * flush),
    base[2] * (1 - 0.05 * flush - 0.07 * yellow),
  ];
  const dark = melanin > 0.34 || east > 0.9;
  const pick = random.next();
  const names: readonly (keyof typeof HAIR)[] = dark
    ? ["black", "black", "black", "darkBrown"]
    : [
        "black",
        "darkBrown",
        "darkBrown",
        "brown",
        "brown",
        "lightBrown",
        "lightBrown",
        "blond",
        "blond",
        "red",
      ];
  const tone = 0.8 + 0.45 * random.next();
  const hair = scaled(HAIR[names[Math.floor(pick * names.length)]], tone);
  const greying = clamp((age - 46 - 9 * random.normal()) / 28, 0, 1);
  const hidden = sex < 0 && random.next() < 0.6;
  const lip = random.next();
  return {
    melanin,
    skin,
    lips: [
      mix(0.5, 0.2, melanin) * (0.9 + 0.2 * lip),
      mix(0.2, 0.085, melanin) * (0.88 + 0.2 * lip),
      mix(0.17, 0.07, melanin) * (0.9 + 0.2 * random.next()),
    ],
    lipContrast: clamp(0.72 - 0.1 * sex + 0.14 * random.normal(), 0.15, 0.95),
    iris: scaled(IRIS[dark ? random.integer(2) : random.integer(IRIS.length)], 0.85 + 0.4 * random.next()),
    hair,
    grey: hidden ? 0.1 * greying : greying,
    brows: scaled(mixed(hair, [0.02, 0.014, 0.01], 0.45), 0.8),
  };
}

/** The colour of the hair with its grey. */
export function hairColour({ hair, grey }: Colouring): Colour {
  return mixed(hair, GREY, 0.85 * grey);
}

export function mixed(a: Colour, b: Colour, t: number): Colour {
  return [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
}

export function scaled(c: Colour, factor: number): Colour {
  return [c[0] * factor, c[1] * factor, c[2] * factor];
}

function along(ramp: readonly Colour[], t: number): Colour {
  const place = clamp(t, 0, 1) * (ramp.length - 1);
  const i = Math.min(ramp.length - 2, Math.floor(place));
  return mixed(ramp[i], ramp[i + 1], place - i);
}
