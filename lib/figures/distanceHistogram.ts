import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";
import { thresholdMark } from "./thresholdMark";

const BINS = 80;
const MOST = 4;

/**
 * Distances of same and different pairs as two outlines on [0, 4], each scaled to its own total, with the threshold.
 * Pairs without a finite distance are left out of the totals, and the title says so.
 */
export function distanceHistogram(
  distances: ArrayLike<number>,
  same: ArrayLike<number>,
  threshold: number,
): Figure {
  const counts = [new Float64Array(BINS), new Float64Array(BINS)];
  const totals = [0, 0];
  for (let i = 0; i < distances.length; i++) {
    if (!Number.isFinite(distances[i])) continue;
    const kind = same[i] ? 1 : 0;
    counts[kind][Math.min(BINS - 1, Math.max(0, Math.floor((distances[i] / MOST) * BINS)))]++;
    totals[kind]++;
  }
  const bars = (kind: number, name: string, color: string): Trace => ({
    type: "bar",
    name,
    x: Array.from({ length: BINS }, (_, i) => ((i + 0.5) * MOST) / BINS),
    y: Array.from(counts[kind], (count) => (100 * count) / Math.max(1, totals[kind])),
    marker: { color, opacity: 0.65 },
    width: MOST / BINS,
    hovertemplate: "%{x:.2f}: %{y:.1f} %<extra></extra>",
  });
  const left = distances.length - totals[0] - totals[1];
  const missing = left > 0 ? `${left} without a finite distance left out` : "";
  return {
    data: [bars(1, "same identity", palette.same), bars(0, "different identities", palette.different)],
    layout: {
      title: title(`Distances of the test pairs${missing && ` (${missing})`}`),
      height: 420,
      barmode: "overlay",
      bargap: 0,
      xaxis: axis("squared L2", { range: [0, MOST] }),
      yaxis: axis("share of pairs (%)", { rangemode: "tozero" }),
      ...(Number.isFinite(threshold)
        ? thresholdMark(threshold, MOST, `threshold ${fixed(threshold, 2)}`)
        : {}),
    },
    alt: `Squared L2 of ${totals[1]} same and ${totals[0]} different pairs${missing && `, ${missing}`}; the threshold lies at ${fixed(threshold, 3)}.`,
  };
}
