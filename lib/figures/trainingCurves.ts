import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { fixed } from "./text";
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

/** Where the two columns of panels begin and end: y titles need room between them. */
const COLUMNS = [
  [0, 0.44],
  [0.56, 1],
];

/** Panels below each other, for screens without room for two columns. */
const STACKED = {
  height: 1240,
  legend: { y: -0.07 },
  ...Object.fromEntries(
    ["", "2", "3", "4"].flatMap((panel, i) => [
      [`xaxis${panel}`, { domain: [0, 1] }],
      [`yaxis${panel}`, { domain: [(4 * (3 - i)) / 15, (4 * (3 - i)) / 15 + 0.2] }],
    ]),
  ),
};

/**
 * Four panels over the same steps: loss, share of active triplets, distances of positives and negatives (mean, and hardest of the batch),
 * and accuracy and AUC on held-out pairs.
 */
export function trainingCurves(history: CurveData): Figure {
  const { steps, evaluations } = history;
  const end = Math.max(1, steps.step.at(-1) ?? 0, evaluations.step.at(-1) ?? 0);
  const stepAxis = (domain: readonly number[], anchor: string): object =>
    axis("step", { domain, anchor, range: [0, 1.04 * end] });
  const line = (
    name: string,
    values: readonly number[],
    color: string,
    yaxis: string,
    more: object = {},
  ): Trace => ({
    type: "scatter",
    // A line of one point would not be seen.
    mode: values.length === 1 ? "markers" : "lines",
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
    cliponaxis: false,
  });
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
      xaxis: stepAxis(COLUMNS[0], "y"),
      yaxis: axis("loss", { domain: [0.6, 1], rangemode: "tozero" }),
      xaxis2: stepAxis(COLUMNS[1], "y2"),
      yaxis2: axis("active share of pairs", { domain: [0.6, 1], anchor: "x2", range: [0, 1.02] }),
      xaxis3: stepAxis(COLUMNS[0], "y3"),
      yaxis3: axis("squared L2", { domain: [0, 0.4], anchor: "x3", rangemode: "tozero" }),
      xaxis4: stepAxis(COLUMNS[1], "y4"),
      yaxis4: axis("AUC and accuracy", { domain: [0, 0.4], anchor: "x4" }),
    },
    narrow: STACKED,
    alt: altOf(history),
  };
}

function altOf({ steps, evaluations }: CurveData): string {
  const [step, loss, auc] = [steps.step.at(-1), steps.loss.at(-1), evaluations.auc.at(-1)];
  if (step === undefined || loss === undefined) return "Training before its first step.";
  const heldOut = auc === undefined ? "" : `, the held-out AUC at ${fixed(auc, 3)}`;
  return `Training over ${step} steps: the loss ends at ${fixed(loss, 3)}${heldOut}.`;
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
