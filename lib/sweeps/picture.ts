import type { Figure } from "../figures/figure";
import { type SweepMark, type SweepSeries, sweepFigure } from "../figures/sweepFigure";
import type { SweepKind, SweepValue } from "./kinds";
import type { SweepPoint } from "./points";

/** The figure of a sweep: accuracy and VAL as measured, and the paper's VAL at its own values. */
export function sweepPicture(kind: SweepKind, points: readonly SweepPoint[]): Figure {
  const all: SweepValue[] = [
    ...new Set([...points.map(({ value }) => value), ...kind.paper.map(({ value }) => value)]),
  ];
  // Names keep their order; numbers ascend.
  const values = all.every((value) => typeof value === "number")
    ? all.sort((a, b) => Number(a) - Number(b))
    : all;
  const series = (
    name: string,
    markOf: (value: SweepValue) => SweepMark | null | undefined,
  ): SweepSeries => ({
    name,
    points: values.map((value) => markOf(value) ?? null),
  });
  const ours = new Map(points.map((point) => [point.value, point.score]));
  const theirs = new Map(
    kind.paper.map(({ value, val, standardError }) => [value, { mean: val, standardError }]),
  );
  return sweepFigure({
    title: kind.title,
    axis: kind.axis,
    values: values.map(String),
    accuracy: series("accuracy", (value) => ours.get(value)?.accuracy),
    val: [
      series("VAL at FAR 1e-3", (value) => ours.get(value)?.val),
      ...(theirs.size > 0 ? [series("paper: VAL at FAR 1e-3", (value) => theirs.get(value))] : []),
    ],
  });
}
