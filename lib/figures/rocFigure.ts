import type { Figure } from "./figure";
import { palette } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";

export interface RocFigureData {
  /** The staircase, FAR ascending. */
  readonly points: readonly { readonly far: number; readonly val: number }[];
  readonly auc: number;
  /** What the staircase is of; default "listed pairs". */
  readonly name?: string;
  /** Operating points over all pairs, drawn as marks. */
  readonly operating?: readonly { readonly far: number; readonly val: number; readonly threshold: number }[];
}

/** VAL against FAR on a logarithmic axis: what matters is on the left. FAR 0 has no place there and is left out. */
export function rocFigure(data: RocFigureData): Figure {
  const { auc, name = "listed pairs" } = data;
  const seen = thinnedStaircase(data.points.filter((point) => point.far > 0));
  const operating = (data.operating ?? []).filter((point) => point.far > 0);
  const least = [...seen, ...operating].reduce((low, { far }) => Math.min(low, far), 0.1);
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        name,
        x: seen.map((p) => p.far),
        y: seen.map((p) => p.val),
        line: { color: palette.same, width: 2.5, shape: "hv" },
        hovertemplate: "FAR %{x:.2e}<br>VAL %{y:.3f}<extra></extra>",
      },
      {
        type: "scatter",
        mode: "markers",
        name: "all pairs",
        x: operating.map((p) => p.far),
        y: operating.map((p) => p.val),
        customdata: operating.map((p) => p.threshold),
        marker: { color: palette.different, size: 10, symbol: "diamond" },
        cliponaxis: false,
        showlegend: operating.length > 0,
        hovertemplate:
          "all pairs<br>FAR %{x:.0e}<br>VAL %{y:.3f}<br>threshold %{customdata:.3f}<extra></extra>",
      },
    ],
    layout: {
      title: title(`ROC, AUC ${fixed(auc, 4)}`),
      height: 420,
      xaxis: axis("false accept rate (FAR)", {
        type: "log",
        range: [Math.floor(Math.log10(least)), 0],
        dtick: 1,
        exponentformat: "power",
      }),
      yaxis: axis("validation rate (VAL)", { range: [0, 1.02] }),
    },
    alt: `ROC with an area of ${fixed(auc, 4)}${operating.map((p) => `; VAL ${fixed(p.val, 3)} at FAR ${p.far}`).join("")}.`,
  };
}

/** Drops points on straight runs of the staircase; its look does not change. */
export function thinnedStaircase<T extends { readonly far: number; readonly val: number }>(
  points: readonly T[],
): T[] {
  return points.filter((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (!before || !after) return true;
    const flat = before.val === point.val && point.val === after.val;
    const steep = before.far === point.far && point.far === after.far;
    return !flat && !steep;
  });
}
