import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { plotlyName } from "./text";
import { axis, title } from "./theme";

/** A run and the warnings that were raised in it. Columns of equal length. */
export interface MeterRun {
  readonly name: string;
  readonly steps: {
    readonly step: readonly number[];
    readonly loss: readonly number[];
    readonly activeFraction: readonly number[];
    readonly meanNegative: readonly number[];
  };
  readonly troubles: readonly { readonly name: string; readonly since: number }[];
}

export interface MeterData {
  readonly runs: readonly MeterRun[];
  /** Margin α of the triplet loss, on squared L2. */
  readonly margin: number;
  /** Mean squared L2 of negatives below which a run counts as collapsed. */
  readonly nearest: number;
}

/**
 * The early-warning meter of some runs: mean distance of the negatives with the limit of collapse, the loss in margins with a line at 1, and the active share.
 * A cross on the first panel marks the step since which a run is in trouble.
 */
export function warningMeter({ runs, margin, nearest }: MeterData): Figure {
  const end = Math.max(1, ...runs.map(({ steps }) => steps.step.at(-1) ?? 0));
  const colorOf = (k: number): string => palette.identities[k % palette.identities.length];
  const panel = (yaxis: string, of: (run: MeterRun) => readonly number[]): Trace[] =>
    runs.map((run, k) => ({
      type: "scatter",
      mode: run.steps.step.length === 1 ? "markers" : "lines",
      name: plotlyName(run.name),
      x: [...run.steps.step],
      y: [...of(run)],
      line: { color: colorOf(k), width: 2 },
      showlegend: yaxis === "y",
      ...axesOf(yaxis),
    }));
  const level = (yaxis: string, y: number, name: string): Trace => ({
    type: "scatter",
    mode: "lines",
    name,
    x: [0, end],
    y: [y, y],
    line: { color: palette.quiet, width: 2, dash: yaxis === "y" ? "dash" : "dot" },
    ...axesOf(yaxis),
  });
  const crosses = runs.map((run, k): Trace => {
    const at = run.troubles.map(({ since }) => Math.max(0, run.steps.step.indexOf(since)));
    return {
      type: "scatter",
      mode: "markers",
      name: `trouble: ${plotlyName(run.name)}`,
      x: at.map((i) => run.steps.step[i]),
      y: at.map((i) => run.steps.meanNegative[i]),
      text: run.troubles.map(({ name }) => name),
      marker: { color: colorOf(k), symbol: "x", size: 12 },
      showlegend: false,
      ...axesOf("y"),
    };
  });
  const steps = (domain: readonly number[], anchor: string): object =>
    axis("step", { domain, anchor, range: [0, 1.02 * end] });
  return {
    data: [
      ...panel("y", ({ steps: s }) => s.meanNegative),
      level("y", nearest, "limit of collapse"),
      ...crosses,
      ...panel("y2", ({ steps: s }) => s.loss.map((loss) => loss / margin)),
      level("y2", 1, "loss = margin"),
      ...panel("y3", ({ steps: s }) => s.activeFraction),
    ],
    layout: {
      title: title("Early-warning meter"),
      height: 420,
      xaxis: steps([0, 0.28], "y"),
      yaxis: axis("negatives: mean squared L2", { rangemode: "tozero" }),
      xaxis2: steps([0.36, 0.64], "y2"),
      yaxis2: axis("loss ÷ margin", { anchor: "x2", rangemode: "tozero" }),
      xaxis3: steps([0.72, 1], "y3"),
      yaxis3: axis("active share", { anchor: "x3", range: [0, 1.02] }),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `Early-warning meter of ${runs.length} run${runs.length === 1 ? "" : "s"}: ${runs.map(sentence).join("; ")}.`,
  };
}

function axesOf(yaxis: string): { xaxis: string; yaxis: string } {
  return { xaxis: `x${yaxis.slice(1)}`, yaxis };
}

function sentence({ name, troubles }: MeterRun): string {
  if (troubles.length === 0) return `${name} shows no trouble`;
  return `${name} shows ${troubles.map((t) => `${t.name} since step ${t.since}`).join(" and ")}`;
}
