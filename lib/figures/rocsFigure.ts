import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { thinnedStaircase } from "./rocFigure";
import { fixed } from "./text";
import { axis, title } from "./theme";

/** One ROC of several. */
export interface RocSeries {
  readonly name: string;
  /** The staircase, FAR ascending. */
  readonly points: readonly { readonly far: number; readonly val: number }[];
  readonly auc: number;
}

const DASHES = ["solid", "dash", "dot"] as const;

/**
 * Several ROCs over one logarithmic FAR axis, told apart by colour and dashes; grey: chance, where VAL equals FAR. `leastFar` is where the axis begins;
 * default: the decade of the smallest FAR that occurs. FAR 0 has no place on it.
 */
export function rocsFigure(
  text: string,
  series: readonly RocSeries[],
  { leastFar }: { readonly leastFar?: number } = {},
): Figure {
  const seen = series.map(({ points }) => points.filter(({ far }) => far > 0));
  const least = leastFar ?? seen.flat().reduce((low, { far }) => Math.min(low, far), 0.1);
  const low = Math.floor(Math.log10(least) + 1e-9);
  const chance = Array.from({ length: 1 + 10 * -low }, (_, i) => 10 ** (low + i / 10));
  return {
    data: [
      ...series.map(
        ({ name, auc }, k): Trace => ({
          type: "scatter",
          mode: "lines",
          name: `${name} (AUC ${fixed(auc, 3)})`,
          x: thinnedStaircase(seen[k]).map(({ far }) => far),
          y: thinnedStaircase(seen[k]).map(({ val }) => val),
          line: {
            color: palette.identities[k % palette.identities.length],
            width: 2.5,
            shape: "hv",
            ...(k % DASHES.length > 0 && { dash: DASHES[k % DASHES.length] }),
          },
          hovertemplate: `${name}<br>FAR %{x:.2e}<br>VAL %{y:.3f}<extra></extra>`,
        }),
      ),
      {
        type: "scatter",
        mode: "lines",
        name: "chance",
        x: chance,
        y: chance,
        line: { color: palette.quiet, width: 1.5, dash: "dash" },
        hoverinfo: "skip",
      },
    ],
    layout: {
      title: title(text),
      height: 460,
      xaxis: axis("false accept rate (FAR)", {
        type: "log",
        range: [low, 0],
        dtick: 1,
        exponentformat: "power",
      }),
      yaxis: axis("validation rate (VAL)", { range: [0, 1.02] }),
      legend: { orientation: "h", y: -0.2, x: 0 },
    },
    alt: `${text}: areas under the ROC ${series.map(({ name, auc }) => `${name} ${fixed(auc, 3)}`).join("; ")}.`,
  };
}
