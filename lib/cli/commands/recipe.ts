import { resolve } from "node:path";
import { saveBackend } from "../../backends/saved";
import { UsageError } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import type { ModelCard } from "../../train/modelFolder";
import type { Trainer } from "../../train/trainer";
import type { BackendResult } from "../../walk/backendStage";
import { type Prepared, prepare } from "../../walk/prepare";
import { recipeStage } from "../../walk/recipeStage";
import { type RecipeName, recipeNames, recipes } from "../../walk/recipes";
import { alignRequest, netRequest } from "../../walk/request";
import { openRunFolder, plainRequest } from "../../walk/runFolder";
import { saveTrained } from "../../walk/saveTrained";
import { settingsFor } from "../../walk/trainStage";
import { nameOfData } from "../../walk/walk";
import type { Command, CommandContext, CommandResult } from "../command";
import { netOf, netOptions } from "../netOptions";
import { alignOptions, alignOptionsOf, dataOptions, protocolOf, protocolOptions, required } from "../shared";
import { runOptions, runSettingsOf } from "../trainOptions";

export const recipeCommand: Command = {
  name: "recipe",
  summary: "a pipeline of the literature in one line: training stages, then back-ends on the frozen features",
  arguments: "[NAME]",
  mostPositionals: 1,
  options: {
    list: { kind: "flag", help: "show the recipes" },
    ...dataOptions,
    ...protocolOptions,
    ...runOptions,
    ...netOptions,
    ...alignOptions,
    out: {
      kind: "text",
      value: "RUN",
      help: "run folder: model/, NAME.backend, a folder of checkpoints for each stage",
    },
    resume: { kind: "flag", help: "go on with the run in the folder" },
  },
  examples: [
    "facenet-lab recipe --list",
    "facenet-lab recipe vgg-face --steps 500 --out runs/vgg",
    "facenet-lab recipe deepid2 --data lfw --protocol view1 --minutes 5 --out runs/deepid2",
  ],
  run: async (context) => {
    const [name] = context.positionals;
    if (context.flag("list") === (name !== undefined)) throw new UsageError("Give one recipe, or --list");
    if (name === undefined) return { json: recipes, text: listText() };
    if (!(recipeNames as readonly string[]).includes(name)) {
      throw new UsageError(
        `Cannot follow the recipe ${JSON.stringify(name)}: the recipes are ${recipeNames.join(", ")}`,
      );
    }
    return follow(context, name as RecipeName);
  },
};

async function follow(context: CommandContext, name: RecipeName): Promise<CommandResult> {
  const out = resolve(required(context, "out", "the run folder"));
  const data = context.text("data");
  const protocol = protocolOf(context);
  const net = netOf(context);
  const align = alignOptionsOf(context, net);
  const { budget, ...lasting } = runSettingsOf(context);
  const request = {
    ...{ command: "recipe", recipe: name, data: nameOfData(data), protocol },
    ...alignRequest(align),
    ...netRequest(net),
    // The shares of the stages are cut from it, so it cannot change.
    ...plainRequest({ ...lasting, budget: budget ?? null }),
  };
  const run = openRunFolder(out, request, { resume: context.flag("resume"), note: context.note });
  try {
    const { progress, signal, note } = context;
    const prepared = await prepare({ data, protocol, seed: lasting.seed, align, progress, signal });
    const settings = settingsFor(prepared.opened, { ...lasting, ...(budget && { budget }) });
    const { trainer, backends } = await recipeStage(prepared, recipes[name], {
      settings,
      net,
      checkpointsOf: (stage) => run.file("checkpoints", `stage-${stage}`),
      checkpointEvery: context.number("checkpoint-every"),
      goOn: context.flag("go-on"),
      note,
      progress,
      signal,
    });
    const card = savedAndDisposed(run.file("model"), prepared, trainer, backends[0]);
    for (const { backend } of backends) {
      saveBackend(run.file(`${backend.name}.backend`), { backend, features: card.id });
    }
    const results = backends.map(({ backend, verification: v }) => ({
      backend: backend.name,
      accuracy: v.accuracy,
      standardError: v.standardError,
      auc: v.auc,
      eer: v.eer,
      pairs: v.pairs,
    }));
    const json = {
      recipe: name,
      ...recipes[name],
      protocol: prepared.protocol.name,
      model: card.id,
      results,
    };
    writeFileAtomic(run.file("recipe.json"), `${JSON.stringify(json, null, 2)}\n`);
    const lines = results.map(
      (r) =>
        `${r.backend.padEnd(15)} ${(100 * r.accuracy).toFixed(2)} % ± ${(100 * r.standardError).toFixed(2)} (${r.pairs} pairs), AUC ${r.auc.toFixed(4)}`,
    );
    const { summary, source } = recipes[name];
    const head = [`recipe     ${name}: ${summary} (${source})`, `protocol   ${json.protocol}`];
    return { json: { ...json, runDirectory: out }, text: [...head, ...lines].join("\n") };
  } finally {
    run.close();
  }
}

/** Writes the model folder; the trainer is done with, whether that succeeds or not. */
function savedAndDisposed(
  folder: string,
  prepared: Prepared,
  trainer: Trainer,
  { verification: { threshold, accuracy } }: BackendResult,
): ModelCard {
  try {
    const value = { value: threshold, protocol: prepared.protocol.name, accuracy };
    return saveTrained(folder, prepared, trainer, trainer.net, value);
  } finally {
    trainer.dispose();
  }
}

function listText(): string {
  return recipeNames
    .map((name) => `${name.padEnd(24)} ${recipes[name].summary} (${recipes[name].source})`)
    .join("\n");
}
