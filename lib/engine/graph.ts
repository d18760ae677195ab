import type { Attribute, DataType, NodeDef } from "./graphDef";

/** A tensor that a graph will compute, by its name `node:index`. */
export interface Named {
  readonly name: string;
}

/** And with its shape, in which −1 is the batch. */
export interface Value extends Named {
  readonly shape: readonly number[];
}

/** Operations that are written down first and run later, by a {@link Session}. Nothing here computes. */
export class Graph {
  readonly nodes: NodeDef[] = [];
  private readonly byName = new Map<string, number>();

  /** What a run is given. */
  input(shape: readonly number[], type: DataType = "float"): Value {
    const [value] = this.node("Placeholder", [], { dtype: { type }, shape: { shape } }, [shape]);
    return value;
  }

  constant(type: DataType, shape: readonly number[], values: readonly number[]): Value {
    const attributes = { dtype: { type }, value: { constant: { type, shape, values } } } as const;
    return this.node("Const", [], attributes, [shape])[0];
  }

  /** Adds an operation; `shapes` are those of its outputs. */
  node(
    op: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    shapes: readonly (readonly number[])[],
  ): Value[] {
    const name = `${op}_${this.nodes.length}`;
    this.byName.set(name, this.nodes.length);
    this.nodes.push({ name, op, inputs: inputs.map((input) => input.name), attributes });
    return shapes.map((shape, i) => ({ name: `${name}:${i}`, shape }));
  }

  /**
   * Where a computation can be cut in two: the tensors made by the first `mark` nodes that computing `outputs` from `given` with the nodes after them needs,
   * inputs of the graph among them, in the order in which they were made.
   */
  cut(outputs: readonly Named[], mark: number, given: Named): Named[] {
    const seen = new Set<number>();
    const found = new Map<string, number>();
    const visit = (name: string): void => {
      if (name === given.name) return;
      const at = this.indexOf(name);
      if (at < mark && this.nodes[at].op !== "Const") {
        found.set(name, at);
        return;
      }
      if (seen.has(at)) return;
      seen.add(at);
      this.nodes[at].inputs.forEach(visit);
    };
    for (const { name } of outputs) visit(name);
    return [...found].sort(([, a], [, b]) => a - b).map(([name]) => ({ name }));
  }

  private indexOf(name: string): number {
    return this.byName.get(name.slice(0, name.lastIndexOf(":"))) as number;
  }
}
