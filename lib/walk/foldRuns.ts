import { z } from "zod";
import { readKept } from "../core/kept";
import { addedDistances } from "../evaluate/addedDistances";
import { LBP_NAME } from "../lbp/highDimLbp";
import { type RecipeName, recipeNames, recipes } from "./recipes";

/** Between the names of templates that were added up. */
export const JOIN = " + ";

/** What a fold study compares: recipes that train nets, and high-dimensional LBP with Joint Bayesian (Chen et al. 2013), which needs none. */
export type FoldRecipe = RecipeName | typeof LBP_NAME;
export const foldRecipeNames: readonly FoldRecipe[] = [...recipeNames, LBP_NAME];

/** In one line. */
export function foldRecipeSummary(recipe: FoldRecipe): string {
  return recipe === LBP_NAME
    ? "local binary patterns around points of the face, Joint Bayesian, no net"
    : recipes[recipe].summary;
}

/** One fold of one recipe, which saw nobody of its pairs. Plain JSON. */
export interface FoldRun {
  readonly recipe: FoldRecipe;
  /** Of the crops. */
  readonly template: string;
  /** From 0. */
  readonly fold: number;
  readonly steps: number;
  /** Training time of all stages; with a budget in steps it depends on the machine. */
  readonly seconds: number;
  readonly trainIdentities: number;
  readonly trainImages: number;
  /** Per pair, smaller = more alike: the net's squared L2, or minus Joint Bayesian's log-likelihood ratio. */
  readonly distances: readonly number[];
  readonly same: readonly number[];
}

/** What tells a run of a study from the others. */
export type RunName = Pick<FoldRun, "recipe" | "template" | "fold">;

/** For each fold the runs of a recipe on crops of several templates as one: mean distances. */
export function joinedRuns(
  all: readonly FoldRun[],
  recipe: FoldRecipe,
  folds: readonly number[],
  templates: readonly string[],
): FoldRun[] {
  return folds.map((fold) => {
    const runs = templates.map(
      (template) =>
        all.find((r) => r.recipe === recipe && r.template === template && r.fold === fold) as FoldRun,
    );
    const mean = (pair: number): number =>
      runs.reduce((sum, { distances }) => sum + distances[pair], 0) / runs.length;
    return oneOf(
      runs,
      runs[0].distances.map((_, pair) => mean(pair)),
    );
  });
}

/** For each fold the runs of several recipes as one, by `addedDistances`. */
export function togetherOf(parts: readonly (readonly FoldRun[])[]): FoldRun[] {
  const fold = parts[0].flatMap((run, k) => run.distances.map(() => k));
  const sum = addedDistances(
    parts.map((runs) => runs.flatMap((run) => run.distances)),
    { fold, folds: parts[0].length },
  );
  return parts[0].map((_, k) =>
    oneOf(
      parts.map((runs) => runs[k]),
      Array.from(sum.filter((_, p) => fold[p] === k)),
    ),
  );
}

/** Runs of one fold as one with these distances: all steps and seconds. */
function oneOf(runs: readonly FoldRun[], distances: readonly number[]): FoldRun {
  const sum = (of: (run: FoldRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return {
    ...runs[0],
    template: [...new Set(runs.flatMap((run) => run.template.split(JOIN)))].join(JOIN),
    steps: sum((run) => run.steps),
    seconds: sum((run) => run.seconds),
    distances,
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
  distances: z.array(number).min(1),
  same: z.array(z.union([z.literal(0), z.literal(1)])),
});

/** The run that an earlier study kept in the file, or nothing. Throws a LabError for a file that is damaged or holds another run. */
export function readRun(path: string, { recipe, template, fold }: RunName): FoldRun | undefined {
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
