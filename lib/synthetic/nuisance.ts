import { createRandom, type Random } from "../core/random";
import { clamp } from "./curves";

/**
 * Everything about a picture that is not the person. Each factor can be fixed, swept or sampled; the manifest lists them all.
 * Angles in degrees, colours linear in [0, 1].
 */
export interface Nuisance {
  /** Of the head; yaw positive to the image's right, pitch up, roll clockwise. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Expression: 0 rest to 1 strong. `lids` 1 at rest, 0 shut. Gaze in degrees off the camera. */
  readonly smile: number;
  /** Lips drawn off the shut teeth. */
  readonly teeth: number;
  readonly open: number;
  readonly browUp: number;
  readonly frown: number;
  readonly pucker: number;
  readonly sad: number;
  readonly lids: number;
  readonly gazeX: number;
  readonly gazeY: number;
  /** Where the main light stands: 0° in front, positive to the image's right; height above the eyes. */
  readonly lightYaw: number;
  readonly lightPitch: number;
  /** Share of the main light in all light, [0, 1], and the colour temperature of main and surrounding light in kelvin. */
  readonly lightShare: number;
  readonly lightKelvin: number;
  readonly fillKelvin: number;
  /** Exposure in stops around a good one. */
  readonly exposure: number;
  /** Focal length in mm on 35 mm film: short ones stand near and stretch the face. */
  readonly focal: number;
  /** Distance between the pupils as a share of the picture's side, seen from the front, and the shift of the head in the same unit. */
  readonly eyeSpan: number;
  readonly shiftX: number;
  readonly shiftY: number;
  /** Seed of background and clothes. */
  readonly scene: number;
  readonly occlusion: Occlusion;
  /** Seed of the occluder's form and colour. */
  readonly occluder: number;
  /** Defocus (standard deviation, pixels at 128), motion blur (length, pixels at 128), sensor noise (standard deviation, [0, 1]). */
  readonly blur: number;
  readonly motion: number;
  readonly noise: number;
  /** JPEG quality of the stored file, a whole number. */
  readonly jpeg: number;
  /** Contrast and saturation of the development, 1 is neutral. */
  readonly contrast: number;
  readonly saturation: number;
  /** Years since the person's own age. */
  readonly years: number;
}

export const occlusions = ["none", "glasses", "sunglasses", "mask", "hand", "hair", "cap"] as const;
export type Occlusion = (typeof occlusions)[number];

/** A plain portrait: frontal, at rest, soft light. */
export const plain: Nuisance = {
  yaw: 0,
  pitch: 0,
  roll: 0,
  smile: 0,
  teeth: 0,
  open: 0,
  browUp: 0,
  frown: 0,
  pucker: 0,
  sad: 0,
  lids: 1,
  gazeX: 0,
  gazeY: 0,
  lightYaw: 28,
  lightPitch: 32,
  lightShare: 0.5,
  lightKelvin: 5600,
  fillKelvin: 6200,
  exposure: 0,
  focal: 70,
  eyeSpan: 0.2,
  shiftX: 0,
  shiftY: 0,
  scene: 1,
  occlusion: "none",
  occluder: 1,
  blur: 0.35,
  motion: 0,
  noise: 0.008,
  jpeg: 92,
  contrast: 1,
  saturation: 1,
  years: 0,
};

/** Values that a factor can take, and whether only whole ones. */
export interface FactorRange {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

const within = (most: number): FactorRange => ({ least: -most, most });
const share: FactorRange = { least: 0, most: 1 };
const expression: FactorRange = { least: 0, most: 2 };
const kelvin: FactorRange = { least: 1000, most: 40_000 };
const seed: FactorRange = { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true };
const tone: FactorRange = { least: 0, most: 5 };

/** What each factor can be fixed at, or run through. */
export const factorRanges: Readonly<Record<Exclude<keyof Nuisance, "occlusion">, FactorRange>> = {
  yaw: within(90),
  pitch: within(90),
  roll: within(180),
  smile: expression,
  teeth: expression,
  open: expression,
  browUp: expression,
  frown: expression,
  pucker: expression,
  sad: expression,
  lids: expression,
  gazeX: within(90),
  gazeY: within(90),
  lightYaw: within(180),
  lightPitch: within(90),
  lightShare: share,
  lightKelvin: kelvin,
  fillKelvin: kelvin,
  exposure: within(10),
  focal: { least: 10, most: 2000 },
  eyeSpan: { least: 0.02, most: 1 },
  shiftX: within(2),
  shiftY: within(2),
  scene: seed,
  occluder: seed,
  blur: { least: 0, most: 20 },
  motion: { least: 0, most: 50 },
  noise: share,
  jpeg: { least: 1, most: 100, whole: true },
  contrast: tone,
  saturation: tone,
  years: within(100),
};

/** How a factor is chosen: left to chance, or fixed at a value. */
export type Fixed = Partial<Nuisance>;

/** Draws all factors as in photographs of people in the news; `fixed` ones keep their value (the others are drawn as without them). */
export function drawNuisance(seed: number, fixed: Fixed = {}): Nuisance {
  const random = createRandom(seed).fork("nuisance");
  return { ...draw(random), ...fixed };
}

function draw(random: Random): Nuisance {
  const normal = (spread: number, most = 2.5): number => spread * clamp(random.normal(), -most, most);
  const between = (a: number, b: number): number => a + (b - a) * random.next();
  const chance = (p: number): boolean => random.next() < p;
  const happy = chance(0.6) ? between(0.25, 1) : between(0, 0.2);
  const teeth = chance(happy > 0.4 ? 0.75 : 0.12) ? between(0.3, 1) : 0;
  const talks = chance(0.35) ? between(0.1, 0.75) : 0;
  const lids = chance(0.05) ? between(0, 0.35) : clamp(1 + normal(0.13) - 0.24 * happy, 0.5, 1.3);
  const kelvin = chance(0.25) ? between(3600, 4700) : between(4600, 7200);
  const u = random.next();
  const occlusion: Occlusion =
    u < 0.76
      ? "none"
      : u < 0.89
        ? "glasses"
        : u < 0.91
          ? "sunglasses"
          : u < 0.925
            ? "mask"
            : u < 0.95
              ? "hand"
              : u < 0.97
                ? "hair"
                : "cap";
  return {
    yaw: chance(0.55) ? normal(12) : normal(26, 1.9),
    pitch: normal(7) - 1,
    roll: normal(5),
    smile: happy,
    teeth,
    open: talks + (happy > 0.5 && chance(0.5) ? 0.15 * happy : 0),
    browUp: chance(0.25) ? between(0.1, 0.9) : 0,
    frown: happy < 0.2 && chance(0.35) ? between(0.1, 0.9) : 0,
    pucker: chance(0.06) ? between(0.2, 0.8) : 0,
    sad: happy < 0.2 && chance(0.25) ? between(0.1, 0.8) : 0,
    lids,
    gazeX: normal(9),
    gazeY: normal(5) - 1,
    lightYaw: normal(45, 2),
    lightPitch: clamp(28 + normal(19), -5, 75),
    lightShare: between(0.2, 0.9),
    lightKelvin: kelvin,
    fillKelvin: clamp(kelvin + normal(900), 2900, 8500),
    exposure: normal(0.32) - 0.45,
    focal: Math.exp(between(Math.log(32), Math.log(160))),
    eyeSpan: between(0.18, 0.225),
    shiftX: normal(0.02),
    shiftY: normal(0.02),
    scene: random.integer(2 ** 31),
    occlusion,
    occluder: random.integer(2 ** 31),
    blur: chance(0.2) ? between(0.5, 0.9) : between(0.1, 0.4),
    motion: chance(0.1) ? between(1, 3) : 0,
    noise: chance(0.3) ? between(0.01, 0.022) : between(0.003, 0.01),
    jpeg: Math.round(between(65, 96)),
    contrast: 1.06 + normal(0.14),
    saturation: clamp(1.14 + normal(0.25), 0.4, 1.7),
    years: chance(0.12) ? (chance(0.5) ? 12 : -10) : 0,
  };
}
