import type { Figure } from "./figure";
import { palette } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";

export interface DirFigureData {
  /** The staircase, FAR ascending. */
  readonly curve: readonly { readonly far: number; readonly dir: number }[];
  /** Operating points, drawn as marks. */
  readonly points?: readonly { readonly far: number; readonly dir: number; readonly threshold: number }[];
  /** Rank-1 of the same probes in the closed set, which DIR reaches when nobody is refused; left out: no line. */
  readonly closed?: number;
  readonly known: number;
  readonly strangers: number;
}

/** DIR against FAR on a logarithmic axis from 1 / strangers to 1. FAR 0 has no place there and is left out. */
export function dirFigure({ curve, points = [], closed, known, strangers }: DirFigureData): Figure {
  const seen = curve.filter(({ far }) => far > 0);
  const marks = points.filter(({ far }) => far > 0);
  const low = Math.floor(Math.log10(1 / Math.max(10, strangers)));
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        name: "open set",
        x: seen.map(({ far }) => far),
        y: seen.map(({ dir }) => dir),
        line: { color: palette.same, width: 2.5, shape: "hv" },
        hovertemplate: "FAR %{x:.2e}<br>DIR %{y:.3f}<extra></extra>",
      },
      {
        type: "scatter",
        mode: "markers",
        name: "operating points",
        x: marks.map(({ far }) => far),
        y: marks.map(({ dir }) => dir),
        customdata: marks.map(({ threshold }) => threshold),
        marker: { color: palette.different, size: 10, symbol: "diamond" },
        cliponaxis: false,
        showlegend: marks.length > 0,
        hovertemplate: "FAR %{x:.2e}<br>DIR %{y:.3f}<br>threshold %{customdata:.3f}<extra></extra>",
      },
      {
        type: "scatter",
        mode: "lines",
        name: "closed set, rank 1",
        x: closed === undefined ? [] : [10 ** low, 1],
        y: closed === undefined ? [] : [closed, closed],
        line: { color: palette.quiet, width: 2, dash: "dash" },
        showlegend: closed !== undefined,
      },
    ],
    layout: {
      title: title(`Open set: ${known} known probes, ${strangers} strangers`),
      height: 420,
      xaxis: axis("false-alarm rate over strangers (FAR)", {
        type: "log",
        range: [low, 0],
        dtick: 1,
        exponentformat: "power",
      }),
      yaxis: axis("detection and identification (DIR)", { range: [0, 1.02] }),
    },
    alt: `DIR over FAR for ${known} known probes and ${strangers} strangers${marks.map((p) => `; DIR ${fixed(p.dir, 3)} at FAR ${p.far.toPrecision(2)}`).join("")}${closed === undefined ? "" : `; the closed set has ${fixed(closed, 3)} at rank 1`}.`,
  };
}
