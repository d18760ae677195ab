import { valuesOf } from "../core/matrix";
import { loadEngine } from "../engine/load";
import { openSession, type Session } from "../engine/session";
import type { Net } from "../nets/build";
import type { Weight } from "../nets/program";
import type { Optimizer, OptimizerName } from "./optimizers";
import { type WrittenUpdate, writeUpdate } from "./updateGraph";
import { type UpdateRule, updateRuleOf } from "./updateRules";

type Tensor = import("@tensorflow/tfjs-node").Tensor;

/**
 * The optimiser of a net's trained weights: the rule that `createOptimizer` has by the same name, run by the engine, where weights and state stay. Free its
 * memory by `dispose`.
 */
export class NetOptimizer implements Pick<Optimizer, "name" | "state" | "restore"> {
  readonly name: OptimizerName;
  private readonly trained: readonly Weight[];
  private readonly rule: UpdateRule;
  private readonly update: WrittenUpdate;
  private readonly session: Session;
  private steps = 0;
  /** The rule's state of every group. */
  private held: Tensor[][] = [];
  private readonly tf = loadEngine();

  constructor(net: Net, name: OptimizerName) {
    this.name = name;
    this.trained = net.weights.filter((weight) => weight.trained);
    this.rule = updateRuleOf(name);
    this.update = writeUpdate(this.trained, this.rule);
    this.session = openSession(this.update.graph);
    this.hold((_, k, shape) => this.tf.fill([...shape], this.rule.state[k]));
  }

  /**
   * Moves the net's trained weights by one step against their gradients (a tensor for each, in their order) at learning rate `rate`. Returns ‖Δw‖ / ‖w‖;
   * when that is not finite, because a gradient was not, nothing has moved.
   */
  step(gradients: readonly Tensor[], rate: number): number {
    const { tf, trained, update } = this;
    const numbers = this.numbers(rate);
    const given = new Map<string, Tensor>(numbers);
    update.groups.forEach(({ members, ...group }, at) => {
      members.forEach((member, i) => {
        given.set(group.weights[i].name, trained[member].variable);
        given.set(group.gradients[i].name, gradients[member]);
      });
      group.state.forEach(({ name }, k) => {
        given.set(name, this.held[at][k]);
      });
    });
    const found = update.groups.flatMap(({ newWeights, newState }) => [...newWeights, ...newState]);
    const names = [...update.lengths, ...found].map(({ name }) => name);
    const [moved, length, ...rest] = this.session.run(given, names);
    const relative = Math.sqrt(moved.dataSync()[0] / Math.max(length.dataSync()[0], 1e-30));
    tf.dispose([...numbers.map(([, tensor]) => tensor), moved, length]);
    if (Number.isFinite(relative)) this.take(rest);
    else tf.dispose(rest);
    return relative;
  }

  /** Copies. */
  state(): { readonly steps: number; readonly vectors: readonly Float32Array[] } {
    const size = this.trained.reduce((sum, weight) => sum + valuesOf(weight.shape), 0);
    const vectors = this.rule.state.map((_, k) => {
      const vector: Float32Array = new Float32Array(size);
      this.update.groups.forEach(({ members }, at) => {
        const values = this.held[at][k].dataSync() as Float32Array;
        this.eachPlace(members, (from, to, start) => vector.set(values.subarray(from, to), start));
      });
      return vector;
    });
    return { steps: this.steps, vectors };
  }

  restore(steps: number, vectors: readonly Float32Array[]): void {
    this.steps = steps;
    this.hold((at, k, shape) => {
      const values: Float32Array = new Float32Array(valuesOf(shape));
      this.eachPlace(this.update.groups[at].members, (from, to, start) =>
        values.set(vectors[k].subarray(start, start + to - from), from),
      );
      return this.tf.tensor(values, [...shape]);
    });
  }

  dispose(): void {
    this.session.dispose();
    this.tf.dispose(this.held);
  }

  private numbers(rate: number): [string, Tensor][] {
    const { keep, numbers } = this.update;
    const values = [this.rule.keep(rate), ...this.rule.numbers(rate, this.steps + 1)];
    return [keep, ...numbers].map(({ name }, i) => [name, this.tf.scalar(values[i])]);
  }

  /** The outcome of a run: for every group its weights, then its state. */
  private take(tensors: readonly Tensor[]): void {
    const rest = [...tensors];
    const state = this.update.groups.map((group) => {
      for (const member of group.members) {
        const tensor = rest.shift() as Tensor;
        this.trained[member].variable.assign(tensor);
        tensor.dispose();
      }
      return rest.splice(0, group.state.length);
    });
    this.hold((at, k) => state[at][k]);
    this.steps++;
  }

  /** Replaces the state. */
  private hold(make: (group: number, k: number, shape: readonly number[]) => Tensor): void {
    const before = this.held;
    this.held = this.update.groups.map(({ state }, at) =>
      state.map(({ shape }, k) => this.tf.keep(make(at, k, shape))),
    );
    this.tf.dispose(before);
  }

  /** Calls `visit` for every member of a group: it stands at [from, to) in the group's vectors, and from `start` on in those of all trained weights. */
  private eachPlace(
    members: readonly number[],
    visit: (from: number, to: number, start: number) => void,
  ): void {
    const sizes = this.trained.map(({ shape }) => valuesOf(shape));
    let from = 0;
    for (const member of members) {
      const to = from + sizes[member];
      const start = sizes.slice(0, member).reduce((a, b) => a + b, 0);
      visit(from, to, start);
      from = to;
    }
  }
}
