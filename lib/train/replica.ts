import { createHash } from "node:crypto";
import type { Matrix } from "../core/matrix";
import { createRandom, type Random } from "../core/random";
import { loadEngine } from "../engine/load";
import { buildNet, type Net } from "../nets/build";
import { embeddingSize, type NetSpec } from "../nets/spec";
import { moveAverages } from "../nets/trainingPass";
import { type Batch, type BatchGradient, backPropagateChunk, embedChunk, gradientOfBatch } from "./backprop";
import { addFlattened, readWeights, trainedSize, unflattened, writeWeights } from "./flatWeights";
import { NetOptimizer } from "./netOptimizer";
import type { Objective, ObjectiveResult } from "./objective";
import { createObjective } from "./objectives";
import { createOptimizer, type Optimizer } from "./optimizers";
import type { TrainSettings } from "./settings";

type Tensor = import("@tensorflow/tfjs-node").Tensor;

/** What a replica needs to go on to the bit. */
export interface ReplicaState {
  /** All weights, moving averages included, in the order of `readWeights`. */
  readonly weights: Float32Array;
  readonly optimizerSteps: number;
  readonly optimizerVectors: readonly Float32Array[];
  /** What the objective trains and keeps: class weights, centres, … */
  readonly objectiveVectors: readonly Float32Array[];
  /** The stream of mining rules that draw. */
  readonly mine: number[];
}

/** Options of {@link Replica}. */
export interface ReplicaOptions {
  /** Training identities C. */
  readonly classes: number;
  /** Go on from here. */
  readonly state?: ReplicaState;
  /** Weights to start from, in the order of `readWeights`; default random ones. */
  readonly start?: Float32Array;
  /** An objective made by the caller; default the one that the settings name. */
  readonly objective?: Objective;
}

/**
 * The half of a training run that does not see the data: net, objective and optimisers. A run in one process has one; over several workers each has
 * one, and all of them take the same steps.
 */
export class Replica {
  readonly net: Net;
  /** Whether the objective wants the features before their normalisation. */
  readonly raw: boolean;
  /** Trained weights: the length of a flat gradient. */
  readonly size: number;
  private readonly settings: TrainSettings;
  private readonly objective: Objective;
  private readonly netOptimizer: NetOptimizer;
  /** Of the objective's own vectors. */
  private readonly ownOptimizers: readonly Optimizer[];
  private readonly mine: Random;

  constructor(spec: NetSpec, settings: TrainSettings, { classes, state, start, objective }: ReplicaOptions) {
    const root = createRandom(settings.seed);
    this.settings = settings;
    this.mine = state ? createRandom(state.mine) : root.fork("mine");
    this.objective =
      objective ??
      createObjective(settings.objective, {
        classes,
        dimension: embeddingSize(spec),
        random: this.mine,
        pairsDrawn: settings.batch.sampler === "pairs",
        start: root.fork("objective"),
      });
    this.raw = this.objective.features === "free";
    this.net = buildNet(spec, root.fork("weights"), { layers: settings.layers });
    const known = state?.weights ?? start;
    if (known) writeWeights(this.net, known);
    this.size = trainedSize(this.net);
    this.netOptimizer = new NetOptimizer(this.net, settings.optimizer);
    this.ownOptimizers = this.objective.trained.map(({ values: { length }, decays }) =>
      createOptimizer(settings.optimizer, length, new Uint8Array(length).fill(decays ? 1 : 0)),
    );
    if (state) this.restoreVectors(state);
  }

  /** The gradient of a whole batch in this process; moves the batch-norm averages. */
  gradientOf(batch: Batch): BatchGradient {
    return gradientOfBatch(this.net, batch, this.objective, this.settings.chunk);
  }

  /** Embeddings of one chunk as training sees them: n×D. */
  embed(images: Float32Array, count: number): Matrix {
    return embedChunk(this.net, { images, count }, this.raw);
  }

  /** What the objective asks of the embeddings of a whole batch. Moves what the objective keeps. */
  evaluate(embeddings: Matrix, classes: Int32Array, images: Float32Array): ObjectiveResult {
    return this.objective.evaluate(embeddings, classes, images);
  }

  /** Adds dL/dw of one chunk to `gradient`, from its dL/dx; gives its batch-norm statistics one after the other, for `moveAverages`. Moves nothing. */
  backPropagate(images: Float32Array, wanted: Matrix, gradient: Float32Array): Float32Array {
    const { gradients, statistics } = backPropagateChunk(this.net, images, wanted, this.raw);
    addFlattened(gradient, gradients);
    loadEngine().dispose(gradients);
    return statistics;
  }

  /** Moves the batch-norm averages by the statistics of one chunk. Throws a RangeError when they are not this net's. */
  moveAverages(statistics: Float32Array): void {
    moveAverages(this.net, statistics);
  }

  /**
   * One optimiser step; returns how far the net's weights went, see `StepResult`. When that is not finite, nothing has moved. Throws a RangeError when a gradient
   * does not fit what is trained.
   */
  apply(gradients: readonly Tensor[], trainedGradients: readonly Float32Array[], rate: number): number {
    const size = gradients.reduce((sum, tensor) => sum + tensor.size, 0);
    const { trained } = this.objective;
    checkLengths(
      "the gradient",
      [this.size, ...lengths(trained.map(({ values }) => values))],
      [size, ...lengths(trainedGradients)],
    );
    const relativeStep = this.netOptimizer.step(gradients, rate);
    if (!Number.isFinite(relativeStep)) return relativeStep;
    this.ownOptimizers.forEach((optimizer, i) => {
      optimizer.step(trained[i].values, trainedGradients[i], rate);
    });
    return relativeStep;
  }

  /** {@link apply} of a flat gradient. */
  applyFlat(gradient: Float32Array, trainedGradients: readonly Float32Array[], rate: number): number {
    checkLengths("the gradient", [this.size], [gradient.length]);
    const gradients = unflattened(this.net, gradient);
    try {
      return this.apply(gradients, trainedGradients, rate);
    } finally {
      loadEngine().dispose(gradients);
    }
  }

  /** A copy. */
  state(): ReplicaState {
    const optimizers = [this.netOptimizer, ...this.ownOptimizers].map((optimizer) => optimizer.state());
    return {
      weights: readWeights(this.net),
      optimizerSteps: optimizers[0].steps,
      optimizerVectors: optimizers.flatMap(({ vectors }) => vectors.map((vector) => vector.slice())),
      objectiveVectors: [
        ...this.objective.trained.map(({ values }) => values.slice()),
        ...this.objective.kept.read(),
      ],
      mine: this.mine.state(),
    };
  }

  /** SHA-256 over everything that replicas of one run have in common: weights, averages, optimisers, the objective's trained vectors. */
  digest(): string {
    const hash = createHash("sha256");
    const add = (values: Float32Array): void => {
      hash.update(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    };
    add(readWeights(this.net));
    for (const { values } of this.objective.trained) add(values);
    for (const optimizer of [this.netOptimizer, ...this.ownOptimizers]) {
      const { steps, vectors } = optimizer.state();
      hash.update(`${steps}\n`);
      vectors.forEach(add);
    }
    return hash.digest("hex");
  }

  dispose(): void {
    this.netOptimizer.dispose();
    this.net.dispose();
  }

  private restoreVectors(state: ReplicaState): void {
    const optimizers = [this.netOptimizer, ...this.ownOptimizers];
    const own = optimizers.flatMap((optimizer) => optimizer.state().vectors);
    checkLengths("the optimiser state", lengths(own), lengths(state.optimizerVectors));
    const vectors = [...state.optimizerVectors];
    for (const optimizer of optimizers) {
      optimizer.restore(state.optimizerSteps, vectors.splice(0, optimizer.state().vectors.length));
    }
    const { trained, kept } = this.objective;
    const found = state.objectiveVectors.slice(0, trained.length);
    checkLengths("the objective's state", lengths(trained.map(({ values }) => values)), lengths(found));
    trained.forEach(({ values }, i) => {
      values.set(state.objectiveVectors[i]);
    });
    kept.write(state.objectiveVectors.slice(trained.length));
  }
}

function lengths(vectors: readonly Float32Array[]): number[] {
  return vectors.map(({ length }) => length);
}

function checkLengths(what: string, wanted: readonly number[], found: readonly number[]): void {
  if (wanted.join() === found.join()) return;
  throw new RangeError(
    `Cannot go on with a replica: ${what} must have the lengths ${wanted.join(", ")}, current values are ${found.join(", ")}`,
  );
}
