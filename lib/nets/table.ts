import type { NetCount } from "./count";
import { type Agreement, compareWithPaper } from "./printed";
import { inputShape } from "./shapes";
import type { NetSpec } from "./spec";

/** The table of a net as plain JSON. Shapes are height × width × channels, or units. */
export interface NetTable {
  readonly name: string;
  readonly input: readonly number[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly layers: readonly {
    readonly name: string;
    readonly output: readonly number[];
    readonly parameters: number;
    readonly multiplyAdds: number;
  }[];
  /** Every figure that the paper prints of this net, with the verdict; empty for other sizes and nets. */
  readonly paper: readonly Agreement[];
}

/** The count of a net in the form of the paper's tables. `asPublished` compares with the printed figures. */
export function netTable(spec: NetSpec, count: NetCount, asPublished: boolean): NetTable {
  const { parameters, multiplyAdds, layers } = count;
  const paper = asPublished ? compareWithPaper(spec.name, count) : [];
  return { name: spec.name, input: inputShape(spec), parameters, multiplyAdds, layers, paper };
}

/** The table for a terminal: output shape, parameters, multiply-adds, the paper's printed figure and whether it agrees. */
export function netTableText({ name, input, layers, paper, ...total }: NetTable): string {
  const lines = layers.map((layer) => ({ ...layer, cells: [layer.name, layer.output.join("×")] }));
  const width = Math.max(12, ...lines.map(({ cells }) => cells[0].length));
  const line = (cells: readonly string[], counts: Counts, printed: string): string =>
    `${cells[0].padEnd(width)}  ${cells[1].padEnd(12)} ${counts[0].padStart(13)} ${counts[1].padStart(15)}  ${printed}`.trimEnd();
  const printedOf = (layer: string | null): string =>
    paper
      .filter((row) => row.layer === layer)
      .map((row) => `${row.printed} ${row.agrees ? "✓" : "✗"}`)
      .join("  ");
  return [
    `${name}, input ${input.join("×")}`,
    "",
    line(["layer", "output"], ["parameters", "multiply-adds"], paper.length > 0 ? "in the paper" : ""),
    ...lines.map(({ cells, ...layer }) => line(cells, countsOf(layer), printedOf(layer.name))),
    line(["total", ""], countsOf(total), printedOf(null)),
  ].join("\n");
}

type Counts = readonly [string, string];

function countsOf(row: { readonly parameters: number; readonly multiplyAdds: number }): Counts {
  const show = (value: number): string => (value === 0 ? "" : value.toLocaleString("en"));
  return [show(row.parameters), show(row.multiplyAdds)];
}
