import { rmSync } from "node:fs";
import { z } from "zod";
import type { AlignOptions } from "../align/alignDataSet";
import { writeFileAtomic } from "../core/files";
import { readKept } from "../core/kept";
import type { LongWork } from "../core/progress";
import type { OpenedData } from "../data/open";
import { rocCurve } from "../evaluate/roc";
import { meanAndStandardError } from "../evaluate/statistics";
import { type VerificationResult, verification } from "../evaluate/verification";
import type { TrainSettings } from "../train/settings";
import { distancesOfPairs } from "./pairsOfNet";
import { type Prepared, prepare } from "./prepare";
import { trainRecipe } from "./recipeStage";
import { type RecipeName, recipes } from "./recipes";
import { mirrorAverageFor, type NetChoice } from "./trainStage";

/** Folds of LFW's View 2. */
export const VIEW2_FOLDS = 10;

/** One fold of one recipe: the squared L2 of the fold's pairs under a net that saw nobody of them. Plain JSON. */
export interface FoldRun {
  readonly recipe: RecipeName;
  /** From 0. */
  readonly fold: number;
  readonly steps: number;
  /** Training time of all stages; with a budget in steps it depends on the machine. */
  readonly seconds: number;
  readonly trainIdentities: number;
  readonly trainImages: number;
  readonly distances: readonly number[];
  readonly same: readonly number[];
}

/** A recipe over all folds. */
export interface FoldResult {
  readonly recipe: RecipeName;
  /** Accuracy of a fold with the threshold that is best on the other folds' own pairs, mean ± standard error over the folds. */
  readonly verification: VerificationResult;
  /** AUC of each fold, and their mean: the distances of two nets do not share a scale. */
  readonly auc: { readonly mean: number; readonly standardError: number };
  readonly runs: readonly FoldRun[];
}

/** Options of {@link foldStudy}. */
export interface FoldStudyOptions extends LongWork {
  readonly recipes: readonly RecipeName[];
  /** Settings and budget of every training; what a recipe names is the recipe's. */
  readonly settings: TrainSettings;
  readonly net?: NetChoice;
  readonly align?: AlignOptions;
  /** Folds, from 0, at least two; default all ten. */
  readonly folds?: readonly number[];
  /** Path of a fold's result; a fold whose file is there is read, not trained again. */
  readonly fileOf: (recipe: RecipeName, fold: number) => string;
  /** Folder of the checkpoints of a training in progress; removed when its fold is done. */
  readonly checkpointsOf: (recipe: RecipeName, fold: number) => string;
  readonly checkpointEvery?: number;
  /** Train a stage to its end also when that is hopeless; see `TrainStageOptions`. */
  readonly goOn?: boolean;
  readonly note?: (line: string) => void;
}

/**
 * LFW View 2 without outside data: for every fold a net is trained on all identities that are in none of its pairs. The recipes take turns within a fold,
 * so that a study that is stopped has seen each of them equally often.
 * The threshold of a fold is that of the other folds' pairs, each under its own net: no net is asked about a face that it was trained on.
 * Source: Huang et al. (2007), View 2. Differs from the paper: a threshold is carried from nets to another net of the same recipe.
 */
export async function foldStudy(opened: OpenedData, options: FoldStudyOptions): Promise<FoldResult[]> {
  const {
    folds = Array.from({ length: VIEW2_FOLDS }, (_, fold) => fold),
    fileOf,
    progress,
    signal,
  } = options;
  if (folds.length < 2)
    throw new RangeError(`Cannot verify: at least 2 folds are needed, current value is ${folds.length}`);
  const runs: FoldRun[] = [];
  for (const fold of folds) {
    const known = new Map(
      options.recipes.flatMap((recipe) => {
        const run = readRun(fileOf(recipe, fold), recipe, fold);
        return run ? [[recipe, run] as const] : [];
      }),
    );
    const all = { protocol: "view2", folds: [fold], seed: options.settings.seed } as const;
    const prepared =
      known.size < options.recipes.length
        ? await prepare({ ...all, data: opened, align: options.align, progress, signal })
        : undefined;
    for (const recipe of options.recipes) {
      const run = known.get(recipe) ?? (await oneFold(prepared as Prepared, recipe, fold, options));
      runs.push(run);
    }
  }
  return options.recipes.map((recipe) => summed(recipe, runs, folds));
}

async function oneFold(
  prepared: Prepared,
  recipe: RecipeName,
  fold: number,
  { settings, net, checkpointEvery, goOn, fileOf, checkpointsOf, note, progress, signal }: FoldStudyOptions,
): Promise<FoldRun> {
  const checkpoints = checkpointsOf(recipe, fold);
  const { trainer, steps, seconds } = await trainRecipe(prepared, recipes[recipe], {
    settings,
    net,
    evaluations: 0,
    checkpointEvery,
    goOn,
    checkpointsOf: (stage) => `${checkpoints}/stage-${stage}`,
    note: (line) => note?.(`${recipe}, fold ${fold + 1}: ${line}`),
    progress:
      progress && ((e) => progress({ ...e, detail: `${recipe}, fold ${fold + 1}: ${e.detail ?? ""}` })),
    signal,
  });
  try {
    const { pairs, train, test, opened } = prepared;
    const mirrorAverage = mirrorAverageFor(opened.dataSet.kind);
    const distances = await distancesOfPairs(trainer.net, test.crops, pairs, { mirrorAverage, signal });
    const run: FoldRun = {
      recipe,
      fold,
      steps,
      seconds,
      trainIdentities: new Set(train.crops.labels).size,
      trainImages: train.crops.labels.length,
      distances: Array.from(distances),
      same: Array.from(pairs.same),
    };
    writeFileAtomic(fileOf(recipe, fold), `${JSON.stringify(run)}\n`);
    rmSync(checkpoints, { recursive: true, force: true });
    return run;
  } finally {
    trainer.dispose();
  }
}

function summed(recipe: RecipeName, all: readonly FoldRun[], folds: readonly number[]): FoldResult {
  const runs = all.filter((run) => run.recipe === recipe);
  const pairs = {
    distances: runs.flatMap((run) => run.distances),
    same: runs.flatMap((run) => run.same),
    fold: runs.flatMap((run, k) => run.same.map(() => k)),
    folds: folds.length,
  };
  const auc = meanAndStandardError(runs.map((run) => rocCurve(run.distances, run.same).auc));
  return { recipe, verification: verification(pairs), auc, runs };
}

const number = z.number().finite();
const schema = z.object({
  recipe: z.string(),
  fold: z.number().int(),
  steps: z.number().int(),
  seconds: number,
  trainIdentities: z.number().int(),
  trainImages: z.number().int(),
  distances: z.array(number.nonnegative()).min(1),
  same: z.array(z.union([z.literal(0), z.literal(1)])),
});

function readRun(path: string, recipe: RecipeName, fold: number): FoldRun | undefined {
  const parse = (json: unknown): FoldRun | undefined => {
    const run = schema.parse(json);
    const fits = run.recipe === recipe && run.fold === fold && run.same.length === run.distances.length;
    return fits ? { ...run, recipe } : undefined;
  };
  return readKept(path, parse, `fold ${fold + 1} of the recipe ${recipe}; remove it to train again`);
}
