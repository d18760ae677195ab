import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LabError, messageOf } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import type { Matrix } from "../core/matrix";
import { createRandom } from "../core/random";
import type { PairList } from "../data/dataset";
import { engineProducts } from "../engine/products";
import { allPairsVal } from "../evaluate/allPairs";
import { bootstrapIdentities, type Interval, LEAST_IDENTITIES } from "../evaluate/bootstrap";
import { calibrate, probabilityOfSame, type Reliability, reliability } from "../evaluate/calibration";
import { pairDistances } from "../evaluate/distances";
import { samplePairs } from "../evaluate/pairSample";

const FORMAT = "facenet-lab calibration 1";
export const CALIBRATION_FILE = "calibration.json";

/** How a model's distances are to be used, as `calibration.json` beside its card. */
export interface ModelCalibration {
  readonly format: typeof FORMAT;
  /** Id of the model: distances of another one mean something else. */
  readonly model: string;
  readonly protocol: string;
  /** Squared L2 below which two images are accepted, for the FAR that was asked for. */
  readonly threshold: {
    readonly value: number;
    readonly far: number;
    readonly val: number;
    /** 95 % over resampled identities. */
    readonly interval: Interval;
    readonly valInterval: Interval;
    readonly differentPairs: number;
  };
  /** Platt: P(same | d) = 1 / (1 + exp(slope · d + bias)). */
  readonly probability: {
    readonly method: "platt";
    readonly slope: number;
    readonly bias: number;
    readonly prior: number;
    readonly pairs: number;
    /** On the folds that the fit did not see. */
    readonly brier: number;
    readonly ece: number;
  };
}

const share = z.number().min(0).max(1);
const interval = z.tuple([z.number(), z.number()]);
const schema: z.ZodType<ModelCalibration> = z.strictObject({
  format: z.literal(FORMAT),
  model: z.string().max(100),
  protocol: z.string().max(500),
  threshold: z.strictObject({
    value: z.number(),
    far: share,
    val: share,
    interval,
    valInterval: interval,
    differentPairs: z.number().int().min(1),
  }),
  probability: z.strictObject({
    method: z.literal("platt"),
    slope: z.number(),
    bias: z.number(),
    prior: z.number().gt(0).lt(1),
    pairs: z.number().int().min(2),
    brier: z.number(),
    ece: z.number(),
  }),
});

/** What is calibrated on: rows of people who did not train, and their scored pairs in folds. */
export interface CalibrationRows {
  readonly x: Matrix;
  readonly labels: Int32Array;
  readonly pairs: PairList;
  readonly model: string;
  readonly protocol: string;
}

/**
 * The threshold of a FAR over all pairs with its interval over identities, and a Platt fit on the listed pairs; its reliability is measured on folds that the
 * fit did not see. Throws a RangeError for a FAR that the rows cannot measure and a LabError for fewer than ten identities.
 */
export function calibrateStage(
  { x, labels, pairs, model, protocol }: CalibrationRows,
  far: number,
  seed: number,
): { readonly calibration: ModelCalibration; readonly reliability: Reliability } {
  const identities = new Set(labels).size;
  if (identities < LEAST_IDENTITIES) {
    throw new LabError(
      `Cannot calibrate: at least ${LEAST_IDENTITIES} identities are needed, current value is ${identities}`,
    );
  }
  const products = engineProducts;
  const random = createRandom(seed).fork("calibrate");
  const { points, differentPairs } = allPairsVal(x, labels, { products, fars: [far] });
  const [{ threshold: value, val }] = points;
  const sample = samplePairs(x, labels, random, { products });
  const [bounds] = bootstrapIdentities(sample, [far], random).points;
  const distances = pairDistances(x, pairs.first, pairs.second);
  const unseen = foldProbabilities(distances, pairs);
  const { slope, bias, prior } = calibrate(distances, pairs.same);
  const { brier, ece } = unseen;
  return {
    calibration: {
      format: FORMAT,
      model,
      protocol,
      threshold: { value, far, val, interval: bounds.threshold, valInterval: bounds.val, differentPairs },
      probability: { method: "platt", slope, bias, prior, pairs: distances.length, brier, ece },
    },
    reliability: unseen,
  };
}

/** Reliability of probabilities that each fold gets from a fit on the other folds. */
function foldProbabilities(distances: Float32Array, { same, fold, folds }: PairList): Reliability {
  const probabilities = new Float64Array(distances.length);
  for (let k = 0; k < folds; k++) {
    const seen = Array.from(fold.keys()).filter((p) => fold[p] !== k);
    const fit = calibrate(
      seen.map((p) => distances[p]),
      seen.map((p) => same[p]),
    );
    for (let p = 0; p < fold.length; p++) {
      if (fold[p] === k) probabilities[p] = probabilityOfSame(fit, distances[p]);
    }
  }
  return reliability(probabilities, same);
}

/** Writes the calibration beside the model's card; an older one is replaced. */
export function saveCalibration(folder: string, calibration: ModelCalibration): void {
  writeFileAtomic(join(folder, CALIBRATION_FILE), `${JSON.stringify(calibration, null, 2)}\n`);
}

/** Reads a model's calibration. Throws a LabError when there is none, or when it belongs to other weights (`model` is the card's id). */
export function loadCalibration(folder: string, model: string): ModelCalibration {
  const path = join(folder, CALIBRATION_FILE);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LabError(
      `Cannot read ${path}: ${messageOf(error)}. "facenet-lab calibrate --model ${folder}" makes it.`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new LabError(`Cannot read ${path}: ${issue.path.join(".") || "calibration"}: ${issue.message}`);
  }
  if (parsed.data.model !== model) {
    throw new LabError(
      `Cannot use ${path}: it must be of the model ${model}, current value is ${parsed.data.model}. Calibrate again.`,
    );
  }
  return parsed.data;
}
