import { identityNames } from "../data/dataset";
import type { Net } from "../nets/build";
import { type ModelCard, saveModel } from "../train/modelFolder";
import { digestsOf } from "../train/trainedPeople";
import type { TrainingRun } from "../train/trainer";
import type { Prepared } from "./prepare";
import { keptTroublesOf } from "./runTroubles";
import { mirrorAverageFor } from "./trainStage";
import { versionsInUse } from "./versions";

/** Writes the model folder of a training run on prepared data and its net as it is now, with everything that its card says of them. */
export function saveTrained(
  folder: string,
  { opened, protocol, train }: Prepared,
  run: TrainingRun,
  net: Net,
  threshold: ModelCard["threshold"],
): ModelCard {
  const { dataSet } = opened;
  const { mode, margin, template } = train.report.settings;
  return saveModel(folder, net, {
    input: { margin, alignment: mode, template: mode === "similarity" ? template : "none" },
    mirrorAverage: mirrorAverageFor(dataSet.kind),
    training: {
      data: `${dataSet.name}; ${protocol.name}`,
      identities: new Set(train.crops.labels).size,
      images: train.crops.labels.length,
      people: digestsOf(identityNames(train.crops)),
      steps: run.steps,
      seconds: run.seconds,
      settings: run.settings,
      troubles: keptTroublesOf(run),
    },
    threshold,
    versions: versionsInUse(),
  });
}
