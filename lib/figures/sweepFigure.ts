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
  /** Accuracies, in a panel of their own: they move in a narrow band. */
  readonly accuracy: SweepSeries;
  /** VAL, ours and the paper's. */
  readonly val: readonly SweepSeries[];
}

const LOOKS = [
  { color: palette.same, symbol: "circle", dash: "" },
  { color: palette.different, symbol: "diamond", dash: "" },
  { color: palette.quiet, symbol: "square", dash: "dash" },
] as const;

/** Accuracy on the left, VAL on the right, over the values of a sweep, each with ± one standard error. */
export function sweepFigure(data: SweepFigureData): Figure {
  const { values, accuracy, val } = data;
  const ticks = {
    range: [-0.5, values.length - 0.5],
    tickvals: values.map((_, i) => i),
    ticktext: [...values],
  };
  const name = `${data.axis} (steps not to scale)`;
  return {
    data: [
      ...lineWithBars(accuracy, LOOKS[0], 0, {}),
      ...val.flatMap((series, s) =>
        lineWithBars(series, LOOKS[1 + (s % 2)], 0.1 * (s - (val.length - 1) / 2), {
          xaxis: "x2",
          yaxis: "y2",
        }),
      ),
    ],
    layout: {
      title: title(data.title),
      height: 420,
      xaxis: axis(name, { ...ticks, domain: [0, 0.44] }),
      xaxis2: axis(name, { ...ticks, domain: [0.56, 1], anchor: "y2" }),
      yaxis: axis("accuracy"),
      yaxis2: axis("VAL", { rangemode: "tozero", anchor: "x2" }),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `${data.title}: ${[accuracy, ...val].map((series) => `${series.name} ${ends(series.points, values)}`).join("; ")}.`,
  };
}

/** `shift` moves a series aside, so that no bar hides another; `panel` names its axes. */
function lineWithBars(
  { name, points }: SweepSeries,
  { color, symbol, dash }: (typeof LOOKS)[number],
  shift: number,
  panel: object,
): Trace[] {
  const at = (i: number): number => i + shift;
  const shown = points.flatMap((point, i) => (point ? [{ x: at(i), ...point }] : []));
  const bars = shown.filter(({ standardError }) => standardError !== undefined && standardError > 0);
  return [
    {
      ...panel,
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
      ...panel,
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
