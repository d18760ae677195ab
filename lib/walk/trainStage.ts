import { join } from "node:path";
import { withoutUndefined } from "../core/defined";
import { Interrupted, LabError } from "../core/errors";
import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { OpenedData } from "../data/open";
import { verification } from "../evaluate/verification";
import {
  type ParallelTrainer,
  type ParallelTrainerOptions,
  startParallelTrainer,
} from "../jobs/parallelTrainer";
import { type NamedNetOptions, type NetName, namedNet } from "../nets/named";
import type { NetSpec } from "../nets/spec";
import { checkSameRun, engineChange, newestCheckpoint, saveState } from "../train/checkpoint";
import type { StepResult } from "../train/course";
import { embedCrops } from "../train/embed";
import { appendRow } from "../train/history";
import { NotFinite } from "../train/nonFinite";
import { defaultSettings, type TrainSettings } from "../train/settings";
import { Trainer, type TrainerState, type TrainingRun, train } from "../train/trainer";
import type { Workers } from "../worker/workers";
import { distancesOfPairs } from "./pairsOfNet";
import { cropsDigest, type Prepared } from "./prepare";
import { Hopeless, smallBatchText, troubleWarner, type WarnerOptions } from "./runTroubles";
import { type SnapshotOptions, snapshotKeeper } from "./snapshots";
import { saveTroubleBatch } from "./troubleFolder";

/** Which net is trained; its input size is that of the crops. */
export interface NetChoice extends Pick<NamedNetOptions, "embedding" | "batchNorm"> {
  /** Default `laptop`. */
  readonly name?: NetName;
}

/** Options of {@link trainStage}. */
export interface TrainStageOptions<Run extends TrainingRun = Trainer> extends LongWork, WarnerOptions {
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
  readonly onStep?: (trainer: Run) => void | Promise<void>;
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
export function trainStage(prepared: Prepared, options: TrainStageOptions): Promise<Trainer> {
  const { settings, from } = options;
  return drive(
    prepared,
    options,
    (spec, resume) => new Trainer(spec, prepared.train.crops, settings, { resume, start: from?.weights }),
  );
}

/**
 * {@link trainStage} over several workers: the same checkpoints, and the same numbers as in one process with the same `settings.chunk` (but see `Reduce`). The
 * workers must outlive the signal, because a checkpoint is asked of them when the run is stopped.
 */
export function parallelTrainStage(
  prepared: Prepared,
  workers: Workers,
  options: TrainStageOptions<ParallelTrainer> & Pick<ParallelTrainerOptions, "reduce">,
): Promise<ParallelTrainer> {
  const { settings, from, note, reduce } = options;
  return drive(prepared, options, (spec, resume) =>
    startParallelTrainer(workers, spec, prepared.train.crops, settings, {
      resume,
      start: from?.weights,
      reduce,
      onLost: (error, step) => note?.(`${error.message}; the run goes back to step ${step}`),
    }),
  );
}

async function drive<Run extends TrainingRun>(
  prepared: Prepared,
  options: TrainStageOptions<Run>,
  start: (spec: NetSpec, resume: TrainerState | undefined) => Run | Promise<Run>,
): Promise<Run> {
  const { settings, checkpoints, note } = options;
  const { crops } = prepared.train;
  const spec = options.from?.spec ?? netFor(prepared, options.net);
  const origin = { spec, settings, dataDigest: cropsDigest(crops) };
  const saved = newestCheckpoint(checkpoints, (message) => note?.(`${message}; an older checkpoint is used`));
  if (saved) {
    checkSameRun(saved, origin);
    note?.(`going on from step ${saved.state.step}`);
    const change = engineChange(saved);
    if (change) note?.(change);
  }
  const run = await start(spec, saved?.state);
  const small = saved ? undefined : smallBatchText(run);
  if (small) note?.(small);
  const keeper: Keeper = {
    savedAt: saved ? run.steps : undefined,
    async save() {
      if (this.savedAt === run.steps) return;
      saveState(checkpoints, await run.state(), origin);
      this.savedAt = run.steps;
    },
  };
  try {
    const finished = await trainWatched(run, prepared, keeper, options);
    await keeper.save();
    if (finished) return run;
    throw new Interrupted(
      `Stopped after step ${run.steps}; a checkpoint was saved, --resume goes on from it`,
    );
  } catch (error) {
    run.dispose();
    throw error;
  }
}

/** Saves the trainer where that was not done since its last step. */
interface Keeper {
  savedAt: number | undefined;
  save(): Promise<void>;
}

/** The loop, with everything that happens between steps. True when the budget was used. */
async function trainWatched<Run extends TrainingRun>(
  run: Run,
  prepared: Prepared,
  keeper: Keeper,
  options: TrainStageOptions<Run>,
): Promise<boolean> {
  const { checkpoints, checkpointEvery = 200, evaluations = 8, signal, progress } = options;
  const start = run.steps;
  const done = run.history.evaluations.step.length;
  let nextEvaluation = evaluations > 0 ? (done + 1) / evaluations : Number.POSITIVE_INFINITY;
  const keepSnapshot = snapshotKeeper(run, () => embedTest(run, prepared), options.snapshots);
  const watch = troubleWarner(run, options);
  await keepSnapshot();
  const afterStep = async (_: unknown, result: StepResult): Promise<void> => {
    if (run.progress >= nextEvaluation) {
      nextEvaluation = (Math.floor(run.progress * evaluations + 1e-9) + 1) / evaluations;
      await evaluateNow(run, prepared);
    }
    if (run.steps - (keeper.savedAt ?? start) >= checkpointEvery) await keeper.save();
    await keepSnapshot();
    await options.onStep?.(run);
    const hopeless = watch(result);
    if (!hopeless || options.goOn || run.done) return;
    await keeper.save();
    throw new Hopeless(hopeless, run.steps);
  };
  try {
    return await train(run, { signal, progress, afterStep });
  } catch (error) {
    if (!(error instanceof NotFinite || error instanceof Hopeless)) throw error;
    const folder = join(checkpoints, "trouble");
    const what = error instanceof NotFinite ? { where: error.where } : { trouble: error.trouble };
    const facts = { message: error.message, step: error.step, ...what };
    await saveTroubleBatch(folder, run, prepared.train.crops, facts);
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

async function embedTest(run: TrainingRun, { test, opened }: Prepared): Promise<Matrix> {
  return embedCrops(await run.currentNet(), test.crops, {
    mirrorAverage: mirrorAverageFor(opened.dataSet.kind),
  });
}

/** Most held-out pairs of the curve: it is looked at, not reported. */
const CURVE_PAIRS = 1000;

async function evaluateNow(run: TrainingRun, { pairs, test, opened }: Prepared): Promise<void> {
  const stride = Math.max(1, Math.floor(pairs.same.length / CURVE_PAIRS));
  const chosen = Array.from(pairs.same.keys()).filter((p) => p % stride === 0);
  const index = (of: Int32Array): Int32Array => Int32Array.from(chosen, (p) => of[p]);
  const mirrorAverage = mirrorAverageFor(opened.dataSet.kind);
  const [first, second] = [index(pairs.first), index(pairs.second)];
  const { accuracy, auc } = verification({
    distances: await distancesOfPairs(
      await run.currentNet(),
      test.crops,
      { first, second },
      { mirrorAverage },
    ),
    same: chosen.map((p) => pairs.same[p]),
    fold: chosen.map((_, i) => i % 2),
    folds: 2,
  });
  const { steps: step, seconds } = run;
  appendRow(run.history.evaluations, { step, seconds, accuracy, auc });
}
