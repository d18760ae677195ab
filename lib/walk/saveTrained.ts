import type { Net } from "../nets/build";
import { type ModelCard, saveModel } from "../train/modelFolder";
import type { TrainingRun } from "../train/trainer";
import type { Prepared } from "./prepare";
import { mirrorAverageFor } from "./trainStage";
import { versionsInUse } from "./versions";

/** What a model folder needs to know of a training run. */
export type Trained = Pick<TrainingRun, "steps" | "seconds" | "settings"> & { readonly net: Net };

/** Writes the model folder of a training run on prepared data, with everything that its card says of them. */
export function saveTrained(
  folder: string,
  { opened, protocol, train }: Prepared,
  trainer: Trained,
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
    },
    threshold,
    versions: versionsInUse(),
  });
}
