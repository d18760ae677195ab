import { createRandom, type Random } from "../core/random";
import type { CropSet } from "../data/dataset";
import type { NetSpec } from "../nets/spec";
import { createSamplerOf } from "../samplers/choice";
import type { OfflineSampler, RowTriplets } from "../samplers/offline";
import type { Sampler, SamplerState } from "../samplers/sampler";
import { augmentations, batchOfCrops } from "./augment";
import type { Batch } from "./backprop";
import { appendRow, emptyHistory, type TrainingHistory } from "./history";
import type { ObjectiveResult } from "./objective";
import { rateAt } from "./schedule";
import { checkSettings, type TrainSettings } from "./settings";

/** What a course needs to go on to the bit: random states, sampler position, time and history. */
export interface CourseState {
  readonly step: number;
  readonly seconds: number;
  readonly random: { readonly sampler: number[]; readonly augment: number[] };
  readonly sampler: SamplerState;
  readonly history: TrainingHistory;
}

/** One step's outcome. */
export interface StepResult extends ObjectiveResult {
  readonly step: number;
  readonly learningRate: number;
  /** Length of the step that the net's weights took over their own length, from at most 65,536 of them, evenly spread. */
  readonly relativeStep: number;
}

/** A batch and the rows of the crops that it was made of. */
export type SeenBatch = Batch & { readonly rows: Int32Array };

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
  readonly sampler: Sampler;
  /** Training identities C. */
  readonly classes: number;
  /** Steps taken and training seconds used so far. */
  steps = 0;
  seconds = 0;
  private readonly crops: CropSet;
  private readonly inputSize: number;
  private readonly classOf: ReadonlyMap<number, number>;
  private readonly streams: { readonly sampler: Random; readonly augment: Random };
  private readonly now: () => number;
  private readonly mineOffline: (subset: number) => RowTriplets;
  /** What the last step looked at (also one that failed): rows of the crops, and the inputs made of them. */
  lastBatch: SeenBatch | undefined;
  private started = 0;

  constructor(spec: NetSpec, crops: CropSet, settings: TrainSettings, options: CourseOptions) {
    checkCourse(spec, crops, settings);
    const { resume, now = () => performance.now() / 1000, mineOffline } = options;
    const root = createRandom(settings.seed);
    const stream = (name: "sampler" | "augment"): Random =>
      resume ? createRandom(resume.random[name]) : root.fork(name);
    this.settings = settings;
    this.crops = crops;
    this.inputSize = spec.inputSize;
    this.now = now;
    this.streams = { sampler: stream("sampler"), augment: stream("augment") };
    this.mineOffline = (subset) => mineOffline(subset, this.streams.sampler);
    this.sampler = createSamplerOf(settings.batch, crops.labels, this.streams.sampler, (subset) =>
      resume?.sampler.triplets ? rowTriplets(resume.sampler.triplets) : this.mineOffline(subset),
    );
    this.classOf = classesOf(crops);
    this.classes = this.classOf.size;
    if (resume) this.restore(resume);
  }

  /** Share of the budget that is used, in [0, 1]. */
  get progress(): number {
    const { budget } = this.settings;
    return Math.min(1, "steps" in budget ? this.steps / budget.steps : this.seconds / budget.seconds);
  }

  /** The next batch; its labels are classes numbered from 0, its images are overwritten by the batch after it. Its step lasts until `finish`. */
  next(): Batch {
    this.started = this.now();
    const { settings, crops } = this;
    const { batch: form } = settings;
    if (form.sampler === "offline" && this.steps > 0 && this.steps % form.every === 0) {
      (this.sampler as OfflineSampler).replace(this.mineOffline(form.subset));
    }
    const rows = this.sampler.next();
    const images = batchOfCrops(crops, rows, this.inputSize, {
      augmentation: augmentations[settings.augmentation],
      random: this.streams.augment,
      reuse: this.lastBatch?.images,
    });
    const labels = Int32Array.from(rows, (row) => this.classOf.get(crops.labels[row]) as number);
    this.lastBatch = { images, labels, rows };
    return this.lastBatch;
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
      random: { sampler: this.streams.sampler.state(), augment: this.streams.augment.state() },
      sampler: this.sampler.state(),
      history: structuredClone(this.history),
    };
  }

  private restore(state: CourseState): void {
    this.steps = state.step;
    this.seconds = state.seconds;
    this.sampler.restore(state.sampler);
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
    return this.course.sampler;
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
    return this.course.classes;
  }

  get lastBatch(): SeenBatch | undefined {
    return this.course.lastBatch;
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

/** A class, numbered from 0, for each label that occurs. */
export function classesOf({ labels }: CropSet): Map<number, number> {
  return new Map([...new Set(labels)].sort((a, b) => a - b).map((label, i) => [label, i]));
}

/** A sampler's state as triplets again. */
function rowTriplets(flat: readonly number[]): RowTriplets {
  const every = (offset: number): Int32Array =>
    Int32Array.from({ length: flat.length / 3 }, (_, t) => flat[3 * t + offset]);
  return { count: flat.length / 3, anchor: every(0), positive: every(1), negative: every(2) };
}
