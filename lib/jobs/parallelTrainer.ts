import { z } from "zod";
import { LabError } from "../core/errors";
import { stackRows } from "../core/matrix";
import type { CropSet } from "../data/dataset";
import { buildNet, type Net } from "../nets/build";
import type { NetSpec } from "../nets/spec";
import { chunksOf } from "../train/backprop";
import { Course, OnCourse, type StepResult } from "../train/course";
import { writeWeights } from "../train/flatWeights";
import { notFinite, stepIsFinite } from "../train/nonFinite";
import type { ObjectiveResult } from "../train/objective";
import type { ReplicaState } from "../train/replica";
import type { TrainSettings } from "../train/settings";
import { joinStates, replicaStateOf, type TrainerState, type TrainingRun } from "../train/trainer";
import { matrixOf, type NamedArrays, shaped, shapedMatrix } from "../worker/arrays";
import { type Answer, listOf, namedList } from "../worker/protocol";
import { WorkerLost, type Workers } from "../worker/workers";
import { checkReduce, type Reduce, sumHere, sumThere } from "./gradientSums";
import { settleAll } from "./settleAll";

/** Options of {@link startParallelTrainer}. */
export interface ParallelTrainerOptions {
  /** Go on from here: a state of this or of a `Trainer` with the same settings. */
  readonly resume?: TrainerState;
  /** Weights to start from, in the order of `readWeights`; default random ones. */
  readonly start?: Float32Array;
  /** A clock in seconds; only budgets in seconds depend on it. */
  readonly now?: () => number;
  /** Steps between two states that are kept in memory, to go back to when a worker is lost; an integer ≥ 1, default 10. */
  readonly keepEvery?: number;
  /** How many losses one step survives; an integer ≥ 0, default 3. */
  readonly retries?: number;
  /** How the gradients of a step are added up over the workers; default `coordinator`. */
  readonly reduce?: Reduce;
  /** Called when a worker was lost, with the step that the run goes back to. */
  readonly onLost?: (error: WorkerLost, step: number) => void;
}

/**
 * Starts a data-parallel training run; see {@link ParallelTrainer}. Throws a RangeError for settings that cannot be trained over workers (offline mining), a
 * LabError when the replicas do not agree and for workers that cannot add up as asked.
 */
export async function startParallelTrainer(
  workers: Workers,
  spec: NetSpec,
  crops: CropSet,
  settings: TrainSettings,
  options: ParallelTrainerOptions = {},
): Promise<ParallelTrainer> {
  if (settings.batch.sampler === "offline") {
    throw new RangeError(
      "Cannot train over workers: triplets are mined on the batch there, current value of the sampler is offline",
    );
  }
  checkReduce(options.reduce ?? "coordinator", workers);
  const trainer = new ParallelTrainer(workers, spec, crops, settings, options);
  await trainer.begin();
  return trainer;
}

/**
 * The same run as a `Trainer`, over several workers with one replica of the net each: a step *forward → gather → mine once → backward → sum → apply*. Triplets
 * are mined among all embeddings of the batch, wherever they were made (global mining). The batch is cut as `chunksOf` cuts it, worker i takes every
 * `workers.count`-th chunk, gradients are summed and batch-norm statistics applied in the order of the chunks: the result does not depend on the number of
 * workers, only on `settings.chunk`, and equals that of a `Trainer` in one process. Gradients that are summed among the workers ({@link Reduce}) are the exception:
 * there the last bits depend on their number.
 *
 * Every replica takes the same optimiser step, and their digests are compared after it. When a worker is lost, all go back to the last kept state and repeat
 * the steps since then, which ends with the same numbers.
 */
export class ParallelTrainer extends OnCourse implements TrainingRun {
  readonly spec: NetSpec;
  readonly settings: TrainSettings;
  private readonly workers: Workers;
  private readonly crops: CropSet;
  private readonly options: ParallelTrainerOptions;
  protected course: Course;
  private kept: TrainerState | undefined;
  private net: Net | undefined;
  /** Values of a gradient. */
  private size = 0;

  constructor(
    workers: Workers,
    spec: NetSpec,
    crops: CropSet,
    settings: TrainSettings,
    options: ParallelTrainerOptions,
  ) {
    super();
    this.workers = workers;
    this.spec = spec;
    this.crops = crops;
    this.settings = settings;
    this.options = options;
    this.course = this.courseFrom(options.resume);
  }

  /** Brings every replica to the start of the run. Called once. */
  async begin(): Promise<void> {
    this.kept = this.options.resume;
    this.kept = await this.survive(async (again) => {
      if (!again) await this.goBack(this.steps);
      return this.pull();
    });
  }

  step(): Promise<StepResult> {
    const { keepEvery = 10 } = this.options;
    return this.survive(async () => {
      const result = await this.oneStep();
      if (this.steps % keepEvery === 0) this.kept = await this.pull();
      return result;
    });
  }

  async state(): Promise<TrainerState> {
    this.kept = await this.survive(() => this.pull());
    return this.kept;
  }

  async currentNet(): Promise<Net> {
    return this.netOf(await this.state());
  }

  /** Frees the net of `currentNet` and ends the thread that makes batches. The workers are left as they are. */
  dispose(): void {
    this.course.dispose();
    this.net?.dispose();
  }

  private netOf({ weights }: TrainerState): Net {
    this.net ??= buildNet(this.spec, undefined);
    writeWeights(this.net, weights);
    return this.net;
  }

  private async oneStep(): Promise<StepResult> {
    const { course, workers, settings } = this;
    const batch = course.next();
    const { images, labels } = batch;
    const chunks = chunksOf(images, labels.length, settings.chunk);
    const { inputSize, channels } = this.spec;
    const onChunks = (op: string, arraysOf: (i: number) => NamedArrays, params = {}): Promise<Answer[]> =>
      settleAll(
        chunks.map((_, i) => workers.call(i % workers.count, op, { chunk: i, ...params }, arraysOf(i))),
      );

    const forward = await onChunks("forward", (i) => ({
      images: shaped(chunks[i].images, [chunks[i].count, inputSize, inputSize, channels]),
    }));
    const embeddings = stackRows(forward.map(({ arrays }) => matrixOf(arrays, "embeddings")));
    const result = minedOf(
      await workers.call(0, "mine", {}, { embeddings: shapedMatrix(embeddings), classes: shaped(labels) }),
    );
    const { data, columns } = result.gradient;
    const keep = this.options.reduce === "gloo";
    const backward = await onChunks(
      "backward",
      (i) => {
        const { from, count } = chunks[i];
        return {
          gradient: shaped(data.subarray(from * columns, (from + count) * columns), [count, columns]),
        };
      },
      { keep },
    );
    const { allReduce } = workers;
    const sum = keep && allReduce ? await sumThere(allReduce, this.size) : sumHere(backward);
    const { loss, trainedGradients } = result;
    if (!sum.finite || !stepIsFinite(loss, trainedGradients)) {
      const gradient =
        sum.gradient ?? ((await workers.call(0, "gradient")).arrays.gradient.data as Float32Array);
      const broken = { batch, loss, gradient, chunk: settings.chunk };
      // In the middle of a step: nothing to go back to.
      throw notFinite(this.netOf(await this.pull()), broken, { step: this.steps + 1, rate: settings.rate });
    }
    const { learningRate } = course;
    const applied = await this.onAll(
      "apply",
      { rate: learningRate },
      {
        ...(sum.gradient && { gradient: shaped(sum.gradient) }),
        ...namedList(
          "statistics",
          backward.map(({ arrays }) => arrays.statistics.data as Float32Array),
        ),
        ...namedList("trained", result.trainedGradients),
      },
    );
    return course.finish(result, learningRate, applied.relativeStep as number);
  }

  /** Sends the same request to all workers, whose replicas must agree afterwards; gives one answer. */
  private async onAll(op: string, params: object, arrays: NamedArrays): Promise<Answer["result"]> {
    const { workers } = this;
    const calls = Array.from({ length: workers.count }, (_, worker) =>
      workers.call(worker, op, params, arrays),
    );
    const answers = await settleAll(calls);
    const digests = new Set(answers.map(({ result }) => result.digest));
    if (digests.size === 1) return answers[0].result;
    throw new LabError(
      `Cannot go on training: all replicas must agree after ${op} at step ${this.steps}, their digests are ${[...digests].join(", ")}`,
    );
  }

  /** Runs `body`; when a worker is lost on the way, goes back to the kept state, repeats the steps up to here and runs it again. */
  private async survive<T>(body: (again: boolean) => Promise<T>): Promise<T> {
    const { retries = 3, onLost } = this.options;
    const steps = this.steps;
    for (let losses = 0; ; losses++) {
      try {
        if (losses > 0) await this.goBack(steps);
        return await body(losses > 0);
      } catch (error) {
        if (!(error instanceof WorkerLost) || losses >= retries) throw error;
        onLost?.(error, this.kept?.step ?? 0);
      }
    }
  }

  private async goBack(steps: number): Promise<void> {
    const { evaluations } = this.history;
    const { kept } = this;
    const { start } = this.options;
    const { size } = kept
      ? await this.setState(kept)
      : await this.onAll("init", this.origin(), start ? { start: shaped(start) } : {});
    this.size = size as number;
    // What was evaluated since then is known and will not be evaluated again.
    this.course.dispose();
    this.course = this.courseFrom(kept && { ...kept, history: { ...kept.history, evaluations } });
    while (this.steps < steps) await this.oneStep();
  }

  private setState(state: TrainerState): Promise<Answer["result"]> {
    const { weights, optimizerSteps, optimizerVectors, objectiveVectors, mine } = replicaStateOf(state);
    return this.onAll(
      "setState",
      { ...this.origin(), optimizerSteps, mine },
      {
        weights: shaped(weights),
        ...namedList("optimizer", optimizerVectors),
        ...namedList("objective", objectiveVectors),
      },
    );
  }

  /** The state of the run now. The worker that mines has all of it. */
  private async pull(): Promise<TrainerState> {
    const { result, arrays } = await this.workers.call(0, "state");
    const replica: ReplicaState = {
      weights: arrays.weights.data as Float32Array,
      optimizerSteps: result.optimizerSteps as number,
      optimizerVectors: listOf(arrays, "optimizer"),
      objectiveVectors: listOf(arrays, "objective"),
      mine: result.mine as number[],
    };
    return joinStates(this.course.state(), replica);
  }

  private origin(): { spec: NetSpec; settings: TrainSettings; classes: number } {
    return { spec: this.spec, settings: this.settings, classes: this.identities };
  }

  private courseFrom(resume: TrainerState | undefined): Course {
    return new Course(this.spec, this.crops, this.settings, {
      resume,
      now: this.options.now,
      mineOffline: () => {
        throw new LabError("Cannot mine offline over workers");
      },
    });
  }
}

const minedSchema = z.object({
  loss: z.number().nullable(),
  terms: z.number(),
  activeFraction: z.number(),
  meanPositive: z.number().nullable(),
  meanNegative: z.number().nullable(),
  hardestPositive: z.number().nullable(),
  hardestNegative: z.number().nullable(),
  batchRank: z.number().nullable(),
});

/** The answer of `mine`: null stands for a number that is not finite. */
function minedOf({ result, arrays }: Answer): ObjectiveResult {
  const parsed = minedSchema.parse(result);
  const numbers = Object.fromEntries(
    Object.entries(parsed).map(([key, value]) => [key, value ?? Number.NaN]),
  );
  return {
    ...(numbers as Record<keyof typeof parsed, number>),
    gradient: matrixOf(arrays, "gradient"),
    trainedGradients: listOf(arrays, "trained"),
  };
}
