import { type Matrix, stackRows } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom, type Random } from "../core/random";
import type { CropSet } from "../data/dataset";
import { offlineTriplets } from "../miners/offline";
import { buildNet, type Net } from "../nets/build";
import { embeddingSize, type NetSpec } from "../nets/spec";
import { createSamplerOf } from "../samplers/choice";
import type { OfflineSampler, RowTriplets } from "../samplers/offline";
import type { Sampler, SamplerState } from "../samplers/sampler";
import { augmentations, batchOfCrops } from "./augment";
import { type Batch, gradientOfBatch } from "./backprop";
import { embedRows } from "./embed";
import { type FlatWeights, flattenWeights, readWeights, writeWeights } from "./flatWeights";
import { appendRow, emptyHistory, type TrainingHistory } from "./history";
import { onlyLastLayer } from "./layers";
import { findNonFinite, NotFinite, nonFiniteText } from "./nonFinite";
import type { Objective, ObjectiveResult } from "./objective";
import { createObjective } from "./objectives";
import { createOptimizer, type Optimizer } from "./optimizers";
import { rateAt } from "./schedule";
import { checkSettings, type TrainSettings } from "./settings";

/** Everything that a run needs to go on to the bit: weights, optimisers, objective, random states, sampler position, time and history. */
export interface TrainerState {
  readonly step: number;
  readonly seconds: number;
  readonly weights: Float32Array;
  readonly optimizerSteps: number;
  readonly optimizerVectors: readonly Float32Array[];
  /** What the objective trains and keeps: class weights, centres, … */
  readonly objectiveVectors: readonly Float32Array[];
  readonly random: { readonly sampler: number[]; readonly augment: number[]; readonly mine: number[] };
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
export class Trainer {
  readonly net: Net;
  readonly settings: TrainSettings;
  readonly history: TrainingHistory = emptyHistory();
  readonly sampler: Sampler;
  /** Steps taken and training seconds used so far. */
  steps = 0;
  seconds = 0;
  /** What the last step looked at (also one that failed): rows of the crops, and the inputs made of them. */
  lastBatch: (Batch & { readonly rows: Int32Array }) | undefined;
  private readonly crops: CropSet;
  private readonly weights: FlatWeights;
  private readonly gradient: Float32Array;
  /** The first moves the net, the others the objective's own vectors. */
  private readonly optimizers: readonly Optimizer[];
  private readonly objective: Objective;
  private readonly classes: ReadonlyMap<number, number>;
  private readonly streams: { sampler: Random; augment: Random; mine: Random };
  private readonly now: () => number;

  constructor(spec: NetSpec, crops: CropSet, settings: TrainSettings, options: TrainerOptions = {}) {
    checkSettings(settings);
    if (spec.channels !== crops.channels) {
      throw new RangeError(
        `Cannot train: the net wants ${spec.channels} channel(s), current value of the crops is ${crops.channels}`,
      );
    }
    const { resume, start, now = () => performance.now() / 1000 } = options;
    const root = createRandom(settings.seed);
    const stream = (name: "sampler" | "augment" | "mine"): Random =>
      resume ? createRandom(resume.random[name]) : root.fork(name);
    this.settings = settings;
    this.crops = crops;
    this.now = now;
    this.streams = { sampler: stream("sampler"), augment: stream("augment"), mine: stream("mine") };
    const net = buildNet(spec, root.fork("weights"));
    const known = resume?.weights ?? start;
    if (known) writeWeights(net, known);
    this.net = settings.layers === "last" ? onlyLastLayer(net) : net;
    this.sampler = createSamplerOf(settings.batch, crops.labels, this.streams.sampler, (subset) =>
      resume?.sampler.triplets ? rowTriplets(resume.sampler.triplets) : this.mineOffline(subset),
    );
    this.weights = flattenWeights(this.net);
    this.gradient = new Float32Array(this.weights.values.length);
    this.classes = new Map([...new Set(crops.labels)].sort((a, b) => a - b).map((label, i) => [label, i]));
    this.objective =
      options.objective ??
      createObjective(settings.objective, {
        classes: this.classes.size,
        dimension: embeddingSize(spec),
        random: this.streams.mine,
        start: root.fork("objective"),
      });
    const vectors = this.objective.trained.map(({ values, decays }) => ({
      size: values.length,
      decays: new Uint8Array(values.length).fill(decays ? 1 : 0),
    }));
    this.optimizers = [{ size: this.weights.values.length, decays: this.weights.decays }, ...vectors].map(
      ({ size, decays }) => createOptimizer(settings.optimizer, size, decays),
    );
    if (resume) this.restore(resume);
  }

  /** Training identities. */
  get identities(): number {
    return this.classes.size;
  }

  /** Share of the budget that is used, in [0, 1]. */
  get progress(): number {
    const { budget } = this.settings;
    return Math.min(1, "steps" in budget ? this.steps / budget.steps : this.seconds / budget.seconds);
  }

  get done(): boolean {
    return this.progress >= 1;
  }

  /** One optimiser step. Throws NotFinite, a LabError, when loss or gradient stop being finite; the trained weights then are those before the step. */
  step(): StepResult {
    const start = this.now();
    const { settings, crops } = this;
    const { batch: form } = settings;
    if (form.sampler === "offline" && this.steps > 0 && this.steps % form.every === 0) {
      (this.sampler as OfflineSampler).replace(this.mineOffline(form.subset));
    }
    const rows = this.sampler.next();
    const images = batchOfCrops(crops, rows, this.net.spec.inputSize, {
      augmentation: augmentations[settings.augmentation],
      random: this.streams.augment,
    });
    const labels = Int32Array.from(rows, (row) => this.classes.get(crops.labels[row]) as number);
    this.gradient.fill(0);
    const batch = { images, labels, rows };
    this.lastBatch = batch;
    const result = gradientOfBatch(
      this.net,
      this.weights,
      batch,
      this.objective,
      settings.chunk,
      this.gradient,
    );
    this.checkNumbers(batch, result);
    const schedule = { name: settings.schedule, rate: settings.rate, warmup: settings.warmup };
    const learningRate = rateAt(schedule, this.steps, this.progress);
    const [netOptimizer, ...own] = this.optimizers;
    const relativeStep = relativeLength(this.weights.values, () =>
      netOptimizer.step(this.weights.values, this.gradient, learningRate),
    );
    this.weights.upload();
    own.forEach((optimizer, i) => {
      optimizer.step(this.objective.trained[i].values, result.trainedGradients[i], learningRate);
    });
    this.steps++;
    this.seconds += this.now() - start;
    const outcome = { ...result, step: this.steps, seconds: this.seconds, learningRate, relativeStep };
    appendRow(this.history.steps, outcome);
    return outcome;
  }

  /** A copy of everything that the next step depends on. */
  state(): TrainerState {
    const optimizers = this.optimizers.map((optimizer) => optimizer.state());
    return {
      step: this.steps,
      seconds: this.seconds,
      weights: readWeights(this.net),
      optimizerSteps: optimizers[0].steps,
      optimizerVectors: optimizers.flatMap(({ vectors }) => vectors.map((vector) => vector.slice())),
      objectiveVectors: [
        ...this.objective.trained.map(({ values }) => values.slice()),
        ...this.objective.kept.read(),
      ],
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
    const vectors = [...state.optimizerVectors];
    for (const optimizer of this.optimizers) {
      optimizer.restore(state.optimizerSteps, vectors.splice(0, optimizer.state().vectors.length));
    }
    const { trained, kept } = this.objective;
    trained.forEach(({ values }, i) => {
      values.set(state.objectiveVectors[i]);
    });
    kept.write(state.objectiveVectors.slice(trained.length));
    this.sampler.restore(state.sampler);
    Object.assign(this.history.steps, structuredClone(state.history.steps));
    Object.assign(this.history.evaluations, structuredClone(state.history.evaluations));
  }

  /** The hardest triplets of a random subset, as the net sees it now. */
  private mineOffline(subset: number): RowTriplets {
    const { crops, net, settings } = this;
    const rows = this.streams.sampler.shuffle([...crops.labels.keys()]).slice(0, subset);
    const parts: Matrix[] = [];
    for (let i = 0; i < rows.length; i += settings.chunk)
      parts.push(embedRows(net, crops, rows.slice(i, i + settings.chunk)));
    const embeddings = stackRows(parts);
    return offlineTriplets(
      embeddings,
      Int32Array.from(rows, (row) => crops.labels[row]),
      { rows },
    );
  }

  private checkNumbers(batch: Batch, { loss, trainedGradients }: ObjectiveResult): void {
    const { gradient, net, settings } = this;
    if (Number.isFinite([gradient, ...trainedGradients].reduce((sum, part) => sum + sumOf(part), loss)))
      return;
    const step = this.steps + 1;
    const where = findNonFinite(net, { batch, loss, gradient, chunk: settings.chunk });
    throw new NotFinite(
      `Cannot go on training: loss and gradient must be finite, at step ${step} the loss is ${loss}, and what is not finite stands ${nonFiniteText(where)}. A lower learning rate than ${settings.rate} usually helps.`,
      step,
      where,
    );
  }
}

/** Most weights that are looked at for the length of a step. */
const SAMPLED_WEIGHTS = 65_536;

/** ‖Δw‖ / ‖w‖ of what `move` does to `values`; finite also for weights of no length. */
function relativeLength(values: Float32Array, move: () => void): number {
  const stride = Math.max(1, Math.ceil(values.length / SAMPLED_WEIGHTS));
  const before: Float32Array = new Float32Array(Math.ceil(values.length / stride));
  for (let i = 0; i < before.length; i++) before[i] = values[i * stride];
  move();
  let [moved, length] = [0, 0];
  for (let i = 0; i < before.length; i++) {
    moved += (values[i * stride] - before[i]) ** 2;
    length += before[i] ** 2;
  }
  return Math.sqrt(moved / Math.max(length, 1e-30));
}

/** A sampler's state as triplets again. */
function rowTriplets(flat: readonly number[]): RowTriplets {
  const every = (offset: number): Int32Array =>
    Int32Array.from({ length: flat.length / 3 }, (_, t) => flat[3 * t + offset]);
  return { count: flat.length / 3, anchor: every(0), positive: every(1), negative: every(2) };
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
