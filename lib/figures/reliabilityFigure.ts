import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";

/** Probabilities in bins, on pairs that they were not fitted on. */
export interface ReliabilityFigureData {
  readonly brier: number;
  readonly ece: number;
  /** Bins that hold pairs, by their mean `probability`; `share` of the `pairs` is the same identity. */
  readonly bins: readonly { readonly pairs: number; readonly probability: number; readonly share: number }[];
}

/**
 * Reliability diagram: the share of pairs that are the same identity against the probability that was said. On the diagonal it was right; below it, too sure of
 * "the same". The bars say how many of all pairs a point stands for: points over a bar that cannot be seen mean little.
 */
export function reliabilityFigure({ brier, ece, bins }: ReliabilityFigureData): Figure {
  const total = bins.reduce((sum, bin) => sum + bin.pairs, 0);
  const said = bins.map(({ probability }) => probability);
  const bars: Trace = {
    type: "bar",
    name: "share of all pairs",
    x: said,
    y: bins.map(({ pairs }) => pairs / total),
    width: 0.03,
    marker: { color: palette.quiet, opacity: 0.5 },
    customdata: bins.map(({ pairs }) => pairs),
    hovertemplate: "%{customdata} pairs<extra></extra>",
  };
  const diagonal: Trace = {
    type: "scatter",
    mode: "lines",
    name: "as said",
    x: [0, 1],
    y: [0, 1],
    line: { color: palette.quiet, width: 2, dash: "dash" },
    hoverinfo: "skip",
  };
  const found: Trace = {
    type: "scatter",
    mode: "lines+markers",
    name: "found",
    x: said,
    y: bins.map(({ share }) => share),
    line: { color: palette.same, width: 2.5 },
    marker: { color: palette.same, size: 8 },
    cliponaxis: false,
    hovertemplate: "said %{x:.3f}, found %{y:.3f}<extra></extra>",
  };
  return {
    data: [bars, diagonal, found],
    layout: {
      title: title(`Reliability, expected error ${fixed(ece, 4)}, Brier score ${fixed(brier, 4)}`),
      height: 420,
      bargap: 0,
      xaxis: axis("probability that was said", { range: [0, 1] }),
      yaxis: axis("share that is the same identity", { range: [0, 1.02] }),
    },
    alt: `Reliability of ${total} pairs in ${bins.length} bins, expected calibration error ${fixed(ece, 4)}${bins.map((bin) => `; said ${fixed(bin.probability, 2)}, found ${fixed(bin.share, 2)} of ${bin.pairs}`).join("")}.`,
  };
}
