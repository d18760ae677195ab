import { z } from "zod";
import { LabError } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import { readKept } from "../core/kept";
import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { pairDistances } from "../evaluate/distances";
import { meanAndStandardError } from "../evaluate/statistics";
import { verification } from "../evaluate/verification";
import { effectiveRank } from "../project/pca";
import { embedCrops } from "../train/embed";
import type { TrainSettings } from "../train/settings";
import { Trainer } from "../train/trainer";
import { type KeptTrouble, keptTroubles } from "../train/trouble";
import type { Prepared } from "../walk/prepare";
import { keptTroublesOf, type WarnerOptions } from "../walk/runTroubles";
import { mirrorAverageFor, type NetChoice, netFor } from "../walk/trainStage";
import { trainThrough } from "../walk/trainThrough";
import type { Estimate } from "./score";

/** What one training reached with one seed. Plain JSON. */
export interface ContestScore {
  /** Accuracy of the protocol's folds, in [0, 1], and the AUC of its pairs. */
  readonly accuracy: number;
  readonly auc: number;
  /** Effective rank of the test embeddings, in [1, D]. */
  readonly rank: number;
  readonly steps: number;
  /** Training time on this machine. */
  readonly seconds: number;
  /** What was wrong with the run at its end, and since which step. */
  readonly troubles: readonly KeptTrouble[];
}

/** The score of one name with one seed. */
export interface ContestRun extends ContestScore {
  readonly name: string;
  readonly seed: number;
}

/** A training by the names that it gives scores to: more than one where the same net is tested in several ways. */
export interface Contestant {
  readonly names: readonly string[];
  /** Scores in the order of the names. */
  readonly run: (seed: number) => Promise<readonly ContestScore[]>;
}

/** Options of {@link contest}. */
export interface ContestOptions extends LongWork, WarnerOptions {
  /** At least one; a standard error needs two. */
  readonly seeds: readonly number[];
  /** Path of a run's result; what is there is read, not trained again. */
  readonly fileOf: (name: string, seed: number) => string;
}

/** Runs all contestants with all seeds. The seeds take turns, so that a contest that is stopped has seen everyone about as often. */
export async function contest(
  contestants: readonly Contestant[],
  { seeds, fileOf, progress }: ContestOptions,
): Promise<ContestRun[]> {
  if (seeds.length === 0) throw new LabError("Cannot compare: at least one seed is needed");
  const runs: ContestRun[] = [];
  const total = seeds.length * contestants.length;
  for (const [turn, seed] of seeds.entries()) {
    for (const [place, { names, run }] of contestants.entries()) {
      const done = turn * contestants.length + place;
      progress?.({ stage: "compare", done, total, detail: `${names[0]}, seed ${seed}` });
      const known = names.map((name) => readRun(fileOf(name, seed), name, seed));
      const scores = known.every((one) => one !== undefined) ? (known as ContestRun[]) : await run(seed);
      for (const [i, name] of names.entries()) {
        const one: ContestRun = { ...scores[i], name, seed };
        if (!known[i]) writeFileAtomic(fileOf(name, seed), `${JSON.stringify(one, null, 2)}\n`);
        runs.push(one);
      }
    }
  }
  return runs;
}

/** How {@link trained} trains. */
export interface TrainedHow extends Omit<LongWork, "progress">, WarnerOptions {
  /** Of the run; stands before its notes and errors. */
  readonly name: string;
  readonly settings: TrainSettings;
  readonly net?: NetChoice;
}

/**
 * Trains a net as the settings say, hands it to `test`, and disposes it. A run in trouble is noted and goes on: what ruins a training is a result here.
 * Throws Interrupted when it is stopped, a LabError where numbers stop being finite.
 */
export async function trained<T>(
  prepared: Prepared,
  { name, settings, net, signal, note, patience }: TrainedHow,
  test: (trainer: Trainer) => Promise<T>,
): Promise<T> {
  const trainer = new Trainer(netFor(prepared, net), prepared.train.crops, settings);
  try {
    await trainThrough(trainer, { name, signal, note, patience, goOn: true, kept: "runs" });
    return await test(trainer);
  } finally {
    trainer.dispose();
  }
}

/** The score of a trained net on the prepared pairs, its embeddings made as is usual for the data. */
export async function scoreNet(
  trainer: Trainer,
  prepared: Prepared,
  signal?: AbortSignal,
): Promise<ContestScore> {
  const mirrorAverage = mirrorAverageFor(prepared.opened.dataSet.kind);
  const x = await embedCrops(trainer.net, prepared.test.crops, { mirrorAverage, signal });
  return scoreEmbeddings(x, trainer, prepared);
}

/** The score of embeddings of the test images. */
export function scoreEmbeddings(
  x: Matrix,
  trainer: Trainer,
  { pairs }: Pick<Prepared, "pairs">,
): ContestScore {
  const { steps, seconds } = trainer;
  const troubles = keptTroublesOf(trainer);
  const distances = pairDistances(x, pairs.first, pairs.second);
  const { accuracy, auc } = verification({ ...pairs, distances });
  return { accuracy, auc, rank: effectiveRank(x), steps, seconds, troubles };
}

/** Mean and standard error of one quantity over the runs of a name. */
export function estimateOf(runs: readonly ContestRun[], of: (run: ContestRun) => number): Estimate {
  return meanAndStandardError(runs.map(of));
}

/** The runs that were in trouble when they ended, as lines for below a table; empty where there are none. */
export function troublesMarkdown(runs: readonly ContestRun[]): string[] {
  const troubled = runs.filter(({ troubles }) => troubles.length > 0);
  if (troubled.length === 0) return [];
  const lines = troubled.map(({ name, seed, troubles }) => {
    const what = troubles.map((trouble) => `${trouble.name} since step ${trouble.since}`);
    return `- ${name}, seed ${seed}: ${what.join(", ")}`;
  });
  return ["", "In trouble when they ended:", "", ...lines];
}

const schema = z.strictObject({
  name: z.string(),
  seed: z.number().int(),
  accuracy: z.number(),
  auc: z.number(),
  rank: z.number(),
  steps: z.number().int(),
  seconds: z.number(),
  troubles: keptTroubles,
});

function readRun(path: string, name: string, seed: number): ContestRun | undefined {
  const parse = (json: unknown): ContestRun | undefined => {
    const run = schema.parse(json);
    return run.name === name && run.seed === seed ? run : undefined;
  };
  return readKept(path, parse, `the run of ${name} with seed ${seed}; remove it to train again`);
}
