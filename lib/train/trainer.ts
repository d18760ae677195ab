import { LabError } from "../core/errors";
import type { LongWork } from "../core/progress";
import { createRandom, type Random } from "../core/random";
import type { CropSet } from "../data/dataset";
import { buildNet, type Net } from "../nets/build";
import type { NetSpec } from "../nets/spec";
import { createSampler } from "../samplers/identities";
import type { Sampler, SamplerState } from "../samplers/sampler";
import { augmentations, batchOfCrops } from "./augment";
import { gradientOfBatch } from "./backprop";
import { type FlatWeights, flattenWeights, readWeights, writeWeights } from "./flatWeights";
import { appendRow, emptyHistory, type TrainingHistory } from "./history";
import { type Objective, type ObjectiveResult, tripletObjective } from "./objective";
import { createOptimizer, type Optimizer } from "./optimizers";
import { rateAt } from "./schedule";
import { checkSettings, type TrainSettings } from "./settings";

/** Everything that a run needs to go on to the bit: weights, optimiser, random states, sampler position, time and history. */
export interface TrainerState {
  readonly step: number;
  readonly seconds: number;
  readonly weights: Float32Array;
  readonly optimizerSteps: number;
  readonly optimizerVectors: readonly Float32Array[];
  readonly random: { readonly sampler: number[]; readonly augment: number[]; readonly mine: number[] };
  readonly sampler: SamplerState;
  readonly history: TrainingHistory;
}

/** One step's outcome. */
export interface StepResult extends ObjectiveResult {
  readonly step: number;
  readonly learningRate: number;
}

/**
 * A training run over aligned crops. `step` does one optimiser step; `state` and the constructor's `resume` save and continue it.
 * The caller owns the loop (see `train`), so that a notebook can step through it by hand.
 */
export class Trainer {
  readonly net: Net;
  readonly settings: TrainSettings;
  readonly history: TrainingHistory = emptyHistory();
  readonly sampler: Sampler;
  /** Steps taken and training seconds used so far. */
  steps = 0;
  seconds = 0;
  private readonly crops: CropSet;
  private readonly weights: FlatWeights;
  private readonly gradient: Float32Array;
  private readonly optimizer: Optimizer;
  private readonly objective: Objective;
  private readonly streams: { sampler: Random; augment: Random; mine: Random };
  private readonly now: () => number;

  /** `now` is a clock in seconds; only budgets in seconds depend on it. */
  constructor(
    spec: NetSpec,
    crops: CropSet,
    settings: TrainSettings,
    options: { readonly resume?: TrainerState; readonly now?: () => number } = {},
  ) {
    checkSettings(settings);
    if (spec.channels !== crops.channels) {
      throw new RangeError(
        `Cannot train: the net wants ${spec.channels} channel(s), current value of the crops is ${crops.channels}`,
      );
    }
    const { resume, now = () => performance.now() / 1000 } = options;
    const root = createRandom(settings.seed);
    const stream = (name: "sampler" | "augment" | "mine"): Random =>
      resume ? createRandom(resume.random[name]) : root.fork(name);
    this.settings = settings;
    this.crops = crops;
    this.now = now;
    this.streams = { sampler: stream("sampler"), augment: stream("augment"), mine: stream("mine") };
    this.sampler = createSampler(crops.labels, this.streams.sampler, settings);
    this.net = buildNet(spec, root.fork("weights"));
    if (resume) writeWeights(this.net, resume.weights);
    this.weights = flattenWeights(this.net);
    this.gradient = new Float32Array(this.weights.values.length);
    this.optimizer = createOptimizer(settings.optimizer, this.weights.values.length, this.weights.decays);
    this.objective = tripletObjective(this.streams.mine, settings);
    if (resume) this.restore(resume);
  }

  /** Share of the budget that is used, in [0, 1]. */
  get progress(): number {
    const { budget } = this.settings;
    return Math.min(1, "steps" in budget ? this.steps / budget.steps : this.seconds / budget.seconds);
  }

  get done(): boolean {
    return this.progress >= 1;
  }

  /** One optimiser step. Throws a LabError when loss or gradient stop being finite; the weights then are those before the step. */
  step(): StepResult {
    const start = this.now();
    const { settings, crops } = this;
    const rows = this.sampler.next();
    const images = batchOfCrops(crops, rows, this.net.spec.inputSize, {
      augmentation: augmentations[settings.augmentation],
      random: this.streams.augment,
    });
    const labels = Int32Array.from(rows, (row) => crops.labels[row]);
    this.gradient.fill(0);
    const batch = { images, labels };
    const result = gradientOfBatch(
      this.net,
      this.weights,
      batch,
      this.objective,
      settings.chunk,
      this.gradient,
    );
    this.checkNumbers(result);
    const schedule = { name: settings.schedule, rate: settings.rate, warmup: settings.warmup };
    const learningRate = rateAt(schedule, this.steps, this.progress);
    this.optimizer.step(this.weights.values, this.gradient, learningRate);
    this.weights.upload();
    this.steps++;
    this.seconds += this.now() - start;
    const outcome = { ...result, step: this.steps, seconds: this.seconds, learningRate };
    appendRow(this.history.steps, outcome);
    return outcome;
  }

  /** A copy of everything that the next step depends on. */
  state(): TrainerState {
    const { steps, vectors } = this.optimizer.state();
    return {
      step: this.steps,
      seconds: this.seconds,
      weights: readWeights(this.net),
      optimizerSteps: steps,
      optimizerVectors: vectors.map((vector) => vector.slice()),
      random: {
        sampler: this.streams.sampler.state(),
        augment: this.streams.augment.state(),
        mine: this.streams.mine.state(),
      },
      sampler: this.sampler.state(),
      history: structuredClone(this.history),
    };
  }

  dispose(): void {
    this.net.dispose();
  }

  private restore(state: TrainerState): void {
    this.steps = state.step;
    this.seconds = state.seconds;
    this.optimizer.restore(state.optimizerSteps, state.optimizerVectors);
    this.sampler.restore(state.sampler);
    Object.assign(this.history.steps, structuredClone(state.history.steps));
    Object.assign(this.history.evaluations, structuredClone(state.history.evaluations));
  }

  private checkNumbers(result: ObjectiveResult): void {
    if (Number.isFinite(result.loss + sumOf(this.gradient))) return;
    throw new LabError(
      `Cannot go on training: loss and gradient must be finite, at step ${this.steps + 1} the loss is ${result.loss}. A lower learning rate than ${this.settings.rate} usually helps.`,
    );
  }
}

/** NaN or infinite when any value is (or when finite values overflow, which is as bad). */
function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}

/** Options of {@link train}. */
export interface TrainLoop extends LongWork {
  /** Called between steps with the trainer, for example to save a checkpoint or to draw. */
  readonly afterStep?: (trainer: Trainer, result: StepResult) => void | Promise<void>;
}

/** Steps until the budget is used or `signal` is aborted (it returns then; it does not throw). True when the budget was used. */
export async function train(
  trainer: Trainer,
  { progress, signal, afterStep }: TrainLoop = {},
): Promise<boolean> {
  while (!trainer.done) {
    if (signal?.aborted) return false;
    const result = trainer.step();
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
