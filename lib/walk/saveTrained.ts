import { type ModelCard, saveModel } from "../train/modelFolder";
import type { Trainer } from "../train/trainer";
import type { Prepared } from "./prepare";
import { troublesOfRun } from "./runTroubles";
import { mirrorAverageFor } from "./trainStage";
import { versionsInUse } from "./versions";

/** Writes the model folder of a training run on prepared data, with everything that its card says of them. */
export function saveTrained(
  folder: string,
  { opened, protocol, train }: Prepared,
  trainer: Trainer,
  threshold: ModelCard["threshold"],
): ModelCard {
  const { dataSet } = opened;
  const { mode, margin, template } = train.report.settings;
  return saveModel(folder, trainer.net, {
    input: { margin, alignment: mode, template: mode === "similarity" ? template : "none" },
    mirrorAverage: mirrorAverageFor(dataSet.kind),
    training: {
      data: `${dataSet.name}; ${protocol.name}`,
      identities: new Set(train.crops.labels).size,
      images: train.crops.labels.length,
      steps: trainer.steps,
      seconds: trainer.seconds,
      settings: trainer.settings,
      troubles: troublesOfRun(trainer).map(({ name, since }) => ({ name, since })),
    },
    threshold,
    versions: versionsInUse(),
  });
}
