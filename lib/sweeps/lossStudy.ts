import { type ObjectiveChoice, objectiveNames } from "../train/objectives";
import type { Prepared } from "../walk/prepare";
import { type NetChoice, netFor, settingsFor } from "../walk/trainStage";
import { type ContestOptions, type ContestRun, contest, estimateOf, scoreNet, trained } from "./contest";
import type { Estimate } from "./score";

/** One loss with its options, by the name under which it stands in the table. */
export interface NamedLoss {
  readonly name: string;
  readonly objective: ObjectiveChoice;
}

/** The scale at which the losses on cosines run a second time: 64, that of the papers, is meant for long training. */
export const SMALL_SCALE = 16;

/** Every objective with its own defaults, and the losses on scaled cosines again with {@link SMALL_SCALE}. */
export const allLosses: readonly NamedLoss[] = [
  ...objectiveNames.map((name): NamedLoss => ({ name, objective: { name } })),
  ...(["normalized-softmax", "cosface", "arcface"] as const).map(
    (name): NamedLoss => ({
      name: `${name}, scale ${SMALL_SCALE}`,
      objective: { name, scale: SMALL_SCALE },
    }),
  ),
];

/** Mean and standard error over the seeds. */
export interface LossResult {
  readonly loss: string;
  readonly accuracy: Estimate;
  readonly auc: Estimate;
  readonly rank: Estimate;
  readonly runs: readonly ContestRun[];
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
export interface LossStudyOptions extends ContestOptions {
  /** Optimiser steps of every run. */
  readonly steps: number;
  readonly net?: NetChoice;
  /** Default {@link allLosses}. */
  readonly losses?: readonly NamedLoss[];
}

/**
 * All losses on one budget: the same net, batches, augmentation, optimiser, rate and steps; only the loss differs. One rate for all is no loss's best: the
 * order belongs to this budget.
 */
export async function lossStudy(prepared: Prepared, options: LossStudyOptions): Promise<LossSummary> {
  const { seeds, steps, net = {}, losses = allLosses, signal, note, patience } = options;
  const entries = losses.map(({ name, objective }) => ({
    names: [name],
    run: async (seed: number) => {
      const settings = settingsFor(prepared.opened, { seed, budget: { steps }, objective });
      const how = { name: `${name}, seed ${seed}`, settings, net, signal, note, patience };
      return [await trained(prepared, how, (trainer) => scoreNet(trainer, prepared, signal))];
    },
  }));
  const all = await contest(entries, options);
  const results = losses.map(({ name }): LossResult => {
    const runs = all.filter((run) => run.name === name);
    return {
      loss: name,
      accuracy: estimateOf(runs, (run) => run.accuracy),
      auc: estimateOf(runs, (run) => run.auc),
      rank: estimateOf(runs, (run) => run.rank),
      runs,
    };
  });
  results.sort((a, b) => b.auc.mean - a.auc.mean);
  const { name } = netFor(prepared, net);
  return { protocol: prepared.protocol.name, steps, net: name, seeds, results };
}
