import { createRandom } from "../core/random";
import {
  drawNuisance,
  type FactorRange,
  type Fixed,
  factorRanges,
  type Nuisance,
  type Occlusion,
  occlusions,
} from "./nuisance";

/** Raised when the same plan no longer gives the same pictures. */
export const GENERATOR_VERSION = 2;

/** What a generated set shall hold; everything follows from it, so the same plan gives the same files. */
export interface SetPlan {
  /** Number of people, 1 to 1,000,000. */
  readonly identities: number;
  /** Pictures of each, 1 to 10,000. */
  readonly images: number;
  /** Side in pixels, 32 to 1024. */
  readonly size: number;
  readonly seed: number;
  /** Factors that keep one value in all pictures. */
  readonly fixed: Fixed;
  /** One factor that runs evenly over a range through the pictures of each person (rounded where only whole numbers mean something); all else is as fixed or drawn. */
  readonly sweep?: { readonly factor: keyof Nuisance; readonly from: number; readonly to: number };
  /** Share of pictures that lie in the folder of somebody else, [0, 1). */
  readonly labelNoise: number;
}

/** One picture of a plan. */
export interface PlannedImage {
  /** Relative to the set: `id000007/003.jpg`. */
  readonly file: string;
  readonly identity: string;
  readonly trueIdentity: string;
  /** Seed of the person to draw. */
  readonly person: number;
  readonly nuisance: Nuisance;
}

/** Folder name of the k-th person. */
export function folderOf(k: number): string {
  return `id${String(k).padStart(6, "0")}`;
}

/** Seed of the k-th person of a set: people of different sets differ. */
export function personSeed(seed: number, k: number): number {
  return createRandom(seed)
    .fork(`person ${k}`)
    .integer(2 ** 52);
}

/** Throws a RangeError that names what is out of range. */
export function checkPlan(plan: SetPlan): void {
  const fail = (what: string, wanted: string, value: unknown): never => {
    throw new RangeError(
      `Cannot generate faces: ${what} must be ${wanted}, current value is ${String(value)}`,
    );
  };
  const whole = (what: string, value: number, least: number, most: number): void => {
    if (!Number.isInteger(value) || value < least || value > most)
      fail(what, `an integer in [${least}, ${most}]`, value);
  };
  whole("the number of identities", plan.identities, 1, 1_000_000);
  whole("the number of images", plan.images, 1, 10_000);
  whole("the size", plan.size, 32, 1024);
  if (!Number.isSafeInteger(plan.seed)) fail("the seed", "an integer", plan.seed);
  if (!(plan.labelNoise >= 0 && plan.labelNoise < 1)) fail("the label noise", "in [0, 1)", plan.labelNoise);
  if (plan.labelNoise > 0 && plan.identities < 2)
    fail("the number of identities", "at least 2 for label noise", plan.identities);
  for (const [factor, value] of Object.entries(plan.fixed)) {
    if (factor === "occlusion") {
      if (!occlusions.includes(value as Occlusion)) fail(factor, `one of ${occlusions.join(", ")}`, value);
    } else checkFactor(factor, value as number);
  }
  const { sweep } = plan;
  if (!sweep) return;
  for (const end of [sweep.from, sweep.to]) checkFactor(sweep.factor, end);
}

function rangeOf(factor: string): FactorRange | undefined {
  return Object.hasOwn(factorRanges, factor) ? factorRanges[factor as keyof typeof factorRanges] : undefined;
}

/** Throws a RangeError unless a factor that has numbers can take this one. */
function checkFactor(factor: string, value: number): void {
  const range = rangeOf(factor);
  if (!range) {
    throw new RangeError(
      `Cannot generate faces: the factors are ${Object.keys(factorRanges).join(", ")}, current value is ${factor}`,
    );
  }
  const { least, most, whole } = range;
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  throw new RangeError(
    `Cannot generate faces: ${factor} must be ${whole ? "an integer " : ""}in [${least}, ${most}], current value is ${value}`,
  );
}

/** The pictures in the folder of person `k`. */
export function plannedImages(plan: SetPlan, k: number): PlannedImage[] {
  const identity = folderOf(k);
  return Array.from({ length: plan.images }, (_, j) => {
    const random = createRandom(plan.seed).fork(`image ${k} ${j}`);
    const nuisanceSeed = random.integer(2 ** 52);
    const wrong = random.next() < plan.labelNoise;
    const other = wrong ? (k + 1 + random.integer(plan.identities - 1)) % plan.identities : k;
    let nuisance = drawNuisance(nuisanceSeed, plan.fixed);
    if (plan.sweep) {
      const { factor, from, to } = plan.sweep;
      const t = plan.images > 1 ? j / (plan.images - 1) : 0.5;
      const value = from + (to - from) * t;
      nuisance = { ...nuisance, [factor]: rangeOf(factor)?.whole ? Math.round(value) : value };
    }
    return {
      file: `${identity}/${String(j).padStart(3, "0")}.jpg`,
      identity,
      trueIdentity: folderOf(other),
      person: personSeed(plan.seed, other),
      nuisance,
    };
  });
}
