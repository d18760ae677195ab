import { resolve } from "node:path";
import { writeFileAtomic } from "../../core/files";
import { countNet } from "../../nets/count";
import { troubleText } from "../../train/trouble";
import { prepare } from "../../walk/prepare";
import { openRunFolder, plainRequest } from "../../walk/runFolder";
import { troublesOfRun } from "../../walk/runTroubles";
import { saveTrained } from "../../walk/saveTrained";
import { settingsFor, trainStage } from "../../walk/trainStage";
import { nameOfData } from "../../walk/walk";
import type { Command } from "../command";
import { netOf, netOptions } from "../netOptions";
import { alignOptions, alignOptionsOf, dataOptions, protocolOf, protocolOptions, required } from "../shared";
import { settingsOf, snapshotOptions, trainOptions } from "../trainOptions";

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
    out: { kind: "text", value: "RUN", help: "run folder: model/, checkpoints/, history.json" },
    resume: { kind: "flag", help: "go on from the newest whole checkpoint" },
  },
  examples: [
    "facenet-lab train --steps 300 --out runs/first",
    "facenet-lab train --data my-photos --minutes 10 --checkpoint-every 100 --out runs/photos",
    "facenet-lab train --data my-photos --minutes 10 --out runs/photos --resume",
  ],
  run: async (context) => {
    const out = resolve(required(context, "out", "the run folder"));
    const data = context.text("data");
    const protocol = protocolOf(context);
    const given = settingsOf(context);
    const net = netOf(context);
    const align = alignOptionsOf(context, net);
    const { budget, ...lasting } = given;
    const request = {
      command: "train",
      data: nameOfData(data),
      protocol,
      mode: align.mode ?? null,
      size: align.size ?? null,
      net: net.name ?? null,
      embedding: net.embedding ?? null,
      batchNorm: net.batchNorm ?? false,
      ...plainRequest(lasting),
    };
    const run = openRunFolder(out, request, { resume: context.flag("resume"), note: context.note });
    try {
      const { progress, signal } = context;
      const prepared = await prepare({ data, protocol, seed: given.seed, align, progress, signal });
      const settings = settingsFor(prepared.opened, { ...lasting, ...(budget && { budget }) });
      const trainer = await trainStage(prepared, {
        settings,
        net,
        checkpoints: run.file("checkpoints"),
        checkpointEvery: context.number("checkpoint-every"),
        goOn: context.flag("go-on"),
        snapshots: { folder: run.file("snapshots"), count: context.number("snapshots") ?? 0 },
        progress,
        signal,
        note: context.note,
      });
      const card = saveTrained(run.file("model"), prepared, trainer, null);
      writeFileAtomic(run.file("history.json"), JSON.stringify(trainer.history));
      const loss = trainer.history.steps.loss.at(-1) ?? Number.NaN;
      const training = {
        steps: trainer.steps,
        seconds: trainer.seconds,
        imagesPerSecond: (trainer.steps * trainer.sampler.batchSize) / Math.max(1e-9, trainer.seconds),
        loss,
        parameters: countNet(trainer.net.spec).parameters,
        troubles: troublesOfRun(trainer),
      };
      trainer.dispose();
      return {
        json: { model: run.file("model"), id: card.id, training, runDirectory: out },
        text: [
          `${training.steps} steps, loss ${loss.toFixed(4)}, ${training.imagesPerSecond.toFixed(0)} images/s`,
          ...training.troubles.map((trouble) => `careful: ${troubleText(trouble)}`),
          `model ${card.id} in ${run.file("model")}`,
        ].join("\n"),
      };
    } finally {
      run.close();
    }
  },
};
