import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { axis, title } from "./theme";
import { thresholdMark } from "./thresholdMark";

/** Distances (L2) of same and different pairs of one set. */
export interface SpreadSeries {
  readonly name: string;
  readonly same: ArrayLike<number>;
  readonly different: ArrayLike<number>;
}

const BINS = 60;
const MOST = 1.2;

/** How far a descriptor puts people from themselves and from others: one pair of curves per set, solid for the first, dotted for the second. */
export function identitySpread(sets: readonly SpreadSeries[], threshold: number): Figure {
  const curve = (values: ArrayLike<number>, name: string, color: string, dash: string | undefined): Trace => {
    const counts = new Float64Array(BINS);
    for (let i = 0; i < values.length; i++)
      counts[Math.min(BINS - 1, Math.max(0, Math.floor((values[i] / MOST) * BINS)))]++;
    return {
      type: "scatter",
      mode: "lines",
      name,
      x: Array.from({ length: BINS }, (_, i) => ((i + 0.5) * MOST) / BINS),
      y: Array.from(counts, (count) => (100 * count) / Math.max(1, values.length)),
      line: { color, width: 2.5, ...(dash && { dash }) },
    };
  };
  return {
    data: sets.flatMap(({ name, same, different }, k) => {
      const dash = k === 0 ? undefined : "dot";
      return [
        curve(same, `${name}: same`, palette.same, dash),
        curve(different, `${name}: different`, palette.different, dash),
      ];
    }),
    layout: {
      title: title("Distances as a descriptor from outside sees them"),
      height: 420,
      xaxis: axis("L2 of the descriptor's vectors", { range: [0, MOST] }),
      yaxis: axis("share of pairs (%)", { rangemode: "tozero" }),
      ...thresholdMark(threshold, MOST, `usual threshold ${threshold}`),
    },
    alt: `Distances of same and different pairs of ${sets.map(({ name }) => name).join(" and ")}; the usual threshold lies at ${threshold}.`,
  };
}
