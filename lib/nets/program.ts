import type { Named, Value } from "../engine/graph";
import type { Operations } from "../engine/operations";
import { openSession, type Session } from "../engine/session";

type Tensor = import("@tensorflow/tfjs-node").Tensor;
type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;
type Variable = import("@tensorflow/tfjs-node").Variable;

/** One named weight. `trained` weights get gradients. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trained: boolean;
  /** A moving average of batch norm, which is never trained but follows the batches. A frozen layer's weights are neither. */
  readonly average: boolean;
  readonly variable: Variable;
  /** Where the graph takes it in. */
  readonly input: Value;
}

/** A net that is being written down, as training sees it or as it is used afterwards. */
export interface WrittenHead {
  readonly training: boolean;
  /** Outputs of the layers in the order in which they run, those inside a block before the block. */
  readonly seen: { readonly layer: string; readonly output: Value }[];
  /** Mean and variance of the batch for every batch norm, in the order of the net's averages; only in training. */
  readonly statistics: Value[];
}

/** A net as written down: features N×D, and the same on the unit sphere. */
export interface Head extends WrittenHead {
  readonly features: Value;
  readonly unit: Value;
}

/** The way back: gradients of all weights that can be trained, from that of the unit embeddings or of the free features. */
interface WayBack {
  readonly ofUnit: Value;
  readonly ofFeatures: Value;
  /** By the name of the weight's input. */
  readonly gradients: ReadonlyMap<string, Value>;
  /** Nodes of the graph before it. */
  readonly mark: number;
}

/** Under the root of the L2 normalisation: keeps it finite at 0. */
const UNIT_EPSILON = 1e-12;

/** A net's graph: training and use, and the gradients of the first. TensorFlow loads it when it is first run. */
export class NetProgram {
  readonly training: Head;
  readonly inference: Head;
  readonly back: WayBack;
  private readonly operations: Operations;
  private readonly images: Value;
  private readonly weights: readonly Weight[];
  private session: Session | undefined;

  constructor(
    operations: Operations,
    shape: readonly number[],
    weights: readonly Weight[],
    run: (x: Value, head: WrittenHead) => Value,
  ) {
    this.operations = operations;
    this.weights = weights;
    this.images = operations.graph.input([-1, ...shape]);
    const head = (training: boolean): Head => {
      const written: WrittenHead = { training, seen: [], statistics: [] };
      const features = run(this.images, written);
      return { ...written, features, unit: operations.unitRows(features, UNIT_EPSILON) };
    };
    this.inference = head(false);
    this.training = head(true);
    this.back = this.wayBack(this.training);
  }

  /** Computes some of the graph's values from images and the weights as they are now, and from what else is `given`. */
  run(
    images: Tensor4D,
    wanted: readonly Named[],
    given: readonly (readonly [name: string, tensor: Tensor])[] = [],
  ): Tensor[] {
    this.session ??= openSession(this.operations.graph);
    const inputs = this.weights.map(({ input, variable }) => [input.name, variable as Tensor] as const);
    return this.session.run(
      new Map<string, Tensor>([[this.images.name, images], ...inputs, ...given]),
      wanted.map(({ name }) => name),
    );
  }

  /** What a forward pass must keep so that `gradients` can be computed from the gradient `from` alone. */
  kept(gradients: readonly Named[], from: Named): Named[] {
    const inputs = new Set([this.images.name, ...this.weights.map(({ input }) => input.name)]);
    return this.operations.graph.cut(gradients, this.back.mark, from).filter(({ name }) => !inputs.has(name));
  }

  dispose(): void {
    this.session?.dispose();
    this.session = undefined;
  }

  private wayBack({ features, unit }: Head): WayBack {
    const { graph } = this.operations;
    const mark = graph.nodes.length;
    const ofUnit = graph.input(unit.shape);
    const inputs = this.weights.filter(({ trained }) => trained).map(({ input }) => input);
    const { wanted, all } = this.operations.gradients(unit, ofUnit, inputs);
    return {
      ofUnit,
      ofFeatures: all.get(features.name) as Value,
      gradients: new Map(inputs.map(({ name }, i) => [name, wanted[i]])),
      mark,
    };
  }
}
