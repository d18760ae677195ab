import type { Figure, Trace } from "./figure";
import { palette, symbols } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";

/** One CMC: `cmc[r − 1]` is the share of probes at rank r or better. */
export interface CmcSeries {
  readonly name: string;
  readonly cmc: readonly number[];
  /** 95 % interval of each rank; left out: no band. */
  readonly intervals?: readonly (readonly [number, number])[];
}

/** Cumulative match characteristic: identification rate against rank, one line per series, told apart by colour and marker. */
export function cmcFigure(series: readonly CmcSeries[]): Figure {
  const traces = series.flatMap(({ name, cmc, intervals }, k): Trace[] => {
    const color = palette.identities[k % palette.identities.length];
    const ranks = cmc.map((_, r) => r + 1);
    const edge = (side: 0 | 1): Trace => ({
      type: "scatter",
      mode: "lines",
      name: `${name}, ${side === 0 ? "lower" : "upper"} end`,
      x: ranks,
      y: (intervals ?? []).map((interval) => interval[side]),
      line: { color, width: 1, dash: "dot" },
      showlegend: false,
      hoverinfo: "skip",
    });
    return [
      {
        type: "scatter",
        mode: "lines+markers",
        name,
        x: ranks,
        y: [...cmc],
        line: { color, width: 2.5 },
        marker: { color, size: 7, symbol: symbols[k % symbols.length] },
        hovertemplate: "rank %{x}: %{y:.3f}<extra></extra>",
      },
      ...(intervals ? [edge(0), edge(1)] : []),
    ];
  });
  const most = Math.max(2, ...series.map(({ cmc }) => cmc.length));
  const values = series.flatMap(({ cmc, intervals = [] }) => [...cmc, ...intervals.map(([low]) => low)]);
  const least = Math.min(1, ...values.filter(Number.isFinite));
  return {
    data: traces,
    layout: {
      title: title("CMC (dotted: 95 % intervals)"),
      height: 420,
      xaxis: axis("rank", { range: [0.8, most + 0.2] }),
      yaxis: axis("identification rate", { range: [Math.max(0, Math.floor(10 * least - 0.5) / 10), 1.01] }),
    },
    alt: `Identification rate over ranks 1 to ${most}${series.map(({ name, cmc }) => `; ${name}: ${fixed(cmc[0] ?? Number.NaN, 3)} at rank 1, ${fixed(cmc[cmc.length - 1] ?? Number.NaN, 3)} at rank ${cmc.length}`).join("")}.`,
  };
}
