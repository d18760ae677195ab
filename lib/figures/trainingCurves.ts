import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { axis, title } from "./theme";

/** What the trainer records (its `TrainingHistory` fits). Columns of equal length, distances squared L2. */
export interface CurveData {
  readonly steps: {
    readonly step: readonly number[];
    readonly loss: readonly number[];
    readonly activeFraction: readonly number[];
    readonly meanPositive: readonly number[];
    readonly meanNegative: readonly number[];
    readonly hardestPositive: readonly number[];
    readonly hardestNegative: readonly number[];
  };
  readonly evaluations: {
    readonly step: readonly number[];
    readonly accuracy: readonly number[];
    readonly auc: readonly number[];
  };
}

/** Most points of a line; longer series are averaged in equal runs. */
const MOST_POINTS = 400;

/**
 * Four panels over the same steps: loss, share of active triplets, distances of positives and negatives (mean, and hardest of the batch),
 * and accuracy and AUC on held-out pairs.
 */
export function trainingCurves(history: CurveData): Figure {
  const { steps, evaluations } = history;
  const line = (
    name: string,
    values: readonly number[],
    color: string,
    yaxis: string,
    more: object = {},
  ): Trace => ({
    type: "scatter",
    mode: "lines",
    name,
    x: thinned(steps.step),
    y: thinned(values),
    line: { color, width: 2, ...more },
    xaxis: `x${yaxis.slice(1)}`,
    yaxis,
    showlegend: yaxis !== "y" && yaxis !== "y2",
    legend: "legend",
  });
  const points = (name: string, values: readonly number[], color: string): Trace => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    x: [...evaluations.step],
    y: [...values],
    line: { color, width: 2 },
    marker: { color, size: 7 },
    xaxis: "x4",
    yaxis: "y4",
  });
  const last = evaluations.auc.at(-1);
  return {
    data: [
      line("loss", steps.loss, palette.accent, "y"),
      line("active share", steps.activeFraction, palette.second, "y2"),
      line("positives, mean", steps.meanPositive, palette.same, "y3"),
      line("positives, hardest", steps.hardestPositive, palette.same, "y3", { dash: "dot", width: 1.5 }),
      line("negatives, mean", steps.meanNegative, palette.different, "y3"),
      line("negatives, hardest", steps.hardestNegative, palette.different, "y3", { dash: "dot", width: 1.5 }),
      points("held-out AUC", evaluations.auc, palette.accent),
      points("held-out accuracy", evaluations.accuracy, palette.second),
    ],
    layout: {
      title: title("Training"),
      height: 620,
      margin: { t: 56, r: 24, b: 96, l: 64 },
      legend: { orientation: "h", y: -0.14, x: 0 },
      xaxis: { domain: [0, 0.46], anchor: "y" },
      yaxis: axis("triplet loss", { domain: [0.58, 1], rangemode: "tozero" }),
      xaxis2: { domain: [0.54, 1], anchor: "y2" },
      yaxis2: axis("active share of pairs", { domain: [0.58, 1], anchor: "x2", range: [0, 1.02] }),
      xaxis3: axis("step", { domain: [0, 0.46], anchor: "y3" }),
      yaxis3: axis("squared L2", { domain: [0, 0.44], anchor: "x3", rangemode: "tozero" }),
      xaxis4: axis("step", { domain: [0.54, 1], anchor: "y4" }),
      yaxis4: axis("held-out pairs", { domain: [0, 0.44], anchor: "x4" }),
    },
    alt: `Training over ${steps.step.at(-1) ?? 0} steps: the loss ends at ${(steps.loss.at(-1) ?? 0).toFixed(3)}${
      last === undefined ? "" : `, the held-out AUC at ${last.toFixed(3)}`
    }.`,
  };
}

/** Means of equal runs, so that a long noisy series stays readable and small. */
function thinned(values: readonly number[]): number[] {
  const run = Math.ceil(values.length / MOST_POINTS);
  if (run <= 1) return [...values];
  return Array.from({ length: Math.ceil(values.length / run) }, (_, i) => {
    const part = values.slice(i * run, (i + 1) * run);
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
}
