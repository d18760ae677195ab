import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { axis, title } from "./theme";

/** One line of a sweep: a share and its standard error for each value, null where nothing could be measured. */
export interface SweepSeries {
  readonly name: string;
  readonly points: readonly (SweepMark | null)[];
}

export interface SweepMark {
  readonly mean: number;
  readonly standardError?: number;
}

export interface SweepFigureData {
  readonly title: string;
  /** What is swept, with its unit. */
  readonly axis: string;
  /** Values from left to right, equally far apart whatever they are. */
  readonly values: readonly string[];
  readonly series: readonly SweepSeries[];
}

const LOOKS = [
  { color: palette.same, symbol: "circle", dash: "" },
  { color: palette.different, symbol: "diamond", dash: "" },
  { color: palette.quiet, symbol: "square", dash: "dash" },
] as const;

/** Shares over the values of a sweep, each with ± one standard error. Up to three series. */
export function sweepFigure(data: SweepFigureData): Figure {
  const { values, series } = data;
  return {
    data: series.flatMap(({ name, points }, s) => lineWithBars(name, points, s, series.length)),
    layout: {
      title: title(data.title),
      height: 420,
      xaxis: axis(`${data.axis} (steps are not to scale)`, {
        range: [-0.5, values.length - 0.5],
        tickvals: values.map((_, i) => i),
        ticktext: [...values],
      }),
      yaxis: axis("share of pairs", { range: [0, 1.02] }),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `${data.title}: ${series.map(({ name, points }) => `${name} ${ends(points, values)}`).join("; ")}.`,
  };
}

function lineWithBars(name: string, points: SweepSeries["points"], s: number, count: number): Trace[] {
  const { color, symbol, dash } = LOOKS[s % LOOKS.length];
  // Series stand a little beside each other, so that no bar hides another.
  const at = (i: number): number => i + 0.07 * (s - (count - 1) / 2);
  const shown = points.flatMap((point, i) => (point ? [{ x: at(i), ...point }] : []));
  const bars = shown.filter(({ standardError }) => standardError !== undefined && standardError > 0);
  return [
    {
      type: "scatter",
      mode: "lines+markers",
      name,
      x: shown.map(({ x }) => x),
      y: shown.map(({ mean }) => mean),
      line: { color, width: 2, ...(dash && { dash }) },
      marker: { color, symbol, size: 6 },
      hovertemplate: `${name}: %{y:.3f}<extra></extra>`,
    },
    {
      type: "scatter",
      mode: "lines",
      name: `${name}, ± one standard error`,
      showlegend: false,
      hoverinfo: "skip",
      x: bars.flatMap(({ x }) => [x, x, null]),
      y: bars.flatMap(({ mean, standardError = 0 }) => [mean - standardError, mean + standardError, null]),
      line: { color, width: 2 },
    },
  ];
}

function ends(points: SweepSeries["points"], values: readonly string[]): string {
  const at = Array.from(points.keys()).filter((i) => points[i] !== null);
  const say = (i: number): string => `${(points[i] as SweepMark).mean.toFixed(3)} at ${values[i]}`;
  if (at.length === 0) return "could not be measured";
  return at.length === 1 ? say(at[0]) : `from ${say(at[0])} to ${say(at[at.length - 1])}`;
}
