import { valuesOf } from "../core/matrix";
import { Graph, type Value } from "../engine/graph";
import { T, Tape } from "../engine/tape";
import type { Weight } from "../nets/program";
import type { UpdateRule } from "./updateRules";

/** Weights that are moved together, as one vector: an operation on a few numbers takes no less time than one on many. */
export interface UpdateGroup {
  /** Into the trained weights. */
  readonly members: readonly number[];
  readonly weights: readonly Value[];
  readonly gradients: readonly Value[];
  readonly state: readonly Value[];
  readonly newWeights: readonly Value[];
  readonly newState: readonly Value[];
}

/** One optimiser step over weights as a graph. */
export interface WrittenUpdate {
  readonly graph: Graph;
  /** What kernels keep, and the rule's other numbers. */
  readonly keep: Value;
  readonly numbers: readonly Value[];
  readonly groups: readonly UpdateGroup[];
  /** Half of ‖Δw‖² and of ‖w‖² after the step: not finite when a new weight is not. */
  readonly lengths: readonly [moved: Value, all: Value];
}

export function writeUpdate(trained: readonly Weight[], rule: UpdateRule): WrittenUpdate {
  const graph = new Graph();
  const update = new Update(graph);
  const keep = graph.input([]);
  const numbers = rule.numbers(0, 1).map(() => graph.input([]));
  const [moves, lengths]: [Value[], Value[]] = [[], []];
  const groups = grouped(trained).map((members): UpdateGroup => {
    const inputs = (): Value[] => members.map((i) => graph.input(trained[i].shape));
    const [weights, gradients] = [inputs(), inputs()];
    const before = update.joined(weights);
    const state = rule.state.map(() => graph.input(before.shape));
    const kept = isKernel(trained[members[0]]) ? update.product(before, keep) : before;
    const [after, ...newState] = update.moved(rule.op, [kept, ...state], numbers, update.joined(gradients));
    moves.push(update.halfSquares(update.difference(after, before)));
    lengths.push(update.halfSquares(after));
    return { members, weights, gradients, state, newWeights: update.cut(after, weights), newState };
  });
  return { graph, keep, numbers, groups, lengths: [update.total(moves), update.total(lengths)] };
}

/** Most values of a group of several weights: more would leave the processor's cache between operations. */
const GROUP_VALUES = 2 ** 19;

/** Kernels (which weight decay pulls), then the others, each in groups that are not larger than they must be. */
function grouped(trained: readonly Weight[]): number[][] {
  const groups: number[][] = [];
  for (const kernels of [true, false]) {
    let room = 0;
    for (const [i, weight] of trained.entries()) {
      if (isKernel(weight) !== kernels) continue;
      const size = valuesOf(weight.shape);
      if (size > room) {
        groups.push([]);
        room = GROUP_VALUES;
      }
      groups[groups.length - 1].push(i);
      room -= size;
    }
  }
  return groups;
}

function isKernel({ shape }: Weight): boolean {
  return shape.length > 1;
}

/** The operations of a step. */
class Update extends Tape {
  /**
   * What a kernel that moves its first inputs in place makes of them. They are put into variables that live no longer than the run, so that nothing is kept
   * between runs.
   */
  moved(op: string, moving: readonly Value[], numbers: readonly Value[], gradient: Value): Value[] {
    const places = moving.map(({ shape }) => {
      const attributes = { dtype: { type: "float" }, shape: { shape } } as const;
      const [place] = this.graph.node("TemporaryVariable", [], attributes, [shape]);
      return place;
    });
    const filled = places.map((place, i) => this.one("Assign", [place, moving[i]], T, place.shape));
    const done = this.one(op, [...filled, ...numbers, gradient], T, gradient.shape);
    const after = { name: `^${done.name.split(":")[0]}`, shape: [] };
    return filled.map((variable, i) => {
      const attributes = { ...T, var_name: { text: places[i].name.split(":")[0] } } as const;
      return this.one(
        "DestroyTemporaryVariable",
        [i === 0 ? done : variable, after],
        attributes,
        variable.shape,
      );
    });
  }

  difference(a: Value, b: Value): Value {
    return this.one("Sub", [a, b], T, a.shape);
  }

  halfSquares(x: Value): Value {
    return this.one("L2Loss", [x], T, []);
  }

  /** Of numbers. */
  total(numbers: readonly Value[]): Value {
    return this.one("AddN", numbers, { ...T, N: { integer: numbers.length } }, []);
  }

  /** All values one after the other, as one vector. */
  joined(parts: readonly Value[]): Value {
    const vectors = parts.map((part) => this.reshaped(part, [valuesOf(part.shape)]));
    if (vectors.length === 1) return vectors[0];
    const attributes = { ...T, N: { integer: parts.length }, Tidx: { type: "int32" } } as const;
    const length = vectors.reduce((sum, { shape }) => sum + shape[0], 0);
    return this.one("ConcatV2", [...vectors, this.axis()], attributes, [length]);
  }

  /** Cuts what {@link joined} joined. */
  cut(x: Value, parts: readonly Value[]): readonly Value[] {
    return this.pieces(x, parts).map((piece, i) => this.reshaped(piece, parts[i].shape));
  }

  private pieces(x: Value, parts: readonly Value[]): readonly Value[] {
    if (parts.length === 1) return [x];
    const attributes = { ...T, Tlen: { type: "int32" }, num_split: { integer: parts.length } } as const;
    const sizes = parts.map(({ shape }) => valuesOf(shape));
    const shapes = sizes.map((size) => [size]);
    return this.graph.node("SplitV", [x, this.integers(sizes), this.axis()], attributes, shapes);
  }

  private axis(): Value {
    return this.graph.constant("int32", [], [0]);
  }
}
