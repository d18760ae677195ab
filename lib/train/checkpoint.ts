import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { readVectorFile, writeVectorFile } from "../core/container";
import { LabError } from "../core/errors";
import { engineVersions } from "../engine/versions";
import type { NetSpec } from "../nets/spec";
import { netSpecSchema, settingsSchema } from "./schemas";
import type { TrainSettings } from "./settings";
import type { Trainer, TrainerState } from "./trainer";

/** What a checkpoint is for: resuming checks that data, net and settings are the same. */
export interface CheckpointOrigin {
  readonly spec: NetSpec;
  readonly settings: TrainSettings;
  /** SHA-256 over names, labels and pixels of the training crops. */
  readonly dataDigest: string;
}

export interface Checkpoint {
  readonly path: string;
  readonly origin: CheckpointOrigin;
  /** Of the engine that made it; empty in checkpoints older than this field. */
  readonly versions: Readonly<Record<string, string>>;
  readonly state: TrainerState;
}

const column = z.array(z.number());
const headerSchema = z.object({
  spec: netSpecSchema,
  settings: settingsSchema,
  dataDigest: z.string(),
  versions: z.record(z.string(), z.string()).default({}),
  /** How many of the vectors after the weights belong to the optimisers; the rest is the objective's. */
  optimizers: z.number().int().min(1),
  step: z.number().int().min(0),
  seconds: z.number().min(0),
  optimizerSteps: z.number().int().min(0),
  random: z.object({ sampler: column.length(4), augment: column.length(4), mine: column.length(4) }),
  sampler: z.object({ order: column, position: z.number().int().min(0), triplets: column.optional() }),
  history: z.object({
    steps: z.object({
      step: column,
      seconds: column,
      loss: column,
      activeFraction: column,
      meanPositive: column,
      meanNegative: column,
      hardestPositive: column,
      hardestNegative: column,
      batchRank: column,
      learningRate: column,
      relativeStep: column,
    }),
    evaluations: z.object({ step: column, seconds: column, accuracy: column, auc: column }),
  }),
});

/** Checkpoints that are kept: the newest and the one before it, so that a damaged file never costs the run. */
const KEPT = 2;

/** Writes `step-NNNNNNNN.ckpt` into `folder` (whole or not at all) and removes all but the newest two. Returns its path. */
export function saveCheckpoint(folder: string, trainer: Trainer, dataDigest: string): string {
  return saveState(folder, trainer.state(), { spec: trainer.spec, settings: trainer.settings, dataDigest });
}

/** {@link saveCheckpoint} of a state that was asked for before. */
export function saveState(folder: string, state: TrainerState, origin: CheckpointOrigin): string {
  const { weights, optimizerVectors, objectiveVectors, ...rest } = state;
  const path = join(folder, `step-${String(rest.step).padStart(8, "0")}.ckpt`);
  const optimizers = optimizerVectors.length;
  const header = { ...origin, versions: engineVersions(), optimizers, ...rest };
  writeVectorFile(path, header, [weights, ...optimizerVectors, ...objectiveVectors]);
  for (const old of checkpointFiles(folder).slice(KEPT)) rmSync(join(folder, old), { force: true });
  return path;
}

/** The newest checkpoint that is whole, or undefined when there is none. A damaged one is passed over and named in `onDamaged`. */
export function newestCheckpoint(
  folder: string,
  onDamaged?: (message: string) => void,
): Checkpoint | undefined {
  for (const file of checkpointFiles(folder)) {
    try {
      return readCheckpoint(join(folder, file));
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      onDamaged?.(error.message);
    }
  }
  return undefined;
}

/** Reads one checkpoint. Throws a LabError when it is damaged or of another version. */
export function readCheckpoint(path: string): Checkpoint {
  const { header, vectors } = readVectorFile(path);
  const parsed = headerSchema.safeParse(header);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new LabError(`Cannot read ${path}: ${issue.path.join(".")}: ${issue.message}`);
  }
  const { spec, settings, dataDigest, versions, optimizers, ...rest } = parsed.data;
  const [weights, ...others] = vectors;
  const parts = {
    optimizerVectors: others.slice(0, optimizers),
    objectiveVectors: others.slice(optimizers),
  };
  return { path, origin: { spec, settings, dataDigest }, versions, state: { ...rest, weights, ...parts } };
}

/** Throws a LabError naming what differs when a checkpoint does not belong to this run. A longer budget is allowed. */
export function checkSameRun(checkpoint: Checkpoint, now: CheckpointOrigin): void {
  const refuse = (what: string, before: unknown, value: unknown): never => {
    throw new LabError(
      `Cannot resume from ${checkpoint.path}: ${what} must be the same as before (${JSON.stringify(before)}), current value is ${JSON.stringify(value)}`,
    );
  };
  const { origin } = checkpoint;
  for (const key of Object.keys(now.settings) as (keyof TrainSettings)[]) {
    if (key === "budget") continue;
    if (!isDeepStrictEqual(origin.settings[key], now.settings[key]))
      refuse(key, origin.settings[key], now.settings[key]);
  }
  // A net that was read has its keys in the schema's order.
  const spec = netSpecSchema.parse(now.spec);
  if (JSON.stringify(origin.spec) !== JSON.stringify(spec)) refuse("the net", origin.spec, spec);
  if (origin.dataDigest !== now.dataDigest) refuse("the training data", origin.dataDigest, now.dataDigest);
}

/** What of the engine differs from the checkpoint's, in a sentence; undefined when nothing does: then the resumed run is that of one go, bit for bit. */
export function engineChange({ path, versions }: Checkpoint): string | undefined {
  const changes = Object.entries(engineVersions())
    .filter(([name, version]) => versions[name] !== version)
    .map(([name, version]) => `${name} ${versions[name] ?? "of an unknown version"}, now ${version}`);
  if (changes.length === 0) return undefined;
  return `${path} was made with ${changes.join("; ")}: the last bits may differ from those of a run at one go`;
}

/** Newest first. */
function checkpointFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^step-\d{8}\.ckpt$/.test(name))
    .sort()
    .reverse();
}
