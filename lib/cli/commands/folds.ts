import { resolve } from "node:path";
import { DEFAULT_TEMPLATE, templateNames } from "../../align/templates";
import { UsageError } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import { markdownTable } from "../../core/text";
import { openDataSet } from "../../data/open";
import { type FoldRecipe, foldRecipeNames, foldRecipeSummary, type RunName } from "../../walk/foldRuns";
import { type FoldResult, foldStudy, VIEW2_FOLDS } from "../../walk/foldStudy";
import { alignRequest, netRequest } from "../../walk/request";
import { openRunFolder, plainRequest } from "../../walk/runFolder";
import { settingsFor } from "../../walk/trainStage";
import { nameOfData } from "../../walk/walk";
import type { Command, CommandContext } from "../command";
import { netOf, netOptions } from "../netOptions";
import { alignOptions, alignOptionsOf, listOf, required } from "../shared";
import { runOptions, runSettingsOf } from "../trainOptions";

export const foldsCommand: Command = {
  name: "folds",
  summary: "LFW View 2 without outside data: for every fold a net that was trained on nobody of it",
  options: {
    data: { kind: "text", value: "DIR", help: "LFW, in its own layout", default: "lfw" },
    recipes: {
      kind: "text",
      value: "LIST",
      help: `recipes that take turns, separated by commas: ${foldRecipeNames.join(", ")}`,
      default: "facenet,softmax,joint,two-step",
    },
    join: {
      kind: "flag",
      help: "also all recipes together: distances in units of their standard deviation, added up",
    },
    folds: {
      kind: "text",
      value: "LIST",
      help: `folds, 1 to ${VIEW2_FOLDS}, separated by commas, at least two; left out: all`,
    },
    seed: { kind: "integer", help: "seed of everything that is drawn", default: 1 },
    ...runOptions,
    ...netOptions,
    ...alignOptions,
    template: {
      kind: "text",
      value: "LIST",
      help: `where the points of a face lie in its crop: ${templateNames().join(", ")}; with several, separated by commas, each has nets of its own and their distances are also added up; left out: ${DEFAULT_TEMPLATE}`,
    },
    out: {
      kind: "text",
      value: "DIR",
      help: "run folder: folds.json, folds.md and a file for each recipe and fold",
    },
    resume: { kind: "flag", help: "keep the finished folds of this folder and go on" },
  },
  examples: [
    "facenet-lab folds --minutes 4 --out runs/view2",
    "facenet-lab folds --recipes supervised-contrastive,high-dim-lbp --join --template arcface-112,close-112,dlib-150 --steps 1000 --augmentation faces --out runs/view2-joined --resume",
  ],
  run: async (context) => {
    const data = context.text("data");
    const chosen = recipesOf(context);
    if (context.flag("join") && chosen.length < 2)
      throw new UsageError(
        `Cannot use --join: at least two recipes are needed, current value is ${chosen[0]}`,
      );
    const folds = foldsOf(context);
    const templates = templatesOf(context);
    const net = netOf(context);
    const { template: _, ...align } = alignOptionsOf(context, net);
    const { budget, ...lasting } = runSettingsOf(context);
    // Recipes and folds may be added when it is resumed; everything that decides a fold's numbers may not change.
    const request = {
      ...{ command: "folds", data: nameOfData(data), useLandmarks: align.useLandmarks ?? true },
      ...alignRequest(align),
      ...netRequest(net),
      ...plainRequest({ ...lasting, budget: budget ?? null }),
    };
    const run = openRunFolder(resolve(required(context, "out", "the run folder")), request, {
      resume: context.flag("resume"),
      note: context.note,
    });
    try {
      const { progress, signal, note } = context;
      const opened = await openDataSet(data, { progress, signal });
      const settings = settingsFor(opened, { ...lasting, ...(budget && { budget }) });
      const results = await foldStudy(opened, {
        recipes: chosen,
        join: context.flag("join"),
        settings,
        net,
        align,
        folds,
        templates,
        checkpointEvery: context.number("checkpoint-every"),
        goOn: context.flag("go-on"),
        fileOf: (name) => run.file("folds", `${fileName(name)}.json`),
        checkpointsOf: (name) => run.file("checkpoints", fileName(name)),
        note,
        progress,
        signal,
      });
      // Each recipe has an objective of its own.
      const { objective: _, ...shared } = settings;
      const json = {
        settings: shared,
        folds: folds?.map((fold) => fold + 1) ?? "all",
        results: results.map(plain),
      };
      writeFileAtomic(run.file("folds.json"), `${JSON.stringify(json, null, 2)}\n`);
      const text = table(results);
      writeFileAtomic(run.file("folds.md"), `${text}\n`);
      return { json: { ...json, runDirectory: run.path }, text };
    } finally {
      run.close();
    }
  },
};

/** A list without repetitions. */
function differentOf(context: CommandContext, name: string): string[] | undefined {
  const parts = listOf(context, name);
  const twice = parts?.find((part, i) => parts.indexOf(part) !== i);
  if (twice !== undefined)
    throw new UsageError(`Cannot use --${name}: ${JSON.stringify(twice)} stands there twice`);
  return parts;
}

function recipesOf(context: CommandContext): FoldRecipe[] {
  const names = differentOf(context, "recipes") as string[];
  const unknown = names.find((name) => !(foldRecipeNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot follow the recipe ${JSON.stringify(unknown)}: the recipes are ${foldRecipeNames.join(", ")}`,
    );
  }
  return names as FoldRecipe[];
}

function templatesOf(context: CommandContext): string[] | undefined {
  const names = differentOf(context, "template");
  const unknown = names?.find((name) => !templateNames().includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot align: the templates are ${templateNames().join(", ")}, current value is ${JSON.stringify(unknown)}`,
    );
  }
  return names;
}

function fileName({ recipe, template, fold }: RunName): string {
  return `${recipe}-${template}-${fold + 1}`;
}

function foldsOf(context: CommandContext): number[] | undefined {
  const folds = differentOf(context, "folds")?.map(Number);
  const wrong = folds?.find((fold) => !Number.isInteger(fold) || fold < 1 || fold > VIEW2_FOLDS);
  if (wrong !== undefined || folds?.length === 1) {
    throw new UsageError(
      `Cannot use --folds: at least two whole numbers from 1 to ${VIEW2_FOLDS} are needed, current value is ${context.text("folds")}`,
    );
  }
  return folds?.map((fold) => fold - 1);
}

function plain({ recipes, templates, verification: v, auc, runs }: FoldResult): object {
  return {
    recipe: recipes.join(" + "),
    templates,
    summary: recipes.map(foldRecipeSummary).join(" + "),
    accuracy: v.accuracy,
    standardError: v.standardError,
    auc,
    pairs: v.pairs,
    perFold: v.perFold.map((fold, k) => {
      const { distances: _, same: __, recipe: ___, template: ____, ...run } = runs[k];
      return { ...fold, ...run, fold: run.fold + 1 };
    }),
  };
}

function table(results: readonly FoldResult[]): string {
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const minutes = (runs: FoldResult["runs"]): string =>
    (runs.reduce((sum, run) => sum + run.seconds, 0) / runs.length / 60).toFixed(1);
  const rows = results.map(({ recipes, templates, verification: v, auc, runs }) => [
    recipes.join(" + "),
    templates.join(" + "),
    `${percent(v.accuracy)} ± ${percent(v.standardError)}`,
    `${auc.mean.toFixed(4)} ± ${auc.standardError.toFixed(4)}`,
    `${v.pairs}`,
    minutes(runs),
  ]);
  const head = ["recipe", "crops", "accuracy", "AUC of a fold", "pairs", "training minutes a fold"];
  return markdownTable(head, rows).join("\n");
}
