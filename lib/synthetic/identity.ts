import { createRandom, type Random } from "../core/random";
import { type Colouring, drawColouring } from "./colouring";
import { clamp } from "./curves";
import { drawFaceShape, type FaceShape, type Inheritance } from "./faceShape";
import { type Beard, drawBeard, drawHairStyle, type HairStyle } from "./hairStyle";

/** A person who does not exist: everything that stays when pose, light and camera change. */
export interface Identity {
  readonly seed: number;
  /** Years, 18 to 80. */
  readonly age: number;
  readonly factors: Inheritance;
  readonly shape: FaceShape;
  readonly colouring: Colouring;
  readonly hair: HairStyle;
  readonly beard: Beard;
  /** Marks of the skin; strengths in [0, 1]. */
  readonly skin: SkinMarks;
}

export interface SkinMarks {
  readonly freckles: number;
  readonly blush: number;
  readonly makeUp: number;
  /** Uneven colour on the scale of centimetres. */
  readonly mottle: number;
  /** How fast folds come with age: 1 is usual. */
  readonly folds: number;
  /** Moles: x, y (cm) and radius. */
  readonly moles: readonly (readonly [number, number, number])[];
  /** Where this person looks in the noise; any number. */
  readonly place: number;
}

/** The person of a seed. The same seed gives the same person in every version with the same tables. */
export function identityOf(seed: number): Identity {
  const random = createRandom(seed).fork("identity");
  const sex = random.next() < 0.6 ? 0.9 + 0.35 * random.normal() : -1 + 0.35 * random.normal();
  const factors: Inheritance = {
    sex: clamp(sex, -1.8, 1.8),
    heft: clamp(random.normal(), -1.6, 2),
    south: clamp(random.normal() * 0.9 + (random.next() < 0.2 ? 1.5 : -0.3), -1.6, 2.4),
    east: clamp(random.normal() * 0.6 + (random.next() < 0.2 ? 2 : -0.4), -1.4, 2.6),
  };
  const age = Math.round(clamp(44 + 16 * random.normal(), 18, 80));
  const shape = drawFaceShape(random.fork("shape"), factors);
  const colouring = drawColouring(random.fork("colour"), factors, age);
  return {
    seed,
    age,
    factors,
    shape,
    colouring,
    hair: drawHairStyle(random.fork("hair"), factors, age),
    beard: drawBeard(random.fork("beard"), factors, age),
    skin: drawSkinMarks(random.fork("marks"), factors, colouring.melanin),
  };
}

/** The same person `years` later (or earlier): folds, grey hair, recession and softer outlines follow the age. */
export function aged(identity: Identity, years: number): Identity {
  if (years === 0) return identity;
  const age = clamp(identity.age + years, 18, 85);
  const change = (age - identity.age) / 30;
  const { shape, colouring, hair } = identity;
  const grey = clamp(colouring.grey + Math.max(0, age - 40) / 45 - Math.max(0, identity.age - 40) / 45, 0, 1);
  return {
    ...identity,
    age,
    colouring: { ...colouring, grey },
    hair: {
      ...hair,
      recession: clamp(hair.recession + 0.9 * change * (identity.factors.sex > 0 ? 1 : 0.2), 0, 3),
    },
    shape: {
      ...shape,
      bags: Math.max(0, shape.bags + 0.16 * change),
      hood: clamp(shape.hood + 0.14 * change, 0, 0.7),
      hollow: shape.hollow + 0.14 * change,
      upperLip: Math.max(0.18, shape.upperLip - 0.09 * change),
      noseDroop: shape.noseDroop + 0.08 * change,
      doubleChin: Math.max(0, shape.doubleChin + 0.14 * change),
      earSize: shape.earSize * (1 + 0.03 * change),
    },
  };
}

function drawSkinMarks(random: Random, factors: Inheritance, melanin: number): SkinMarks {
  const freckled = melanin < 0.3 && random.next() < 0.22;
  const moles = Array.from({ length: random.integer(4) }, (): [number, number, number] => [
    11 * (random.next() - 0.5),
    5 - 15 * random.next(),
    0.07 + 0.1 * random.next(),
  ]);
  return {
    freckles: freckled ? 0.3 + 0.6 * random.next() : 0,
    blush: random.next(),
    makeUp: factors.sex < 0 && random.next() < 0.65 ? 0.25 + 0.75 * random.next() : 0,
    mottle: 0.3 + 0.7 * random.next(),
    folds: clamp(1 + 0.3 * random.normal(), 0.4, 1.7),
    moles,
    place: 100 * random.next(),
  };
}
