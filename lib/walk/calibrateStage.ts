import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LabError, messageOf } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import type { Matrix } from "../core/matrix";
import { createRandom } from "../core/random";
import type { PairList } from "../data/dataset";
import { engineProducts } from "../engine/products";
import { allPairsVal } from "../evaluate/allPairs";
import { bootstrapIdentities, type Interval, LEAST_IDENTITIES } from "../evaluate/bootstrap";
import { calibrate, type Reliability } from "../evaluate/calibration";
import { pairDistances } from "../evaluate/distances";
import { foldReliability } from "../evaluate/foldReliability";
import { samplePairs } from "../evaluate/pairSample";

const FORMAT = "facenet-lab calibration 2";
export const CALIBRATION_FILE = "calibration.json";

/** How distances are to be used; of a model as `calibration.json` beside its card. */
export interface ModelCalibration {
  readonly format: typeof FORMAT;
  /** Id of the model: distances of another one mean something else. Null where the rows came from a table, which does not say. */
  readonly model: string | null;
  readonly protocol: string;
  /** Whether the rows were projected to the unit sphere first. */
  readonly normalized: boolean;
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
  model: z.string().max(100).nullable(),
  protocol: z.string().max(500),
  normalized: z.boolean(),
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
  readonly model: string | null;
  readonly protocol: string;
  readonly normalized: boolean;
}

/**
 * The threshold of a FAR over all pairs with its interval over identities, and a Platt fit on the listed pairs; its reliability is measured on folds that the
 * fit did not see. Throws a RangeError for a FAR that the rows cannot measure, a LabError for fewer than ten identities or pairs that fold by fold lack a kind.
 */
export function calibrateStage(
  { x, labels, pairs, model, protocol, normalized }: CalibrationRows,
  far: number,
  seed: number,
): { readonly calibration: ModelCalibration; readonly reliability: Reliability } {
  const identities = new Set(labels).size;
  if (identities < LEAST_IDENTITIES) {
    throw new LabError(
      `Cannot calibrate: at least ${LEAST_IDENTITIES} identities that did not train are needed, current value is ${identities} (of a folder of people, three in ten are tested)`,
    );
  }
  const products = engineProducts;
  const random = createRandom(seed).fork("calibrate");
  const { points, differentPairs } = allPairsVal(x, labels, { products, fars: [far] });
  const [{ threshold: value, val }] = points;
  const sample = samplePairs(x, labels, random, { products });
  const [bounds] = bootstrapIdentities(sample, [far], random).points;
  const distances = pairDistances(x, pairs.first, pairs.second);
  const unseen = foldReliability({ ...pairs, distances });
  if (!unseen) {
    throw new LabError(
      `Cannot calibrate: same and different pairs are needed outside of each fold, current value is ${pairs.folds} folds of ${distances.length} pairs`,
    );
  }
  const { slope, bias, prior } = calibrate(distances, pairs.same);
  const { brier, ece } = unseen;
  return {
    calibration: {
      format: FORMAT,
      model,
      protocol,
      normalized,
      threshold: { value, far, val, interval: bounds.threshold, valInterval: bounds.val, differentPairs },
      probability: { method: "platt", slope, bias, prior, pairs: distances.length, brier, ece },
    },
    reliability: unseen,
  };
}

/** Writes a calibration to a file; an older one is replaced. `calibrationOf(folder)` is the one beside a model's card. */
export function saveCalibration(path: string, calibration: ModelCalibration): void {
  writeFileAtomic(path, `${JSON.stringify(calibration, null, 2)}\n`);
}

/** The file of a model folder's own calibration. */
export function calibrationOf(folder: string): string {
  return join(folder, CALIBRATION_FILE);
}

/** What the distances that a calibration is used on are of. */
export interface CalibrationUse {
  /** Id of the model. Left out: unknown, and then any calibration is taken. */
  readonly model?: string;
  /** Default false. */
  readonly normalized?: boolean;
}

/** Reads a calibration. Throws a LabError when there is none, or when it is of another model or of rows that were (not) projected to the sphere. */
export function loadCalibration(
  path: string,
  { model, normalized = false }: CalibrationUse,
): ModelCalibration {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LabError(
      `Cannot read ${path}: ${messageOf(error)}. "facenet-lab calibrate --model ${dirname(path)} --data DIR" makes it, from people who did not train it.`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new LabError(
      `Cannot read ${path}: ${issue.path.join(".") || "calibration"}: ${issue.message}. Calibrate again.`,
    );
  }
  const { data } = parsed;
  if (model !== undefined && data.model !== null && data.model !== model) {
    throw new LabError(
      `Cannot use ${path}: it must be of the model ${model}, current value is ${data.model}. Calibrate again.`,
    );
  }
  if (data.normalized !== normalized) {
    throw new LabError(
      `Cannot use ${path}: it must be of rows that were ${normalized ? "" : "not "}projected to the sphere, current value is ${data.normalized ? "" : "not "}projected. Calibrate again.`,
    );
  }
  return data;
}
