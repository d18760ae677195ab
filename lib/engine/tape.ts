import type { Graph, Value } from "./graph";
import type { Attribute } from "./graphDef";

/** Gives the gradients of an operation's inputs from that of its output; `wanted` says which are used, the others may be left out. */
export type Backward = (gradient: Value, wanted: (input: Value) => boolean) => readonly (Value | undefined)[];

export type Attributes = Readonly<Record<string, Attribute>>;

export const T: Attributes = { T: { type: "float" } };

/** What {@link Tape.gradients} gives. */
export interface Gradients {
  /** One for each tensor that was asked for. */
  readonly wanted: readonly Value[];
  /** Of everything on the way, by the name of the tensor. */
  readonly all: ReadonlyMap<string, Value>;
}

/** Writes operations into a graph and remembers how to go back: reverse-mode differentiation (Linnainmaa 1970; Baydin et al. 2018). */
export class Tape {
  readonly graph: Graph;
  private readonly entries: {
    readonly inputs: readonly Value[];
    readonly output: Value;
    readonly backward: Backward;
  }[] = [];

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** a · b without a gradient, of `shape` (default that of `a`) after broadcasting. */
  product(a: Value, b: Value, shape: readonly number[] = a.shape): Value {
    return this.one("Mul", [a, b], T, shape);
  }

  /** a + b without a gradient, of the shape of `a`. */
  sum(a: Value, b: Value): Value {
    return this.one("AddV2", [a, b], T, a.shape);
  }

  /**
   * Gradients with respect to `wanted` from the gradient of `output`, and by name those of everything on the way. Throws a RangeError when `output` does not
   * depend on one of them by operations with a gradient.
   */
  gradients(output: Value, gradient: Value, wanted: readonly Value[]): Gradients {
    const used = new Set(wanted.map(({ name }) => name));
    for (const entry of this.entries) {
      if (entry.inputs.some(({ name }) => used.has(name))) used.add(entry.output.name);
    }
    const all = new Map([[output.name, gradient]]);
    for (const { inputs, output: y, backward } of this.entries.toReversed()) {
      const dy = all.get(y.name);
      if (!dy || !used.has(y.name)) continue;
      backward(dy, ({ name }) => used.has(name)).forEach((dx, i) => {
        const { name } = inputs[i];
        if (!dx || !used.has(name)) return;
        const before = all.get(name);
        all.set(name, before ? this.sum(before, dx) : dx);
      });
    }
    const found = wanted.map(({ name }) => {
      const gradientOfIt = all.get(name);
      if (gradientOfIt) return gradientOfIt;
      throw new RangeError(
        `Cannot differentiate: ${output.name} must depend on every tensor, current value is ${name}`,
      );
    });
    return { wanted: found, all };
  }

  protected record(inputs: readonly Value[], output: Value, backward: Backward): Value {
    this.entries.push({ inputs, output, backward });
    return output;
  }

  protected one(
    op: string,
    inputs: readonly Value[],
    attributes: Attributes,
    shape: readonly number[],
  ): Value {
    return this.graph.node(op, inputs, attributes, [shape])[0];
  }

  protected integers(values: readonly number[]): Value {
    return this.graph.constant("int32", [values.length], values);
  }

  protected reshaped(x: Value, shape: readonly number[]): Value {
    return this.one("Reshape", [x, this.integers(shape)], { ...T, Tshape: { type: "int32" } }, shape);
  }

  protected reduced(
    op: string,
    x: Value,
    axes: readonly number[],
    shape: readonly number[],
    keep = false,
  ): Value {
    const attributes: Attributes = { ...T, Tidx: { type: "int32" }, keep_dims: { flag: keep } };
    return this.one(op, [x, this.integers(axes)], attributes, shape);
  }

  /** The shape of a tensor as the run finds it. */
  protected sizes(x: Value): Value {
    return this.one("Shape", [x], { ...T, out_type: { type: "int32" } }, [x.shape.length]);
  }
}
