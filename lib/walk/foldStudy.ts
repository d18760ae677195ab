import { rmSync } from "node:fs";
import type { AlignOptions } from "../align/alignDataSet";
import { DEFAULT_TEMPLATE } from "../align/templates";
import { backendKinds } from "../backends/kinds";
import { writeFileAtomic } from "../core/files";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import type { OpenedData } from "../data/open";
import { rocCurve } from "../evaluate/roc";
import { meanAndStandardError } from "../evaluate/statistics";
import { type VerificationResult, verification } from "../evaluate/verification";
import { LBP_ALIGNMENT } from "../lbp/describe";
import { fitHighDimLbp, LBP_NAME } from "../lbp/highDimLbp";
import type { TrainSettings } from "../train/settings";
import {
  type FoldRecipe,
  type FoldRun,
  JOIN,
  joinedRuns,
  type RunName,
  readRun,
  togetherOf,
} from "./foldRuns";
import { distancesOfPairs } from "./pairsOfNet";
import { type Prepared, prepare } from "./prepare";
import { trainRecipe } from "./recipeStage";
import { type RecipeName, recipes } from "./recipes";
import { mirrorAverageFor, type NetChoice } from "./trainStage";

/** Folds of LFW's View 2. */
export const VIEW2_FOLDS = 10;

/** A recipe over all folds, on crops of one template or with the distances of several added up; or several recipes together. */
export interface FoldResult {
  readonly recipes: readonly FoldRecipe[];
  readonly templates: readonly string[];
  /** Accuracy of a fold with the threshold that is best on the other folds' own pairs, mean ± standard error over the folds. */
  readonly verification: VerificationResult;
  /** AUC of each fold, and their mean: the distances of two nets do not share a scale. */
  readonly auc: { readonly mean: number; readonly standardError: number };
  readonly runs: readonly FoldRun[];
}

/** Options of {@link foldStudy}. */
export interface FoldStudyOptions extends LongWork {
  readonly recipes: readonly FoldRecipe[];
  /** Also all recipes together: their distances in units of their standard deviations, added up; default false. */
  readonly join?: boolean;
  /** Settings and budget of every training of a net; what a recipe names is the recipe's. */
  readonly settings: TrainSettings;
  readonly net?: NetChoice;
  /** Of the nets' crops; of it high-dimensional LBP takes the mode and the landmarks. */
  readonly align?: Omit<AlignOptions, "template">;
  /** Templates of the nets' crops, each with nets of its own; default the usual one. */
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
 * High-dimensional LBP and Joint Bayesian are fitted to the same people, without a budget.
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
  if (options.join && options.recipes.length < 2)
    throw new RangeError(
      `Cannot join recipes: at least 2 are needed, current value is ${options.recipes.length}`,
    );
  const templatesOf = (recipe: FoldRecipe): readonly string[] =>
    recipe === LBP_NAME ? [LBP_ALIGNMENT.template] : templates;
  // Nets take turns on crops of one template after the other; a description without a net has crops of its own.
  const turns = [
    ...templates.map((template) => ({ template, net: true })),
    { template: LBP_ALIGNMENT.template, net: false },
  ];
  const names = folds.flatMap((fold) =>
    turns.flatMap(({ template, net }) =>
      options.recipes
        .filter((recipe) => (recipe !== LBP_NAME) === net)
        .map((recipe) => ({ recipe, template, fold })),
    ),
  );
  // All that is kept is read before anything is trained: a damaged file is found at once.
  const kept = names.map((name) => readRun(fileOf(name), name));
  const runs: FoldRun[] = [];
  let ready: { readonly key: string; readonly prepared: Prepared } | undefined;
  for (const [i, name] of names.entries()) {
    const { recipe, template, fold } = name;
    let run = kept[i];
    if (run === undefined) {
      const own = recipe === LBP_NAME ? LBP_ALIGNMENT : { template };
      const key = JSON.stringify([fold, own]);
      if (ready?.key !== key) {
        ready = undefined;
        const align = { ...options.align, ...own };
        const all = { protocol: "view2", folds: [fold], seed: options.settings.seed } as const;
        ready = { key, prepared: await prepare({ ...all, data: opened, align, progress, signal }) };
      }
      run =
        recipe === LBP_NAME
          ? await lbpFold(ready.prepared, name, options)
          : await netFold(ready.prepared, { ...name, recipe }, options);
    }
    runs.push(run);
  }
  const results = options.recipes.flatMap((recipe) => {
    const own = templatesOf(recipe);
    const joined = own.length > 1 ? [own] : [];
    return [...own.map((template) => [template]), ...joined].map((together) =>
      resultOf([recipe], joinedRuns(runs, recipe, folds, together)),
    );
  });
  if (!options.join) return results;
  const parts = options.recipes.map((recipe) => joinedRuns(runs, recipe, folds, templatesOf(recipe)));
  return [...results, resultOf(options.recipes, togetherOf(parts))];
}

async function netFold(
  prepared: Prepared,
  name: RunName & { readonly recipe: RecipeName },
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
    const { pairs, test, opened } = prepared;
    const mirrorAverage = mirrorAverageFor(opened.dataSet.kind);
    const distances = await distancesOfPairs(trainer.net, test.crops, pairs, { mirrorAverage, signal });
    const run = foldRun(prepared, name, { steps, seconds, distances });
    writeFileAtomic(fileOf(name), `${JSON.stringify(run)}\n`);
    rmSync(checkpoints, { recursive: true, force: true });
    return run;
  } finally {
    trainer.dispose();
  }
}

/** High-dimensional LBP and Joint Bayesian, fitted to everybody who is in no pair of the fold. */
async function lbpFold(
  prepared: Prepared,
  name: RunName,
  { settings, fileOf, progress, signal }: FoldStudyOptions,
): Promise<FoldRun> {
  const { pairs, train, test } = prepared;
  const start = performance.now();
  const work: LongWork = {
    progress: progress && ((e) => progress({ ...e, detail: `${LBP_NAME}, fold ${name.fold + 1}` })),
    signal,
  };
  const lbp = await fitHighDimLbp(train.crops, { seed: settings.seed, ...work });
  const random = createRandom(settings.seed).fork("back-end joint-bayesian");
  const backend = backendKinds["joint-bayesian"].fit(
    await lbp.embed(train.crops, work),
    train.crops.labels,
    random,
  );
  const scores = backend.score(await lbp.embed(test.crops, work), pairs);
  const seconds = (performance.now() - start) / 1000;
  const run = foldRun(prepared, name, { steps: 0, seconds, distances: scores.map((score) => -score) });
  writeFileAtomic(fileOf(name), `${JSON.stringify(run)}\n`);
  return run;
}

function foldRun(
  { train, pairs }: Prepared,
  name: RunName,
  { distances, ...effort }: { steps: number; seconds: number; distances: Float32Array | Float64Array },
): FoldRun {
  return {
    ...name,
    ...effort,
    trainIdentities: new Set(train.crops.labels).size,
    trainImages: train.crops.labels.length,
    distances: Array.from(distances),
    same: Array.from(pairs.same),
  };
}

function resultOf(recipes: readonly FoldRecipe[], runs: readonly FoldRun[]): FoldResult {
  const pairs = {
    distances: runs.flatMap((run) => run.distances),
    same: runs.flatMap((run) => run.same),
    fold: runs.flatMap((run, k) => run.same.map(() => k)),
    folds: runs.length,
  };
  const auc = meanAndStandardError(runs.map((run) => rocCurve(run.distances, run.same).auc));
  return { recipes, templates: runs[0].template.split(JOIN), verification: verification(pairs), auc, runs };
}
