import type { Figure } from "./figure";
import { palette, symbols } from "./palette";
import { axis, title } from "./theme";

/** One person's distances while a factor is turned; `distances[i]` belongs to `values[i]`. */
export interface DialSeries {
  readonly name: string;
  readonly distances: readonly number[];
}

/** What is turned and what came of it. */
export interface DialData {
  /** Name and unit of the factor, for example `yaw (degrees)`. */
  readonly factor: string;
  readonly values: readonly number[];
  readonly series: readonly DialSeries[];
  /** Distance above which two pictures count as two people. */
  readonly threshold: number;
  /** What the distance is, for example `L2`. */
  readonly distance: string;
}

/** How far a face moves away from itself while one factor is turned, with the threshold that it must not pass. */
export function dialFigure({ factor, values, series, threshold, distance }: DialData): Figure {
  const ends = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [];
  const passed = series.filter(({ distances }) => distances.some((d) => d > threshold)).length;
  return {
    data: [
      ...series.map(({ name, distances }, k) => ({
        type: "scatter",
        mode: "lines+markers",
        name,
        x: [...values],
        y: [...distances],
        line: { color: palette.identities[k % palette.identities.length], width: 2 },
        marker: {
          color: palette.identities[k % palette.identities.length],
          symbol: symbols[k % symbols.length],
          size: 7,
        },
      })),
      {
        type: "scatter",
        mode: "lines",
        name: `threshold ${threshold}`,
        x: ends,
        y: ends.map(() => threshold),
        line: { color: palette.quiet, width: 2, dash: "dash" },
      },
    ],
    layout: {
      title: title(`Distance from the plain portrait while ${factor.replace(/ \(.*/, "")} is turned`),
      height: 420,
      xaxis: axis(factor),
      yaxis: axis(distance, { rangemode: "tozero" }),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `${distance} of ${series.length} people from their own plain portrait over ${factor}; ${passed} of them pass the threshold ${threshold}.`,
  };
}
