import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { axis, title } from "./theme";

/** One curve: its values and what was measured at each, with a standard error where there is one. */
export interface ShapeSeries {
  readonly name: string;
  readonly points: readonly { readonly at: number; readonly mean: number; readonly standardError?: number }[];
}

export interface ShapeFigureData {
  readonly title: string;
  /** What is swept, with its unit. */
  readonly axis: string;
  /** A logarithmic axis; default false. */
  readonly log?: boolean;
  readonly paper: ShapeSeries;
  readonly ours: ShapeSeries;
}

/**
 * The shape of two curves of different height: each divided by its largest mean, so that both end at 1 somewhere, with ± one standard error (divided alike).
 * Throws a RangeError for a curve without a positive value.
 */
export function shapeFigure(data: ShapeFigureData): Figure {
  const { paper, ours, log = false } = data;
  return {
    data: [
      ...traces(ours, { color: palette.same, symbol: "circle" }),
      ...traces(paper, { color: palette.quiet, symbol: "square", dash: "dash" }),
    ],
    layout: {
      title: title(data.title),
      height: 360,
      xaxis: axis(data.axis, log ? valueTicks([...paper.points, ...ours.points].map(({ at }) => at)) : {}),
      yaxis: axis("share of the curve's own largest value", { rangemode: "tozero" }),
      legend: { orientation: "h", y: -0.24, x: 0 },
    },
    alt: `${data.title}: ${[ours, paper].map(ends).join("; ")}.`,
  };
}

/** A logarithmic axis with a tick at every value, and room at its ends: powers of ten would be too few. */
function valueTicks(all: readonly number[]): object {
  const values = [...new Set(all)].sort((a, b) => a - b);
  const [low, high] = [Math.log10(values[0]), Math.log10(values[values.length - 1])];
  const room = 0.06 * (high - low);
  return { type: "log", range: [low - room, high + room], tickvals: values, ticktext: values.map(short) };
}

/** Three digits that count. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function largest({ name, points }: ShapeSeries): number {
  const most = points.reduce((high, { mean }) => Math.max(high, mean), 0);
  if (most > 0) return most;
  throw new RangeError(
    `Cannot compare shapes: ${name} needs a value above 0, current value is ${points.length === 0 ? "no point" : most}`,
  );
}

interface Look {
  readonly color: string;
  readonly symbol: string;
  readonly dash?: string;
}

function traces(series: ShapeSeries, { color, symbol, dash }: Look): Trace[] {
  const most = largest(series);
  const bars = series.points.filter(({ standardError = 0 }) => standardError > 0);
  return [
    {
      type: "scatter",
      mode: "lines+markers",
      name: `${series.name}, divided by ${most.toPrecision(3)}`,
      x: series.points.map(({ at }) => at),
      y: series.points.map(({ mean }) => mean / most),
      line: { color, width: 2.5, ...(dash && { dash }) },
      marker: { color, symbol, size: 8 },
      hovertemplate: `${series.name} at %{x}: %{y:.3f} of its largest<extra></extra>`,
    },
    {
      type: "scatter",
      mode: "lines",
      name: `${series.name}, ± one standard error`,
      showlegend: false,
      hoverinfo: "skip",
      x: bars.flatMap(({ at }) => [at, at, null]),
      y: bars.flatMap(({ mean, standardError = 0 }) => [
        (mean - standardError) / most,
        (mean + standardError) / most,
        null,
      ]),
      line: { color, width: 2 },
    },
  ];
}

function ends(series: ShapeSeries): string {
  const [first, last] = [series.points[0], series.points[series.points.length - 1]];
  const share = (mean: number): string => (mean / largest(series)).toFixed(2);
  return `${series.name} from ${share(first.mean)} of its largest value at ${short(first.at)} to ${share(last.mean)} at ${short(last.at)}`;
}
