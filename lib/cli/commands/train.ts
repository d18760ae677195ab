import { resolve } from "node:path";
import { UsageError } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import { type Reduce, reduces } from "../../jobs/gradientSums";
import { countNet } from "../../nets/count";
import { batchImages } from "../../samplers/choice";
import { defaultSettings, type TrainSettings } from "../../train/settings";
import type { TrainingRun } from "../../train/trainer";
import { troubleText } from "../../train/trouble";
import { leftOutLines, leftOutOfPrepared } from "../../walk/leftOut";
import { type Prepared, prepare } from "../../walk/prepare";
import { alignRequest, netRequest } from "../../walk/request";
import { openRunFolder, plainRequest, type RunFolder } from "../../walk/runFolder";
import { troublesOfRun } from "../../walk/runTroubles";
import { saveTrained } from "../../walk/saveTrained";
import { parallelTrainStage, settingsFor, trainStage } from "../../walk/trainStage";
import { nameOfData } from "../../walk/walk";
import type { Command, CommandContext, CommandResult } from "../command";
import { netOf, netOptions } from "../netOptions";
import {
  alignOptions,
  alignOptionsOf,
  dataOptions,
  protocolOf,
  protocolOptions,
  required,
  turnOptions,
} from "../shared";
import { settingsOf, snapshotOptions, trainOptions } from "../trainOptions";
import { withWorkersOf, workerOptions } from "../workerOptions";

export const trainCommand: Command = {
  name: "train",
  summary: "train a net on a data set's training identities",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...trainOptions,
    ...snapshotOptions,
    ...netOptions,
    ...alignOptions,
    ...turnOptions,
    out: { kind: "text", value: "RUN", help: "run folder: model/, checkpoints/, history.json" },
    resume: { kind: "flag", help: "go on from the newest whole checkpoint" },
    ...workerOptions,
    workers: {
      ...workerOptions.workers,
      help: "train in this many processes, with one mining over the whole batch; left out: in this one. The result depends on --chunk only, which is then the batch divided by the workers where it is left out",
      default: undefined,
    },
    reduce: {
      kind: "text",
      value: "HOW",
      help: "where the gradients of the workers are added up: by the coordinator, which gives the same bits for every number of workers; or by gloo among the workers of a Ray cluster (--on), so that none passes through the coordinator: last bits then depend on --workers; left out: coordinator",
      choices: reduces,
    },
  },
  examples: [
    "facenet-lab train --steps 300 --out runs/first",
    "facenet-lab train --data my-photos --minutes 10 --checkpoint-every 100 --out runs/photos",
    "facenet-lab train --data my-photos --minutes 10 --out runs/photos --resume",
    "facenet-lab train --data my-photos --steps 500 --workers 4 --out runs/photos-parallel",
    "facenet-lab train --data my-photos --steps 500 --workers 4 --on auto --reduce gloo --out runs/photos-cluster",
  ],
  run: async (context) => {
    const out = resolve(required(context, "out", "the run folder"));
    const data = context.text("data");
    const protocol = protocolOf(context);
    if (context.number("threads") !== undefined && context.number("workers") === undefined) {
      throw new UsageError("Cannot use --threads without --workers: they are the threads of each worker");
    }
    if (context.text("on") !== undefined && context.number("workers") === undefined) {
      throw new UsageError("Cannot use --on without --workers: it says where the workers run");
    }
    const reduce = reduceOf(context);
    const given = withChunk(settingsOf(context), context.number("workers"));
    const net = netOf(context);
    const align = alignOptionsOf(context, net);
    const { budget, ...lasting } = given;
    const turns = context.flag("turns");
    const request = {
      command: "train",
      data: nameOfData(data),
      protocol,
      ...alignRequest(align),
      ...(turns && { turns }),
      ...netRequest(net),
      ...plainRequest(lasting),
    };
    const run = openRunFolder(out, request, { resume: context.flag("resume"), note: context.note });
    try {
      const { progress, signal } = context;
      const prepared = await prepare({ data, protocol, seed: given.seed, align, turns, progress, signal });
      for (const line of leftOutLines(leftOutOfPrepared(prepared))) context.note(line);
      const settings = settingsFor(prepared.opened, { ...lasting, ...(budget && { budget }) });
      const stage = {
        settings,
        net,
        checkpoints: run.file("checkpoints"),
        checkpointEvery: context.number("checkpoint-every"),
        goOn: context.flag("go-on"),
        snapshots: { folder: run.file("snapshots"), count: context.number("snapshots") ?? 0 },
        progress,
        signal,
        note: context.note,
      };
      const finish = (trained: TrainingRun): Promise<CommandResult> => finishRun(run, prepared, trained);
      if (context.number("workers") === undefined) return await finish(await trainStage(prepared, stage));
      return await withWorkersOf(context, async (workers) =>
        finish(await parallelTrainStage(prepared, workers, { ...stage, reduce })),
      );
    } finally {
      run.close();
    }
  },
};

/** Throws a UsageError where the workers that were asked for cannot add up as asked. */
function reduceOf(context: CommandContext): Reduce | undefined {
  const reduce = context.text("reduce") as Reduce | undefined;
  if (reduce !== undefined && context.number("workers") === undefined) {
    throw new UsageError("Cannot use --reduce without --workers: it says how their gradients are added up");
  }
  if (reduce === "gloo" && context.text("on") === undefined) {
    throw new UsageError(
      "Cannot use --reduce gloo without --on: it adds up among the workers of a Ray cluster",
    );
  }
  return reduce;
}

/** Over workers the chunk decides the result: where it is left out, a batch is one chunk for each. */
function withChunk(settings: Partial<TrainSettings>, workers: number | undefined): Partial<TrainSettings> {
  if (workers === undefined || settings.chunk !== undefined) return settings;
  const images = batchImages(settings.batch ?? defaultSettings.batch);
  return { ...settings, chunk: Math.max(2, Math.ceil(images / workers)) };
}

/** Writes model and history of a run that has ended. */
async function finishRun(run: RunFolder, prepared: Prepared, trained: TrainingRun): Promise<CommandResult> {
  const { steps, seconds, history, sampler, spec } = trained;
  const net = await trained.currentNet();
  const card = saveTrained(run.file("model"), prepared, trained, net, null);
  writeFileAtomic(run.file("history.json"), JSON.stringify(history));
  const loss = history.steps.loss.at(-1) ?? Number.NaN;
  const training = {
    steps,
    seconds,
    imagesPerSecond: (steps * sampler.batchSize) / Math.max(1e-9, seconds),
    loss,
    parameters: countNet(spec).parameters,
    troubles: troublesOfRun(trained),
  };
  trained.dispose();
  return {
    json: { model: run.file("model"), id: card.id, training, runDirectory: run.path },
    text: [
      `${training.steps} steps, loss ${loss.toFixed(4)}, ${training.imagesPerSecond.toFixed(0)} images/s`,
      ...training.troubles.map((trouble) => `careful: ${troubleText(trouble)}`),
      `model ${card.id} in ${run.file("model")}`,
    ].join("\n"),
  };
}
