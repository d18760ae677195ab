import type { Random } from "../core/random";
import { clamp } from "./curves";

/**
 * The shape of a head in about forty lengths. Each is mean + spread·draw + what four inherited factors add, so that a broad jaw tends
 * to come with a heavy brow and a broad nose with full lips, as in people, but any mixture can occur.
 *
 * Means and spreads are close to published head anthropometry (adult means: bizygomatic width 13.5 cm, pupils 6.3 cm apart, nasion to
 * chin 12 cm, mouth 5.1 cm, nose width 3.6 cm); draws are bounded, because a head with one grotesque length is recognised by it alone.
 * Left and right are mirror images except for the last four small lengths.
 *
 * Frame of a head: x to the image's right, y up, z to the camera; origin between the pupils, on the plane of the corneas; centimetres.
 */
interface Length {
  readonly mean: number;
  readonly spread: number;
  /** Added per unit of: masculine build, heft, and two factors of descent. */
  readonly sex?: number;
  readonly heft?: number;
  readonly south?: number;
  readonly east?: number;
  readonly least?: number;
  readonly most?: number;
}

const LENGTHS = {
  // Skull
  crown: { mean: 11.6, spread: 0.55, sex: 0.15 },
  skullWidth: { mean: 7.45, spread: 0.3, sex: 0.15, east: 0.15 },
  skullBack: { mean: -17.6, spread: 0.6, sex: -0.3, east: 0.4 },
  templeWidth: { mean: 6.7, spread: 0.24, sex: 0.08, heft: 0.1 },
  foreheadSlope: { mean: 0, spread: 0.4, sex: -0.3 },
  foreheadBoss: { mean: 0.1, spread: 0.12, sex: -0.12, south: 0.08 },
  browRidge: { mean: 0.16, spread: 0.12, sex: 0.16, east: -0.08 },
  // Middle of the face
  cheekWidth: { mean: 6.95, spread: 0.32, sex: 0.1, heft: 0.22, east: 0.15 },
  cheekbone: { mean: 0.35, spread: 0.2, east: 0.12, heft: -0.05 },
  cheekboneY: { mean: -2.6, spread: 0.35 },
  cheekFat: { mean: 0.26, spread: 0.2, heft: 0.22, sex: -0.06 },
  hollow: { mean: 0.1, spread: 0.2, heft: -0.25, sex: 0.06 },
  maxilla: { mean: 0, spread: 0.22, south: 0.2 },
  // Jaw and chin
  jawWidth: { mean: 5.9, spread: 0.4, sex: 0.25, heft: 0.3 },
  jawDepth: { mean: -7.7, spread: 0.55, sex: -0.25 },
  mouthWidthFace: { mean: 6.3, spread: 0.27, sex: 0.1, heft: 0.28 },
  chinY: { mean: -11.05, spread: 0.55, sex: -0.35 },
  chinOut: { mean: 0.45, spread: 0.24, sex: 0.1, south: -0.12 },
  chinWidth: { mean: 1.75, spread: 0.32, sex: 0.22, least: 0.8 },
  chinSquare: { mean: 0, spread: 0.2, sex: 0.12 },
  chinCleft: { mean: -0.05, spread: 0.09, sex: 0.04, least: 0 },
  sulcus: { mean: 0.34, spread: 0.13, heft: -0.05, least: 0.08 },
  doubleChin: { mean: 0.18, spread: 0.25, heft: 0.5, least: 0 },
  // Eyes
  eyeX: { mean: 3.16, spread: 0.17, sex: 0.03, east: 0.08 },
  eyeWidth: { mean: 1.55, spread: 0.09, east: -0.02 },
  eyeOpen: { mean: 0.48, spread: 0.08, sex: -0.04, east: -0.05, least: 0.3 },
  eyeTilt: { mean: 0.06, spread: 0.07, east: 0.05, sex: -0.01 },
  eyePeak: { mean: 0.05, spread: 0.2 },
  eyeDepth: { mean: 0.64, spread: 0.2, sex: 0.08, east: -0.25 },
  eyeBulge: { mean: 0, spread: 0.09 },
  crease: { mean: 0.28, spread: 0.13, east: -0.16, sex: -0.05, least: 0.04 },
  hood: { mean: 0.12, spread: 0.2, east: 0.16, least: 0, most: 0.7 },
  bags: { mean: 0.1, spread: 0.16, least: 0 },
  // Brows
  browY: { mean: 1.62, spread: 0.26, sex: -0.22, east: 0.1, least: 1.1 },
  browThick: { mean: 0.34, spread: 0.1, sex: 0.09, least: 0.14 },
  browTilt: { mean: 0.1, spread: 0.18 },
  browArch: { mean: 0.28, spread: 0.18, sex: -0.12, least: -0.05 },
  browInner: { mean: 1.2, spread: 0.28, sex: -0.12, least: 0.4 },
  browLength: { mean: 3.75, spread: 0.28, sex: 0.06 },
  // Nose
  noseBase: { mean: -4.6, spread: 0.38, sex: -0.14 },
  noseTipUp: { mean: 0.95, spread: 0.22, sex: -0.05, south: -0.05 },
  noseOut: { mean: 2.1, spread: 0.3, sex: 0.12, east: -0.18, south: -0.12, least: 1.3 },
  noseWidth: { mean: 1.72, spread: 0.2, sex: 0.08, south: 0.26, east: 0.08, least: 1.25 },
  noseBridge: { mean: 0.78, spread: 0.12, south: 0.1, east: 0.04, least: 0.4 },
  noseRoot: { mean: 0.54, spread: 0.24, sex: 0.08, east: -0.26, south: -0.14, least: 0.05 },
  noseHump: { mean: 0.02, spread: 0.18, sex: 0.04, south: -0.06, east: -0.04 },
  noseTip: { mean: 0.82, spread: 0.14, south: 0.12, sex: 0.03, least: 0.52 },
  noseWing: { mean: 0.5, spread: 0.14, south: 0.14, least: 0.2 },
  noseDroop: { mean: 0, spread: 0.16, sex: 0.05 },
  // Mouth
  lipGap: { mean: 2.12, spread: 0.28, sex: 0.1, least: 1.55 },
  mouthWidth: { mean: 2.52, spread: 0.24, sex: 0.06, south: 0.1 },
  upperLip: { mean: 0.68, spread: 0.16, sex: -0.08, south: 0.2, least: 0.2 },
  lowerLip: { mean: 0.88, spread: 0.18, sex: -0.06, south: 0.2, least: 0.36 },
  cupid: { mean: 0.32, spread: 0.16, least: 0 },
  lipOut: { mean: 0.24, spread: 0.09, south: 0.12, sex: -0.02, least: 0.08 },
  mouthCurve: { mean: 0.07, spread: 0.13 },
  // Ears and neck
  earSize: { mean: 1, spread: 0.09, sex: 0.04 },
  earOut: { mean: 0.42, spread: 0.16 },
  neckWidth: { mean: 4.5, spread: 0.25, sex: 0.42, heft: 0.4 },
  // Small differences between left and right
  browSkew: { mean: 0, spread: 0.07 },
  eyeSkew: { mean: 0, spread: 0.04 },
  noseSkew: { mean: 0, spread: 0.09 },
  mouthSkew: { mean: 0, spread: 0.06 },
} as const;

/** Half the usual distance between the pupils, cm: what the width of a picture is measured in. */
export const USUAL_EYE_X: number = LENGTHS.eyeX.mean;

export type LengthName = keyof typeof LENGTHS;
export type FaceShape = Readonly<Record<LengthName, number>>;

/** The inherited factors behind a face, each about standard normal. */
export interface Inheritance {
  readonly sex: number;
  readonly heft: number;
  readonly south: number;
  readonly east: number;
}

/** Names of all lengths, in the order in which they are drawn. */
export const lengthNames: readonly LengthName[] = Object.keys(LENGTHS) as LengthName[];

/** Draws a shape. `variety` scales all spreads; default 1. */
export function drawFaceShape(random: Random, factors: Inheritance, variety: number = 1): FaceShape {
  const shape = {} as Record<LengthName, number>;
  for (const name of lengthNames) {
    const row: Length = LENGTHS[name];
    const draw = clamp(random.normal(), -1.9, 1.9);
    const inherited =
      (row.sex ?? 0) * factors.sex +
      (row.heft ?? 0) * factors.heft +
      (row.south ?? 0) * factors.south +
      (row.east ?? 0) * factors.east;
    const value = row.mean + variety * 1.15 * row.spread * draw + inherited;
    shape[name] = clamp(value, row.least ?? Number.NEGATIVE_INFINITY, row.most ?? Number.POSITIVE_INFINITY);
  }
  // The chin stays below the lower lip, and the mouth below the nose.
  shape.chinY = Math.min(shape.chinY, mouthY(shape) - 3.3);
  return shape;
}

/** Height of the line between the lips. */
export function mouthY(shape: Pick<FaceShape, "noseBase" | "lipGap">): number {
  return shape.noseBase - shape.lipGap;
}
