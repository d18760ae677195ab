import { existsSync, readFileSync } from "node:fs";
import { Interrupted, LabError } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import type { LongWork } from "../core/progress";
import { pairDistances } from "../evaluate/distances";
import { meanAndStandardError } from "../evaluate/statistics";
import { verification } from "../evaluate/verification";
import { effectiveRank } from "../project/pca";
import { embedCrops } from "../train/embed";
import { type ObjectiveChoice, objectiveNames } from "../train/objectives";
import { Trainer, train } from "../train/trainer";
import type { Prepared } from "../walk/prepare";
import { mirrorAverageFor, type NetChoice, netFor, settingsFor } from "../walk/trainStage";
import type { Estimate } from "./score";

/** One loss with its options, by the name under which it stands in the table. */
export interface Contestant {
  readonly name: string;
  readonly objective: ObjectiveChoice;
}

/** The scale at which the losses on cosines run a second time: 64, that of the papers, is meant for long training. */
export const SMALL_SCALE = 16;

/** Every objective with its own defaults, and the losses on scaled cosines again with {@link SMALL_SCALE}. */
export const contestants: readonly Contestant[] = [
  ...objectiveNames.map((name): Contestant => ({ name, objective: { name } })),
  ...(["normalized-softmax", "cosface", "arcface"] as const).map(
    (name): Contestant => ({
      name: `${name}, scale ${SMALL_SCALE}`,
      objective: { name, scale: SMALL_SCALE },
    }),
  ),
];

/** What one loss reached with one seed. Plain JSON. */
export interface LossRun {
  readonly loss: string;
  readonly seed: number;
  /** Accuracy of the protocol's folds, in [0, 1], and the AUC of its pairs. */
  readonly accuracy: number;
  readonly auc: number;
  /** Effective rank of the test embeddings, in [1, D]. */
  readonly rank: number;
}

/** Mean and standard error over the seeds. */
export interface LossResult {
  readonly loss: string;
  readonly accuracy: Estimate;
  readonly auc: Estimate;
  readonly rank: Estimate;
  readonly runs: readonly LossRun[];
}

export interface LossSummary {
  readonly protocol: string;
  readonly steps: number;
  readonly net: string;
  readonly seeds: readonly number[];
  /** From the highest mean AUC down. */
  readonly results: readonly LossResult[];
}

/** Options of {@link lossStudy}. */
export interface LossStudyOptions extends LongWork {
  /** Optimiser steps of every run. */
  readonly steps: number;
  /** At least one; a standard error needs two. */
  readonly seeds: readonly number[];
  readonly net?: NetChoice;
  /** Default {@link contestants}. */
  readonly losses?: readonly Contestant[];
  /** Path of a run's result; a run whose file is there is read, not trained again. */
  readonly fileOf: (loss: string, seed: number) => string;
}

/**
 * All losses on one budget: the same net, batches, augmentation, optimiser, rate and steps; only the loss differs. The seeds take turns, so that a study that is
 * stopped has seen every loss about as often. One rate for all is no loss's best: the order belongs to this budget.
 */
export async function lossStudy(prepared: Prepared, options: LossStudyOptions): Promise<LossSummary> {
  const { seeds, steps, net = {}, losses = contestants, fileOf, progress } = options;
  if (seeds.length === 0) throw new LabError("Cannot compare losses: at least one seed is needed");
  const spec = netFor(prepared, net);
  const runs: LossRun[] = [];
  const total = seeds.length * losses.length;
  for (const seed of seeds) {
    for (const contestant of losses) {
      progress?.({ stage: "losses", done: runs.length, total, detail: `${contestant.name}, seed ${seed}` });
      const path = fileOf(contestant.name, seed);
      const known = existsSync(path) ? readRun(path, contestant.name, seed) : undefined;
      const run = known ?? (await oneRun(prepared, contestant, seed, options));
      if (!known) writeFileAtomic(path, `${JSON.stringify(run, null, 2)}\n`);
      runs.push(run);
    }
  }
  const results = losses.map(({ name }) => summed(name, runs));
  results.sort((a, b) => b.auc.mean - a.auc.mean);
  return { protocol: prepared.protocol.name, steps, net: spec.name, seeds, results };
}

async function oneRun(
  prepared: Prepared,
  { name, objective }: Contestant,
  seed: number,
  { steps, net, signal }: LossStudyOptions,
): Promise<LossRun> {
  const settings = settingsFor(prepared.opened, { seed, budget: { steps }, objective });
  const trainer = new Trainer(netFor(prepared, net), prepared.train.crops, settings);
  try {
    if (!(await train(trainer, { signal })))
      throw new Interrupted("Stopped: finished runs are kept, --resume goes on with the others");
    const mirrorAverage = mirrorAverageFor(prepared.opened.dataSet.kind);
    const x = await embedCrops(trainer.net, prepared.test.crops, { mirrorAverage, signal });
    const { pairs } = prepared;
    const distances = pairDistances(x, pairs.first, pairs.second);
    const { accuracy, auc } = verification({ ...pairs, distances });
    return { loss: name, seed, accuracy, auc, rank: effectiveRank(x) };
  } finally {
    trainer.dispose();
  }
}

function summed(loss: string, all: readonly LossRun[]): LossResult {
  const runs = all.filter((run) => run.loss === loss);
  const over = (of: (run: LossRun) => number): Estimate => meanAndStandardError(runs.map(of));
  return {
    loss,
    accuracy: over((r) => r.accuracy),
    auc: over((r) => r.auc),
    rank: over((r) => r.rank),
    runs,
  };
}

function readRun(path: string, loss: string, seed: number): LossRun {
  try {
    const run = JSON.parse(readFileSync(path, "utf8")) as LossRun;
    if (run.loss === loss && run.seed === seed && Number.isFinite(run.auc)) return run;
  } catch {
    // Not JSON, or not ours: said below.
  }
  throw new LabError(
    `Cannot read ${path}: it must hold the run of ${loss} with seed ${seed}; remove it to train again`,
  );
}
