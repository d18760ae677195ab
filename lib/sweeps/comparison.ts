import { sweepKinds } from "./kinds";
import { estimateOf, type ReadResults, tableOf } from "./resultTable";
import type { CurvePoint } from "./shape";

/** A point of a sweep that the paper has, too. `at` is in the unit of {@link SweepComparison.axis}. */
export interface ComparedPoint extends CurvePoint {
  readonly at: number;
}

/** A sweep of the paper and ours, over an axis that both have. */
export interface SweepComparison {
  readonly axis: string;
  readonly paper: readonly ComparedPoint[];
  readonly ours: readonly ComparedPoint[];
  readonly command: string;
}

/** What the values of the paper and ours are multiplied by to stand on one axis. */
const compared: Readonly<
  Record<"jpeg" | "pixels" | "dimensions" | "training-size", { paper: number; ours: number; axis?: string }>
> = {
  jpeg: { paper: 1, ours: 1 },
  // The paper's net looks at 220 pixels, ours at 64.
  pixels: { paper: 1 / 220, ours: 1 / 64, axis: "side of the face as a share of the net's input" },
  dimensions: { paper: 1, ours: 1 },
  "training-size": { paper: 1, ours: 1 },
};

/** The sweeps of the paper that can be compared. */
export type ComparedSweep = keyof typeof compared;

/**
 * VAL at FAR 1e-3 of a sweep in data/results/sweeps.md beside the paper's, as shares; undefined where fewer than two points were measured. Points of ours that
 * lie below two thirds of the paper's first value are left out: the paper says nothing there.
 */
export function comparedSweep(name: ComparedSweep, read: ReadResults): SweepComparison | undefined {
  const kind = sweepKinds[name];
  const table = tableOf(read, "sweeps.md", kind.title);
  if (!table) return undefined;
  const column = table.columns.indexOf("VAL at FAR 1e-3");
  const unit = compared[name];
  const paper = kind.paper.map(({ value, val, standardError }) => ({
    at: unit.paper * Number(value),
    mean: val,
    standardError,
  }));
  const least = Math.min(...paper.map(({ at }) => at));
  const ours = table.rows.flatMap((cells): ComparedPoint[] => {
    const at = unit.ours * Number(cells[0]);
    const val = estimateOf(cells[column] ?? "");
    return val && at >= (2 / 3) * least ? [{ at, ...val }] : [];
  });
  if (ours.length < 2) return undefined;
  return { axis: unit.axis ?? kind.axis, paper, ours, command: table.command };
}
