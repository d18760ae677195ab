import { join } from "node:path";
import { withoutUndefined } from "../core/defined";
import { Interrupted, LabError } from "../core/errors";
import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { OpenedData } from "../data/open";
import { pairDistances } from "../evaluate/distances";
import { verification } from "../evaluate/verification";
import { type NamedNetOptions, type NetName, namedNet } from "../nets/named";
import type { NetSpec } from "../nets/spec";
import { checkSameRun, engineChange, newestCheckpoint, saveCheckpoint } from "../train/checkpoint";
import { embedCrops } from "../train/embed";
import { appendRow } from "../train/history";
import { NotFinite } from "../train/nonFinite";
import { defaultSettings, type TrainSettings } from "../train/settings";
import { type StepResult, Trainer, train } from "../train/trainer";
import { cropsDigest, type Prepared } from "./prepare";
import { Hopeless, troubleWarner, type WarnerOptions } from "./runTroubles";
import { type SnapshotOptions, snapshotKeeper } from "./snapshots";
import { saveTroubleBatch } from "./troubleFolder";

/** Which net is trained; its input size is that of the crops. */
export interface NetChoice extends Pick<NamedNetOptions, "embedding" | "batchNorm"> {
  /** Default `laptop`. */
  readonly name?: NetName;
}

/** Options of {@link trainStage}. */
export interface TrainStageOptions extends LongWork, WarnerOptions {
  readonly settings: TrainSettings;
  readonly net?: NetChoice;
  /** A net and its weights to start from, instead of `net` with random ones. */
  readonly from?: { readonly spec: NetSpec; readonly weights: Float32Array };
  /** Folder of the checkpoints. */
  readonly checkpoints: string;
  /** Steps between checkpoints, at least 1; default 200. */
  readonly checkpointEvery?: number;
  /** Points of the held-out curve; default 8. 0 switches it off. */
  readonly evaluations?: number;
  /** Embeddings of the test images that are kept on the way, for the explorer: see `snapshotKeeper`; default none. */
  readonly snapshots?: SnapshotOptions;
  /** Train on to the end of the budget also when a trouble has lasted so long that it is called hopeless; default false: then it stops. */
  readonly goOn?: boolean;
  /** Called with warnings (each trouble once, when it is first seen) and what is resumed. */
  readonly note?: (line: string) => void;
  /** Called after every step, for live figures. */
  readonly onStep?: (trainer: Trainer) => void | Promise<void>;
}

/** The usual settings of a kind of data; what a reader gives wins. Drawings are not mirrored and take a fixed number of steps. */
export function usualSettings(kind: "faces" | "drawings", given: Partial<TrainSettings> = {}): TrainSettings {
  const usual: Partial<TrainSettings> =
    kind === "drawings" ? { augmentation: "drawings", budget: { steps: 1500 } } : {};
  return { ...defaultSettings, ...usual, ...withoutUndefined(given) };
}

/** The usual settings of an opened data set: as of its kind, and a fixed number of steps (a minute on two cores) for generated faces. */
export function settingsFor(
  { dataSet, layout }: Pick<OpenedData, "dataSet" | "layout">,
  given: Partial<TrainSettings>,
): TrainSettings {
  const budget = layout === "synthetic" ? { budget: { steps: 500 } } : {};
  return usualSettings(dataSet.kind, { ...budget, ...given });
}

/** Mirror-averaged embeddings suit faces, not letters. */
export function mirrorAverageFor(kind: "faces" | "drawings"): boolean {
  return kind === "faces";
}

/**
 * Trains on the prepared crops, going on from the newest whole checkpoint if there is one. The held-out curve is only looked at: nothing is chosen by it.
 * When stopped it saves a checkpoint and throws Interrupted. When numbers stop being finite, or when the run is hopeless (see `watchTroubles` and `goOn`),
 * it throws a LabError that says why and what helps, and the batch that it saw last lies in the folder `trouble` beside the checkpoints.
 */
export async function trainStage(prepared: Prepared, options: TrainStageOptions): Promise<Trainer> {
  const { settings, checkpoints, note } = options;
  const { crops } = prepared.train;
  const spec = options.from?.spec ?? netFor(prepared, options.net);
  const dataDigest = cropsDigest(crops);
  const saved = newestCheckpoint(checkpoints, (message) => note?.(`${message}; an older checkpoint is used`));
  if (saved) {
    checkSameRun(saved, { spec, settings, dataDigest });
    note?.(`going on from step ${saved.state.step}`);
    const change = engineChange(saved);
    if (change) note?.(change);
  }
  const trainer = new Trainer(spec, crops, settings, { resume: saved?.state, start: options.from?.weights });
  const keeper: Keeper = {
    savedAt: saved ? trainer.steps : undefined,
    save() {
      if (this.savedAt === trainer.steps) return;
      saveCheckpoint(checkpoints, trainer, dataDigest);
      this.savedAt = trainer.steps;
    },
  };
  try {
    const finished = await trainWatched(trainer, prepared, keeper, options);
    keeper.save();
    if (finished) return trainer;
    throw new Interrupted(
      `Stopped after step ${trainer.steps}; a checkpoint was saved, --resume goes on from it`,
    );
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

/** Saves the trainer where that was not done since its last step. */
interface Keeper {
  savedAt: number | undefined;
  save(): void;
}

/** The loop, with everything that happens between steps. True when the budget was used. */
async function trainWatched(
  trainer: Trainer,
  prepared: Prepared,
  keeper: Keeper,
  options: TrainStageOptions,
): Promise<boolean> {
  const { checkpoints, checkpointEvery = 200, evaluations = 8, signal, progress } = options;
  const start = trainer.steps;
  const done = trainer.history.evaluations.step.length;
  let nextEvaluation = evaluations > 0 ? (done + 1) / evaluations : Number.POSITIVE_INFINITY;
  const keepSnapshot = snapshotKeeper(trainer, () => embedTest(trainer, prepared), options.snapshots);
  const watch = troubleWarner(trainer, options);
  await keepSnapshot();
  const afterStep = async (_: Trainer, result: StepResult): Promise<void> => {
    if (trainer.progress >= nextEvaluation) {
      nextEvaluation = (Math.floor(trainer.progress * evaluations + 1e-9) + 1) / evaluations;
      await evaluateNow(trainer, prepared);
    }
    if (trainer.steps - (keeper.savedAt ?? start) >= checkpointEvery) keeper.save();
    await keepSnapshot();
    await options.onStep?.(trainer);
    const hopeless = watch(result);
    if (!hopeless || options.goOn || trainer.done) return;
    keeper.save();
    throw new Hopeless(hopeless, trainer.steps);
  };
  try {
    return await train(trainer, { signal, progress, afterStep });
  } catch (error) {
    if (!(error instanceof NotFinite || error instanceof Hopeless)) throw error;
    const folder = join(checkpoints, "trouble");
    const what = error instanceof NotFinite ? { where: error.where } : { trouble: error.trouble };
    const facts = { message: error.message, step: error.step, ...what };
    await saveTroubleBatch(folder, trainer, prepared.train.crops, facts);
    throw new LabError(`${error.message} The last batch lies in ${folder}.`);
  }
}

/** The net that was asked for, as large as the prepared crops. */
export function netFor(
  { train }: Prepared,
  { name = "laptop", embedding, batchNorm }: NetChoice = {},
): NetSpec {
  return namedNet(name, {
    inputSize: train.report.settings.size,
    channels: train.crops.channels,
    embedding,
    batchNorm,
  });
}

function embedTest(trainer: Trainer, { test, opened }: Prepared): Promise<Matrix> {
  return embedCrops(trainer.net, test.crops, { mirrorAverage: mirrorAverageFor(opened.dataSet.kind) });
}

/** Most held-out pairs of the curve: it is looked at, not reported. */
const CURVE_PAIRS = 1000;

async function evaluateNow(trainer: Trainer, { pairs, test, opened }: Prepared): Promise<void> {
  const stride = Math.max(1, Math.floor(pairs.same.length / CURVE_PAIRS));
  const chosen = Array.from(pairs.same.keys()).filter((p) => p % stride === 0);
  const rows = [...new Set(chosen.flatMap((p) => [pairs.first[p], pairs.second[p]]))];
  const at = new Map(rows.map((row, i) => [row, i]));
  const embeddings = await embedCrops(trainer.net, test.crops, {
    rows,
    mirrorAverage: mirrorAverageFor(opened.dataSet.kind),
  });
  const index = (from: Int32Array): number[] => chosen.map((p) => at.get(from[p]) as number);
  const { accuracy, auc } = verification({
    distances: pairDistances(embeddings, index(pairs.first), index(pairs.second)),
    same: chosen.map((p) => pairs.same[p]),
    fold: chosen.map((_, i) => i % 2),
    folds: 2,
  });
  appendRow(trainer.history.evaluations, { step: trainer.steps, seconds: trainer.seconds, accuracy, auc });
}
