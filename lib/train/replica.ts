import { createHash } from "node:crypto";
import type { Matrix } from "../core/matrix";
import { createRandom, type Random } from "../core/random";
import { buildNet, type Net } from "../nets/build";
import { embeddingSize, type NetSpec } from "../nets/spec";
import { moveAverages } from "../nets/trainingPass";
import { type Batch, backPropagateChunk, embedChunk, gradientOfBatch } from "./backprop";
import { type FlatWeights, flattenWeights, readWeights, writeWeights } from "./flatWeights";
import { onlyLastLayer } from "./layers";
import type { Objective, ObjectiveResult } from "./objective";
import { createObjective } from "./objectives";
import { createOptimizer, type Optimizer } from "./optimizers";
import type { TrainSettings } from "./settings";

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
  private readonly settings: TrainSettings;
  private readonly weights: FlatWeights;
  private readonly objective: Objective;
  /** The first moves the net, the others the objective's own vectors. */
  private readonly optimizers: readonly Optimizer[];
  private readonly gradient: Float32Array;
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
        start: root.fork("objective"),
      });
    this.raw = this.objective.features === "free";
    const net = buildNet(spec, root.fork("weights"));
    const known = state?.weights ?? start;
    if (known) writeWeights(net, known);
    this.net = settings.layers === "last" ? onlyLastLayer(net) : net;
    this.weights = flattenWeights(this.net);
    this.gradient = new Float32Array(this.weights.values.length);
    const vectors = this.objective.trained.map(({ values, decays }) => ({
      size: values.length,
      decays: new Uint8Array(values.length).fill(decays ? 1 : 0),
    }));
    this.optimizers = [{ size: this.weights.values.length, decays: this.weights.decays }, ...vectors].map(
      ({ size, decays }) => createOptimizer(settings.optimizer, size, decays),
    );
    if (state) this.restoreVectors(state);
  }

  /** Trained weights: the length of a gradient. */
  get size(): number {
    return this.gradient.length;
  }

  /** The gradient of a whole batch in this process; moves the batch-norm averages. The gradient is overwritten by the next call. */
  gradientOf(batch: Batch): { readonly result: ObjectiveResult; readonly gradient: Float32Array } {
    const { net, weights, objective, settings, gradient } = this;
    gradient.fill(0);
    return { result: gradientOfBatch(net, weights, batch, objective, settings.chunk, gradient), gradient };
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
    return backPropagateChunk(this.net, this.weights, images, wanted, { raw: this.raw, gradient });
  }

  /** Moves the batch-norm averages by the statistics of one chunk. Throws a RangeError when they are not this net's. */
  moveAverages(statistics: Float32Array): void {
    moveAverages(this.net, statistics);
  }

  /** One optimiser step; returns how far the net's weights went, see `StepResult`. Throws a RangeError when a gradient does not fit what is trained. */
  apply(gradient: Float32Array, trainedGradients: readonly Float32Array[], rate: number): number {
    checkLengths(
      "the gradient",
      [this.weights.values, ...this.objective.trained.map(({ values }) => values)],
      [gradient, ...trainedGradients],
    );
    const [netOptimizer, ...own] = this.optimizers;
    const relativeStep = relativeLength(this.weights.values, () =>
      netOptimizer.step(this.weights.values, gradient, rate),
    );
    this.weights.upload();
    own.forEach((optimizer, i) => {
      optimizer.step(this.objective.trained[i].values, trainedGradients[i], rate);
    });
    return relativeStep;
  }

  /** A copy. */
  state(): ReplicaState {
    const optimizers = this.optimizers.map((optimizer) => optimizer.state());
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
    for (const optimizer of this.optimizers) {
      const { steps, vectors } = optimizer.state();
      hash.update(`${steps}\n`);
      vectors.forEach(add);
    }
    return hash.digest("hex");
  }

  dispose(): void {
    this.net.dispose();
  }

  private restoreVectors(state: ReplicaState): void {
    const own = this.optimizers.flatMap((optimizer) => optimizer.state().vectors);
    checkLengths("the optimiser state", own, state.optimizerVectors);
    const vectors = [...state.optimizerVectors];
    for (const optimizer of this.optimizers) {
      optimizer.restore(state.optimizerSteps, vectors.splice(0, optimizer.state().vectors.length));
    }
    const { trained, kept } = this.objective;
    const found = state.objectiveVectors.slice(0, trained.length);
    checkLengths(
      "the objective's state",
      trained.map(({ values }) => values),
      found,
    );
    trained.forEach(({ values }, i) => {
      values.set(state.objectiveVectors[i]);
    });
    kept.write(state.objectiveVectors.slice(trained.length));
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

function checkLengths(what: string, wanted: readonly Float32Array[], found: readonly Float32Array[]): void {
  const [w, f] = [wanted, found].map((vectors) => vectors.map(({ length }) => length).join(", "));
  if (w === f) return;
  throw new RangeError(
    `Cannot go on with a replica: ${what} must have the lengths ${w}, current values are ${f}`,
  );
}
