import type { Random } from "../core/random";
import type { CropSet } from "../data/dataset";
import type { NetSpec } from "../nets/spec";
import type { RowTriplets } from "../samplers/offline";
import type { Sampler } from "../samplers/sampler";
import type { Batch } from "./backprop";
import { Batches, type BatchesState, type SeenBatch } from "./batches";
import { appendRow, emptyHistory, type TrainingHistory } from "./history";
import type { ObjectiveResult } from "./objective";
import { rateAt } from "./schedule";
import { checkSettings, type TrainSettings } from "./settings";

/** What a course needs to go on to the bit: random states, sampler position, time and history. */
export interface CourseState extends BatchesState {
  readonly step: number;
  readonly seconds: number;
  readonly history: TrainingHistory;
}

/** One step's outcome. */
export interface StepResult extends ObjectiveResult {
  readonly step: number;
  readonly learningRate: number;
  /** Length of the step that the net's weights took over their own length. */
  readonly relativeStep: number;
}

/** Options of {@link Course}. */
export interface CourseOptions {
  /** Go on from here. */
  readonly resume?: CourseState;
  /** A clock in seconds; only budgets in seconds depend on it. */
  readonly now?: () => number;
  /** Mines triplets of rows on a random subset of the crops, for the offline sampler. */
  readonly mineOffline: (subset: number, random: Random) => RowTriplets;
}

/** The half of a training run that does not see the net: which images come when, at which learning rate, and what is noted of it. */
export class Course {
  readonly settings: TrainSettings;
  readonly history: TrainingHistory = emptyHistory();
  /** Steps taken and training seconds used so far. */
  steps = 0;
  seconds = 0;
  readonly batches: Batches;
  private readonly now: () => number;
  private started = 0;

  constructor(spec: NetSpec, crops: CropSet, settings: TrainSettings, options: CourseOptions) {
    checkCourse(spec, crops, settings);
    const { resume, now = () => performance.now() / 1000, mineOffline } = options;
    this.settings = settings;
    this.now = now;
    this.batches = new Batches(crops, settings, { inputSize: spec.inputSize, resume, mineOffline });
    if (resume) this.restore(resume);
  }

  /** Share of the budget that is used, in [0, 1]. */
  get progress(): number {
    const { budget } = this.settings;
    return Math.min(1, "steps" in budget ? this.steps / budget.steps : this.seconds / budget.seconds);
  }

  /** The next batch, see `Batches`. Its step lasts until `finish`. */
  next(): Batch {
    this.started = this.now();
    return this.batches.next(this.steps);
  }

  /** The learning rate of the coming step. */
  get learningRate(): number {
    const { schedule, rate, warmup } = this.settings;
    return rateAt({ name: schedule, rate, warmup }, this.steps, this.progress);
  }

  /** Notes the step that `next` began. */
  finish(result: ObjectiveResult, learningRate: number, relativeStep: number): StepResult {
    this.steps++;
    this.seconds += this.now() - this.started;
    const outcome = { ...result, step: this.steps, seconds: this.seconds, learningRate, relativeStep };
    appendRow(this.history.steps, outcome);
    return outcome;
  }

  /** A copy. */
  state(): CourseState {
    return {
      step: this.steps,
      seconds: this.seconds,
      ...this.batches.state(),
      history: structuredClone(this.history),
    };
  }

  /** Ends what runs beside the steps. */
  dispose(): void {
    this.batches.dispose();
  }

  private restore(state: CourseState): void {
    this.steps = state.step;
    this.seconds = state.seconds;
    Object.assign(this.history.steps, structuredClone(state.history.steps));
    Object.assign(this.history.evaluations, structuredClone(state.history.evaluations));
  }
}

/** What every training run tells of its course. */
export abstract class OnCourse {
  protected abstract readonly course: Course;

  get history(): TrainingHistory {
    return this.course.history;
  }

  get sampler(): Sampler {
    return this.course.batches.sampler;
  }

  get steps(): number {
    return this.course.steps;
  }

  get seconds(): number {
    return this.course.seconds;
  }

  get progress(): number {
    return this.course.progress;
  }

  get done(): boolean {
    return this.progress >= 1;
  }

  get identities(): number {
    return this.course.batches.classes;
  }

  get lastBatch(): SeenBatch | undefined {
    return this.course.batches.last;
  }
}

/** Throws a RangeError when settings are out of range or the net does not take these crops. */
export function checkCourse(spec: NetSpec, crops: CropSet, settings: TrainSettings): void {
  checkSettings(settings);
  if (spec.channels === crops.channels) return;
  throw new RangeError(
    `Cannot train: the net wants ${spec.channels} channel(s), current value of the crops is ${crops.channels}`,
  );
}
