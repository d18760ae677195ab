import type { Figure, Trace } from "./figure";
import { palette, symbols } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";

/** A rate with its 95 % interval. */
export interface RateWithInterval {
  readonly name: string;
  readonly rate: number;
  readonly interval: readonly [number, number];
}

/**
 * What refusing strangers costs: the closed set's rate and the open set's at several FARs, as dots with 95 % intervals, one line of the picture each, in the
 * order given. The names stand beside the intervals.
 */
export function closedOpenFigure(closed: RateWithInterval, open: readonly RateWithInterval[]): Figure {
  const rows = [closed, ...open];
  const height = (i: number): number => rows.length - i;
  const rates = (name: string, list: readonly number[], color: string, symbol: string): Trace => ({
    type: "scatter",
    mode: "markers",
    name,
    x: list.map((i) => rows[i].rate),
    y: list.map(height),
    text: list.map((i) => rows[i].name),
    marker: { color, size: 12, symbol },
    hovertemplate: "%{text}: %{x:.3f}<extra></extra>",
  });
  const bars: Trace = {
    type: "scatter",
    mode: "lines",
    name: "95 % interval",
    x: rows.flatMap(({ interval }) => [interval[0], interval[1], null]),
    y: rows.flatMap((_, i) => [height(i), height(i), null]),
    line: { color: palette.quiet, width: 3 },
    hoverinfo: "skip",
  };
  return {
    data: [
      bars,
      rates("closed set, rank 1", [0], palette.same, symbols[0]),
      rates(
        "open set, DIR",
        open.map((_, i) => i + 1),
        palette.different,
        symbols[2],
      ),
    ],
    layout: {
      title: title("The same probes in a closed and an open set"),
      height: 180 + 50 * rows.length,
      xaxis: axis("share of known probes that are identified", { range: [0, 1.01] }),
      yaxis: axis("protocol", {
        range: [0.4, rows.length + 0.6],
        tickvals: rows.map((_, i) => height(i)),
        ticktext: rows.map(({ name }) => name),
      }),
    },
    alt: `Identified known probes: ${rows.map(({ name, rate, interval }) => `${name} ${fixed(rate, 3)} (${fixed(interval[0], 3)} to ${fixed(interval[1], 3)})`).join("; ")}.`,
  };
}
