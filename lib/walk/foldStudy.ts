import { rmSync } from "node:fs";
import { z } from "zod";
import type { AlignOptions } from "../align/alignDataSet";
import { DEFAULT_TEMPLATE } from "../align/templates";
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
  /** Of the crops. */
  readonly template: string;
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

/** A recipe over all folds, on crops of one template or with the distances of several added up. */
export interface FoldResult {
  readonly recipe: RecipeName;
  readonly templates: readonly string[];
  /** Accuracy of a fold with the threshold that is best on the other folds' own pairs, mean ± standard error over the folds. */
  readonly verification: VerificationResult;
  /** AUC of each fold, and their mean: the distances of two nets do not share a scale. */
  readonly auc: { readonly mean: number; readonly standardError: number };
  readonly runs: readonly FoldRun[];
}

/** What tells a run of a study from the others. */
export type RunName = Pick<FoldRun, "recipe" | "template" | "fold">;

/** Options of {@link foldStudy}. */
export interface FoldStudyOptions extends LongWork {
  readonly recipes: readonly RecipeName[];
  /** Settings and budget of every training; what a recipe names is the recipe's. */
  readonly settings: TrainSettings;
  readonly net?: NetChoice;
  readonly align?: Omit<AlignOptions, "template">;
  /** Templates of the crops, each with nets of its own; default the usual one. */
  readonly templates?: readonly string[];
  /** Folds, from 0, at least two; default all ten. */
  readonly folds?: readonly number[];
  /** Path of a fold's result; a fold whose file is there is read, not trained again. */
  readonly fileOf: (run: RunName) => string;
  /** Folder of the checkpoints of a training in progress; removed when its fold is done. */
  readonly checkpointsOf: (run: RunName) => string;
  readonly checkpointEvery?: number;
  /** Train a stage to its end also when that is hopeless; see `TrainStageOptions`. */
  readonly goOn?: boolean;
  readonly note?: (line: string) => void;
}

/**
 * LFW View 2 without outside data: for every fold a net is trained on all identities that are in none of its pairs. The recipes take turns within a fold,
 * so that a study that is stopped has seen each of them equally often.
 * The threshold of a fold is that of the other folds' pairs, each under its own net: no net is asked about a face that it was trained on.
 * With several templates the squared L2 of a pair is also the mean over its nets, which is that of the joined embeddings (Sun et al. 2014, section 4, join patches
 * at several scales).
 * Source: Huang et al. (2007), View 2. Differs from the paper: a threshold is carried from nets to another net of the same recipe.
 */
export async function foldStudy(opened: OpenedData, options: FoldStudyOptions): Promise<FoldResult[]> {
  const {
    folds = Array.from({ length: VIEW2_FOLDS }, (_, fold) => fold),
    templates = [DEFAULT_TEMPLATE],
    fileOf,
    progress,
    signal,
  } = options;
  if (folds.length < 2)
    throw new RangeError(`Cannot verify: at least 2 folds are needed, current value is ${folds.length}`);
  const runs: FoldRun[] = [];
  for (const fold of folds) {
    for (const template of templates) {
      let prepared: Prepared | undefined;
      for (const recipe of options.recipes) {
        const name = { recipe, template, fold };
        let run = readRun(fileOf(name), name);
        if (run === undefined) {
          const align = { ...options.align, template };
          const all = { protocol: "view2", folds: [fold], seed: options.settings.seed } as const;
          prepared ??= await prepare({ ...all, data: opened, align, progress, signal });
          run = await oneFold(prepared, name, options);
        }
        runs.push(run);
      }
    }
  }
  const joined = templates.length > 1 ? [templates] : [];
  return options.recipes.flatMap((recipe) =>
    [...templates.map((template) => [template]), ...joined].map((together) =>
      summed(recipe, runs, folds, together),
    ),
  );
}

async function oneFold(
  prepared: Prepared,
  name: RunName,
  { settings, net, checkpointEvery, goOn, fileOf, checkpointsOf, note, progress, signal }: FoldStudyOptions,
): Promise<FoldRun> {
  const checkpoints = checkpointsOf(name);
  const { recipe, template, fold } = name;
  const said = `${recipe}, ${template}, fold ${fold + 1}`;
  const { trainer, steps, seconds } = await trainRecipe(prepared, recipes[recipe], {
    settings,
    net,
    evaluations: 0,
    checkpointEvery,
    goOn,
    checkpointsOf: (stage) => `${checkpoints}/stage-${stage}`,
    note: (line) => note?.(`${said}: ${line}`),
    progress: progress && ((e) => progress({ ...e, detail: `${said}: ${e.detail ?? ""}` })),
    signal,
  });
  try {
    const { pairs, train, test, opened } = prepared;
    const mirrorAverage = mirrorAverageFor(opened.dataSet.kind);
    const distances = await distancesOfPairs(trainer.net, test.crops, pairs, { mirrorAverage, signal });
    const run: FoldRun = {
      ...name,
      steps,
      seconds,
      trainIdentities: new Set(train.crops.labels).size,
      trainImages: train.crops.labels.length,
      distances: Array.from(distances),
      same: Array.from(pairs.same),
    };
    writeFileAtomic(fileOf(name), `${JSON.stringify(run)}\n`);
    rmSync(checkpoints, { recursive: true, force: true });
    return run;
  } finally {
    trainer.dispose();
  }
}

function summed(
  recipe: RecipeName,
  all: readonly FoldRun[],
  folds: readonly number[],
  templates: readonly string[],
): FoldResult {
  const own = all.filter((run) => run.recipe === recipe && templates.includes(run.template));
  const runs = folds.map((fold) => joinedRun(own.filter((run) => run.fold === fold)));
  const pairs = {
    distances: runs.flatMap((run) => run.distances),
    same: runs.flatMap((run) => run.same),
    fold: runs.flatMap((run, k) => run.same.map(() => k)),
    folds: folds.length,
  };
  const auc = meanAndStandardError(runs.map((run) => rocCurve(run.distances, run.same).auc));
  return { recipe, templates, verification: verification(pairs), auc, runs };
}

/** One fold's runs on crops of several templates as one: mean distances, all steps and seconds. */
function joinedRun(runs: readonly FoldRun[]): FoldRun {
  const sum = (of: (run: FoldRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return {
    ...runs[0],
    template: runs.map((run) => run.template).join(" + "),
    steps: sum((run) => run.steps),
    seconds: sum((run) => run.seconds),
    distances: runs[0].distances.map((_, pair) => sum((run) => run.distances[pair]) / runs.length),
  };
}

const number = z.number().finite();
const schema = z.object({
  recipe: z.string(),
  template: z.string(),
  fold: z.number().int(),
  steps: z.number().int(),
  seconds: number,
  trainIdentities: z.number().int(),
  trainImages: z.number().int(),
  distances: z.array(number.nonnegative()).min(1),
  same: z.array(z.union([z.literal(0), z.literal(1)])),
});

function readRun(path: string, { recipe, template, fold }: RunName): FoldRun | undefined {
  const parse = (json: unknown): FoldRun | undefined => {
    const run = schema.parse(json);
    const fits =
      run.recipe === recipe &&
      run.template === template &&
      run.fold === fold &&
      run.same.length === run.distances.length;
    return fits ? { ...run, recipe } : undefined;
  };
  return readKept(
    path,
    parse,
    `fold ${fold + 1} of the recipe ${recipe} on ${template}; remove it to train again`,
  );
}
