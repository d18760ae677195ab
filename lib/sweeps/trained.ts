import type { AlignMode } from "../align/align";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import type { CropSet } from "../data/dataset";
import { embedCrops } from "../train/embed";
import type { TrainSettings } from "../train/settings";
import { type Prepared, type PrepareOptions, prepare } from "../walk/prepare";
import { mirrorAverageFor, type NetChoice, settingsFor, trainStage } from "../walk/trainStage";
import type { SweepName, SweepValue } from "./kinds";
import type { SweepPoint } from "./points";
import { scoreOf } from "./score";
import { shareOfIdentities, withFlippedLabels } from "./trainingSets";

/** Options of {@link trainedMeasure}. */
export interface TrainedOptions extends LongWork {
  readonly prepare: PrepareOptions;
  /** Settings that differ from the usual ones of the data. */
  readonly settings: Partial<TrainSettings>;
  readonly net: NetChoice;
  /** Folder of a point's checkpoints: an interrupted point goes on from there. */
  readonly checkpointsOf: (value: SweepValue) => string;
  readonly checkpointEvery?: number;
  readonly note?: (line: string) => void;
}

/** Trains a net at each value, all with the same budget and seed, and scores it on the test side. */
export function trainedMeasure(
  name: SweepName,
  options: TrainedOptions,
): (value: SweepValue) => Promise<Omit<SweepPoint, "value">> {
  const { progress, signal, note, checkpointEvery, net, settings: given } = options;
  const seed = given.seed ?? 1;
  let shared: Promise<Prepared> | undefined;
  const preparedFor = (value: SweepValue): Promise<Prepared> => {
    const base = { ...options.prepare, seed, progress, signal };
    if (name === "alignment") return prepare({ ...base, align: { ...base.align, mode: value as AlignMode } });
    shared ??= prepare(base);
    return shared;
  };
  return async (value) => {
    const prepared = await preparedFor(value);
    const crops = trainingCrops(name, value, prepared.train.crops, seed);
    const settings = settingsFor(prepared.opened, { ...given, seed });
    const trainer = await trainStage(
      { ...prepared, train: { ...prepared.train, crops } },
      {
        settings,
        net: name === "dimensions" ? { ...net, embedding: value as number } : net,
        checkpoints: options.checkpointsOf(value),
        checkpointEvery,
        evaluations: 0,
        // A setting that ruins the training is a result of the sweep.
        goOn: true,
        progress,
        signal,
        note,
      },
    );
    try {
      const mirrorAverage = mirrorAverageFor(prepared.opened.dataSet.kind);
      const { crops: test } = prepared.test;
      const x = await embedCrops(trainer.net, test, { mirrorAverage, progress, signal });
      const facts = {
        "training identities": new Set(crops.labels).size,
        "training images": crops.labels.length,
        steps: trainer.steps,
      };
      return { score: scoreOf(x, test.labels, prepared.pairs), facts };
    } finally {
      trainer.dispose();
    }
  };
}

function trainingCrops(name: SweepName, value: SweepValue, crops: CropSet, seed: number): CropSet {
  const random = createRandom(seed).fork(`sweep ${name}`);
  if (name === "training-size") return shareOfIdentities(crops, value as number, random);
  return name === "label-noise" ? withFlippedLabels(crops, value as number, random) : crops;
}
