import type { Figure } from "./figure";
import { palette, symbols } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";

/** Values of one kind. */
export interface DistributionSeries {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

export interface DistributionData {
  readonly title: string;
  /** What the values are, with their unit. */
  readonly axis: string;
  readonly series: readonly DistributionSeries[];
  /** Ends of the axis. */
  readonly range: readonly [number, number];
  /** At least 1; default 60. */
  readonly bins?: number;
}

/** Several distributions on one axis: for each the share of its own values in every bin. Values outside the range are counted in the total and not drawn. */
export function distributionFigure(data: DistributionData): Figure {
  const { series, bins = 60 } = data;
  const [low, high] = data.range;
  const width = (high - low) / bins;
  const middles = Array.from({ length: bins }, (_, i) => low + (i + 0.5) * width);
  return {
    data: series.map(({ name, values }, k) => {
      const color = palette.identities[k % palette.identities.length];
      return {
        type: "scatter",
        mode: "lines+markers",
        name,
        x: middles,
        y: shares(values, low, width, bins),
        line: { color, width: 2 },
        marker: { color, size: 4, symbol: symbols[k % symbols.length] },
        hovertemplate: `${name}<br>%{x:.2f}: %{y:.1f} %<extra></extra>`,
      };
    }),
    layout: {
      title: title(data.title),
      height: 420,
      xaxis: axis(data.axis, { range: [low, high] }),
      yaxis: axis("share of values (%)", { rangemode: "tozero" }),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `${data.title}: ${series.map(({ name, values }) => `${name} around ${fixed(median(values), 2)}`).join("; ")}.`,
  };
}

/** Percent of the values in each bin; the last one holds its upper end. */
function shares(values: ArrayLike<number>, low: number, width: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const place = (values[i] - low) / width;
    if (place >= 0 && place <= bins) counts[Math.min(bins - 1, Math.floor(place))]++;
  }
  return counts.map((count) => (100 * count) / Math.max(1, values.length));
}

function median(values: ArrayLike<number>): number {
  const ascending = Float64Array.from(values).sort();
  return ascending[ascending.length >> 1] ?? Number.NaN;
}
