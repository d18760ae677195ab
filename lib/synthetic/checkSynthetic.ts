import type { DetectedFace, FaceDetector } from "../align/detector";
import { throwIfStopped } from "../core/errors";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import { USUAL_EYE_X } from "./faceShape";
import { identityOf } from "./identity";
import { drawNuisance } from "./nuisance";
import { buildPerson } from "./person";
import { personSeed } from "./plan";
import { renderStored } from "./renderStored";

export interface CheckOptions extends LongWork {
  /** People, at least 1; default 50. */
  readonly identities?: number;
  /** Pictures of each in every band of yaw, at least 1; default 4. */
  readonly images?: number;
  /** Side in pixels; default 128. */
  readonly size?: number;
  readonly seed?: number;
}

/** One band of |yaw| in degrees. Errors are means over the five points, as shares of the distance between the eyes. */
export interface YawBand {
  readonly from: number;
  readonly to: number;
  readonly images: number;
  /** Pictures in which a detected box holds the true nose tip. */
  readonly found: number;
  /** Boxes that hold no nose tip, per picture. */
  readonly falseBoxes: number;
  /** Relative to the distance seen from the front (it does not shrink with yaw). */
  readonly meanError: number;
  readonly medianError: number;
  /** Relative to the distance in the picture. */
  readonly meanErrorProjected: number;
  /** Mean error of each point: image-left eye, image-right eye, nose tip, image-left and image-right mouth corner. */
  readonly byPoint: readonly number[];
  /** Mean signed error of each point in x and y, for finding a biased definition. */
  readonly bias: readonly (readonly [number, number])[];
}

export interface SyntheticCheck {
  readonly detector: string;
  readonly identities: number;
  readonly size: number;
  readonly seed: number;
  readonly bands: readonly YawBand[];
  /** What the detector must reach up to 45°: found ≥ 99 %, errors ≤ 8 % up to 20° and ≤ 10 % beyond. */
  readonly passed: boolean;
}

const BANDS = [
  { from: 0, to: 20, most: 0.08 },
  { from: 20, to: 45, most: 0.1 },
] as const;
const LEAST_FOUND = 0.99;

/** Asks a face detector that never saw this code whether the pictures show faces, and where their five points are. No occlusion. */
export async function checkSynthetic(
  detector: FaceDetector,
  options: CheckOptions = {},
): Promise<SyntheticCheck> {
  const { identities = 50, images = 4, size = 128, seed = 7, progress, signal } = options;
  for (const [name, value] of Object.entries({ identities, images })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot check faces: ${name} must be an integer of at least 1, current value is ${value}`,
      );
    }
  }
  const tallies = BANDS.map(() => createTally());
  const total = identities * images * BANDS.length;
  let done = 0;
  for (let k = 0; k < identities; k++) {
    const identity = identityOf(personSeed(seed, k));
    const person = buildPerson(identity);
    for (const [b, band] of BANDS.entries()) {
      for (let j = 0; j < images; j++) {
        throwIfStopped(signal, "checking synthetic faces; nothing was changed");
        const random = createRandom(seed).fork(`check ${k} ${b} ${j}`);
        const yaw = (random.next() < 0.5 ? -1 : 1) * (band.from + (band.to - band.from) * random.next());
        const nuisance = drawNuisance(random.integer(2 ** 52), { yaw, occlusion: "none", years: 0 });
        const { image, landmarks } = await renderStored(person, nuisance, size);
        const frontal = (nuisance.eyeSpan * size * identity.shape.eyeX) / USUAL_EYE_X;
        tallies[b].add(await detector.detect(image), landmarks, frontal);
        progress?.({ stage: "check", done: ++done, total, detail: `yaw ${band.from} to ${band.to}` });
      }
    }
  }
  const bands = BANDS.map(({ from, to }, b) => ({ from, to, ...tallies[b].result() }));
  const passed = bands.every(
    (band, b) => band.found >= LEAST_FOUND * band.images && band.meanError <= BANDS[b].most,
  );
  return { detector: detector.name, identities, size, seed, bands, passed };
}

interface Tally {
  add(faces: readonly DetectedFace[], truth: Float32Array, frontal: number): void;
  result(): Omit<YawBand, "from" | "to">;
}

function createTally(): Tally {
  let images = 0;
  let extra = 0;
  const errors: number[] = [];
  const projected: number[] = [];
  const byPoint = new Float64Array(5);
  const shifts = new Float64Array(10);
  return {
    add: (faces, truth, frontal) => {
      images++;
      const holding = faces
        .filter((face) => holds(face, truth[4], truth[5]))
        .sort((a, b) => b.score - a.score);
      extra += faces.length - holding.length;
      const [face] = holding;
      if (!face) return;
      const eyes = Math.hypot(truth[0] - truth[2], truth[1] - truth[3]);
      let sum = 0;
      for (let p = 0; p < 5; p++) {
        const dx = (face.points[2 * p] - truth[2 * p]) / frontal;
        const dy = (face.points[2 * p + 1] - truth[2 * p + 1]) / frontal;
        byPoint[p] += Math.hypot(dx, dy);
        shifts[2 * p] += dx;
        shifts[2 * p + 1] += dy;
        sum += Math.hypot(dx, dy) / 5;
      }
      errors.push(sum);
      projected.push((sum * frontal) / eyes);
    },
    result: () => {
      const found = errors.length;
      const sorted = errors.toSorted((a, b) => a - b);
      return {
        images,
        found,
        falseBoxes: extra / images,
        meanError: mean(errors),
        medianError: found > 0 ? sorted[found >> 1] : Number.NaN,
        meanErrorProjected: mean(projected),
        byPoint: Array.from(byPoint, (v) => v / found),
        bias: Array.from(
          { length: 5 },
          (_, p) => [shifts[2 * p] / found, shifts[2 * p + 1] / found] as const,
        ),
      };
    },
  };
}

function holds({ box }: DetectedFace, x: number, y: number): boolean {
  return x >= box.left && y >= box.top && x <= box.left + box.width && y <= box.top + box.height;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
