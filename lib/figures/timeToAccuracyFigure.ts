import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { fixed, plotlyName } from "./text";
import { axis, title } from "./theme";

/** One program's score over time: for each mark a value per seed. */
export interface TimedSeries {
  readonly name: string;
  readonly values: readonly (readonly number[])[];
}

/** One score of all programs, drawn in a panel of its own. */
export interface TimedPanel {
  /** What was scored, for example "AUC on held-out pairs". */
  readonly score: string;
  readonly series: readonly TimedSeries[];
}

export interface TimeToAccuracyData {
  readonly title: string;
  /** The marks, in minutes of training. */
  readonly minutes: readonly number[];
  /** Left and right, with the same programs in the same order. */
  readonly panels: readonly [TimedPanel, TimedPanel];
}

const LOOKS = [
  { color: palette.same, symbol: "circle" },
  { color: palette.different, symbol: "diamond" },
  { color: palette.accent, symbol: "square" },
] as const;

/** Scores over minutes of training: per program the mean over seeds as a line, and a bar from the worst to the best seed at every mark. */
export function timeToAccuracyFigure({ title: text, minutes, panels }: TimeToAccuracyData): Figure {
  const domains = [
    [0, 0.44],
    [0.56, 1],
  ];
  const place = (panel: number): string => (panel === 0 ? "" : String(panel + 1));
  const axes = panels.map(({ score }, p) => ({
    [`xaxis${place(p)}`]: axis("minutes of training", { domain: domains[p], anchor: `y${place(p)}` }),
    [`yaxis${place(p)}`]: axis(score, { anchor: `x${place(p)}` }),
  }));
  return {
    data: panels.flatMap(({ series }, p) =>
      series.flatMap((one, s) => meanAndRange(one, minutes, s, series.length, place(p))),
    ),
    layout: {
      title: title(text),
      height: 420,
      ...Object.assign({}, ...axes),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `${text}, after ${minutes.at(-1) ?? 0} minutes: ${panels.map(endOf).join("; ")}.`,
  };
}

/** `at` of `of` programs: each stands a little aside, so that no bar hides another. */
function meanAndRange(
  { name, values }: TimedSeries,
  minutes: readonly number[],
  at: number,
  of: number,
  panel: string,
): Trace[] {
  const { color, symbol } = LOOKS[at % LOOKS.length];
  const gap = minutes.length > 1 ? minutes[1] - minutes[0] : 1;
  const x = minutes.map((minute) => minute + 0.12 * gap * (at - (of - 1) / 2));
  const shown = plotlyName(name, 40);
  const axes = { xaxis: `x${panel}`, yaxis: `y${panel}` };
  return [
    {
      ...axes,
      type: "scatter",
      mode: "lines+markers",
      name: shown,
      showlegend: panel === "",
      x,
      y: values.map(meanOf),
      line: { color, width: 2 },
      marker: { color, symbol, size: 6 },
      hovertemplate: `${shown}: %{y:.4f}<extra></extra>`,
    },
    {
      ...axes,
      type: "scatter",
      mode: "lines",
      name: `${shown}, worst to best seed`,
      showlegend: false,
      hoverinfo: "skip",
      x: x.flatMap((place) => [place, place, null]),
      y: values.flatMap((seeds) => [Math.min(...seeds), Math.max(...seeds), null]),
      line: { color, width: 2 },
    },
  ];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function endOf({ score, series }: TimedPanel): string {
  return `${score} ${series.map(({ name, values }) => `${name} ${fixed(meanOf(values.at(-1) ?? []), 3)}`).join(", ")}`;
}
