import { type Matrix, stackRows } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { Random } from "../core/random";
import type { CropSet } from "../data/dataset";
import { loadEngine } from "../engine/load";
import { offlineTriplets } from "../miners/offline";
import type { Net } from "../nets/build";
import type { NetSpec } from "../nets/spec";
import type { RowTriplets } from "../samplers/offline";
import type { Sampler } from "../samplers/sampler";
import { classesOf, type SeenBatch } from "./batches";
import { Course, type CourseState, checkCourse, OnCourse, type StepResult } from "./course";
import { embedRows } from "./embed";
import { flattened } from "./flatWeights";
import type { TrainingHistory } from "./history";
import { notFinite, stepIsFinite } from "./nonFinite";
import type { Objective } from "./objective";
import { Replica, type ReplicaState } from "./replica";
import type { TrainSettings } from "./settings";

/** Everything that a run needs to go on to the bit: weights, optimisers, objective, random states, sampler position, time and history. */
export interface TrainerState extends Omit<CourseState, "random">, Omit<ReplicaState, "mine"> {
  readonly random: { readonly sampler: number[]; readonly augment: number[]; readonly mine: number[] };
}

/** Both halves as one state. */
export function joinStates(
  { random, ...course }: CourseState,
  { mine, ...replica }: ReplicaState,
): TrainerState {
  return { ...course, ...replica, random: { ...random, mine } };
}

/** The half of a state that a replica goes on from. */
export function replicaStateOf(state: TrainerState): ReplicaState {
  const { weights, optimizerSteps, optimizerVectors, objectiveVectors, random } = state;
  return { weights, optimizerSteps, optimizerVectors, objectiveVectors, mine: random.mine };
}

/** A training run that a loop can drive: in this process (`Trainer`) or over several workers. */
export interface TrainingRun {
  readonly spec: NetSpec;
  readonly settings: TrainSettings;
  readonly history: TrainingHistory;
  readonly sampler: Sampler;
  /** Steps taken and training seconds used so far. */
  readonly steps: number;
  readonly seconds: number;
  /** Share of the budget that is used, in [0, 1]. */
  readonly progress: number;
  readonly done: boolean;
  /** Training identities. */
  readonly identities: number;
  /** What the last step looked at, also one that failed. */
  readonly lastBatch: SeenBatch | undefined;
  /** One optimiser step. Throws NotFinite, a LabError, when loss or gradient stop being finite; the trained weights then are those before the step. */
  step(): StepResult | Promise<StepResult>;
  /** A copy of everything that the next step depends on. */
  state(): TrainerState | Promise<TrainerState>;
  /** The net as it is now, in this process. It belongs to the run. */
  currentNet(): Net | Promise<Net>;
  dispose(): void;
}

/** Options of {@link Trainer}. */
export interface TrainerOptions {
  /** Go on from here. */
  readonly resume?: TrainerState;
  /** Weights to start from, in the order of `readWeights`; default random ones. */
  readonly start?: Float32Array;
  /** An objective made by the caller; default the one that the settings name. */
  readonly objective?: Objective;
  /** A clock in seconds; only budgets in seconds depend on it. */
  readonly now?: () => number;
}

/**
 * A training run over aligned crops. `step` does one optimiser step; `state` and the constructor's `resume` save and continue it.
 * The caller owns the loop (see `train`), so that a notebook can step through it by hand.
 */
export class Trainer extends OnCourse implements TrainingRun {
  readonly spec: NetSpec;
  readonly net: Net;
  readonly settings: TrainSettings;
  protected readonly course: Course;
  private readonly replica: Replica;

  constructor(spec: NetSpec, crops: CropSet, settings: TrainSettings, options: TrainerOptions = {}) {
    super();
    checkCourse(spec, crops, settings);
    const { resume, start, objective, now } = options;
    this.replica = new Replica(spec, settings, {
      classes: classesOf(crops).size,
      state: resume && replicaStateOf(resume),
      start,
      objective,
    });
    this.spec = spec;
    this.net = this.replica.net;
    this.course = new Course(spec, crops, settings, {
      resume,
      now,
      mineOffline: (subset, random) =>
        mineOffline(this.net, crops, { chunk: settings.chunk, subset, random }),
    });
    this.settings = settings;
  }

  step(): StepResult {
    const { course, replica, net, settings } = this;
    const batch = course.next();
    const { result, gradients } = replica.gradientOf(batch);
    const { loss, trainedGradients } = result;
    const { learningRate } = course;
    try {
      const relativeStep = stepIsFinite(loss, trainedGradients)
        ? replica.apply(gradients, trainedGradients, learningRate)
        : Number.NaN;
      if (Number.isFinite(relativeStep)) return course.finish(result, learningRate, relativeStep);
      const { chunk, rate } = settings;
      const broken = { batch, loss, gradient: flattened(gradients), chunk };
      throw notFinite(net, broken, { step: this.steps + 1, rate });
    } finally {
      loadEngine().dispose(gradients);
    }
  }

  state(): TrainerState {
    return joinStates(this.course.state(), this.replica.state());
  }

  currentNet(): Net {
    return this.net;
  }

  dispose(): void {
    this.course.dispose();
    this.replica.dispose();
  }
}

/** The hardest triplets of a random subset, as the net sees it now. */
function mineOffline(
  net: Net,
  crops: CropSet,
  how: { readonly chunk: number; readonly subset: number; readonly random: Random },
): RowTriplets {
  const rows = how.random.shuffle([...crops.labels.keys()]).slice(0, how.subset);
  const parts: Matrix[] = [];
  for (let i = 0; i < rows.length; i += how.chunk)
    parts.push(embedRows(net, crops, rows.slice(i, i + how.chunk)));
  return offlineTriplets(
    stackRows(parts),
    Int32Array.from(rows, (row) => crops.labels[row]),
    { rows },
  );
}

/** Options of {@link train}. */
export interface TrainLoop<Run extends TrainingRun = Trainer> extends LongWork {
  /** Called between steps with the run, for example to save a checkpoint or to draw. */
  readonly afterStep?: (trainer: Run, result: StepResult) => void | Promise<void>;
}

/** Steps until the budget is used or `signal` is aborted (it returns then; it does not throw). True when the budget was used. */
export async function train<Run extends TrainingRun>(
  trainer: Run,
  { progress, signal, afterStep }: TrainLoop<Run> = {},
): Promise<boolean> {
  while (!trainer.done) {
    if (signal?.aborted) return false;
    const result = await trainer.step();
    progress?.({
      stage: "train",
      done: Math.round(trainer.progress * 1000),
      total: 1000,
      detail: `step ${result.step}, loss ${result.loss.toFixed(3)}, active ${(100 * result.activeFraction).toFixed(0)} %`,
    });
    await afterStep?.(trainer, result);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}
