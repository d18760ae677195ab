import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LabError, messageOf } from "../core/errors";
import { packageRoot } from "../core/folders";
import type { Measured } from "./measured";

const amount = z.number().min(0);
/** A run is played again event by event: more than a machine could have run would keep a reader waiting. */
const many = z.number().int().min(1).max(100_000);
const linear = z.strictObject({ fixed: amount, perDimension: amount });
const tasks = z.strictObject({
  kind: z.literal("tasks"),
  tasks: many,
  coreSeconds: amount,
  coresAtOnce: z.number().positive(),
  gpuSeconds: amount,
  readBytes: amount,
  writeBytes: amount,
  coordinatorSeconds: amount,
  setUpBytes: amount,
});
const steps = z.strictObject({
  kind: z.literal("steps"),
  steps: many,
  pieces: z.number().int().min(1).max(1024),
  coreSeconds: amount,
  ownCoreSeconds: amount,
  coresAtOnce: z.number().positive(),
  gpuSeconds: amount,
  serialSeconds: amount,
  aheadSeconds: amount,
  serialSecondsPerPiece: amount,
  centralBytes: amount,
  centralBytesPerPiece: amount,
  centralBytesPerWorker: amount,
  readBytes: amount,
  ringBytes: amount,
  checkpointBytes: amount,
});

const measuredSchema: z.ZodType<Measured> = z.strictObject({
  format: z.literal("facenet-lab plan 1"),
  date: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  machine: z.string(),
  cores: z.number().int().min(1),
  loadAverage: z.tuple([amount, amount]),
  versions: z.record(z.string(), z.string()),
  costs: z.strictObject({
    alignPerImage: amount,
    detectPerImage: amount,
    alignCores: z.number().min(1),
    writePerEmbedding: amount,
    namesBytesPerEmbedding: amount,
    pair: linear,
    partOfPairs: amount,
    histogramPerPart: amount,
    histogramBytesPerPart: amount,
    search: linear,
    mergePerNeighbour: amount,
    minePerPair: amount,
    updatePerParameter: amount,
    sumPerParameter: amount,
    preparePerValue: amount,
    workerStart: amount,
  }),
  nets: z
    .array(
      z.strictObject({
        name: z.string(),
        inputSize: z.number().int().min(1),
        multiplyAdds: z.number().positive(),
        forwardPerCoreSecond: z.number().positive(),
        trainingPerCoreSecond: z.number().positive(),
      }),
    )
    .min(1),
  checks: z
    .array(
      z.strictObject({
        name: z.string(),
        job: z.discriminatedUnion("kind", [tasks, steps]),
        runs: z
          .array(
            z.strictObject({
              workers: z.number().int().min(1).max(1024),
              seconds: z.number().positive(),
              coreSeconds: z.number().positive(),
            }),
          )
          .max(100),
      }),
    )
    .max(10),
});

/** The measurement that belongs to this package. */
export function usualMeasurement(): string {
  return join(packageRoot(), "data", "results", "plan.json");
}

/** Reads what `plan --measure` wrote. Throws a LabError that names the file and what is wrong in it. */
export function readMeasured(path: string = usualMeasurement()): Measured {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
  const parsed = measuredSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LabError(`Cannot read ${path}: ${issue.path.join(".") || "the measurement"}: ${issue.message}`);
}
