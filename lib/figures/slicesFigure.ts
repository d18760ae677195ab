import type { Figure, Trace } from "./figure";
import { palette, symbols } from "./palette";
import { fixed, plotlyName } from "./text";
import { axis, title } from "./theme";

/** What one threshold for everybody does to the pairs of one value. */
export interface SliceRates {
  readonly name: string;
  readonly val: number;
  readonly far: number;
  /** 1 / different pairs: a FAR of 0 is drawn here, hollow. */
  readonly smallestFar: number;
}

/** VAL and FAR of each slice at the threshold that gives all pairs the FAR `asked`, one line of the picture each; dashed: all pairs. */
export function slicesFigure(
  column: string,
  slices: readonly SliceRates[],
  all: { readonly far: number; readonly val: number; readonly threshold: number },
): Figure {
  const height = (i: number): number => slices.length - i;
  const marks = (name: string, x: readonly number[], more: object): Trace => ({
    type: "scatter",
    mode: "markers",
    name,
    x,
    y: slices.map((_, i) => height(i)),
    text: slices.map((slice) => plotlyName(slice.name)),
    cliponaxis: false,
    ...more,
  });
  const line = (xaxis: string, x: number): Trace => ({
    type: "scatter",
    mode: "lines",
    name: "all pairs",
    x: [x, x],
    y: [0.4, slices.length + 0.6],
    xaxis,
    line: { color: palette.quiet, width: 2, dash: "dash" },
    showlegend: xaxis === "x",
    hoverinfo: "skip",
  });
  const low = Math.min(all.far, ...slices.map(({ far, smallestFar }) => far || smallestFar));
  const high = Math.max(all.far, ...slices.map(({ far, smallestFar }) => far || smallestFar));
  return {
    data: [
      line("x", all.val),
      line("x2", all.far),
      marks(
        "VAL",
        slices.map(({ val }) => val),
        {
          marker: { color: palette.same, size: 11, symbol: symbols[0] },
          hovertemplate: "%{text}: VAL %{x:.3f}<extra></extra>",
        },
      ),
      marks(
        "FAR (hollow: no pair passes)",
        slices.map(({ far, smallestFar }) => far || smallestFar),
        {
          xaxis: "x2",
          marker: {
            color: palette.different,
            size: 11,
            symbol: slices.map(({ far }) => (far > 0 ? symbols[2] : `${symbols[2]}-open`)),
          },
          customdata: slices.map(({ far }) => far),
          hovertemplate: "%{text}: FAR %{customdata:.2e}<extra></extra>",
        },
      ),
    ],
    layout: {
      title: title(`By ${plotlyName(column)}, at the threshold ${fixed(all.threshold, 3)} of all pairs`),
      height: 170 + 34 * slices.length,
      xaxis: axis("VAL", { domain: [0, 0.47], range: [0, 1.02] }),
      xaxis2: axis("FAR", {
        domain: [0.53, 1],
        type: "log",
        range: [Math.floor(Math.log10(low) - 0.1), Math.ceil(Math.log10(high) + 0.1)],
        dtick: 1,
        exponentformat: "power",
        anchor: "y",
      }),
      yaxis: axis(plotlyName(column), {
        range: [0.4, slices.length + 0.6],
        tickvals: slices.map((_, i) => height(i)),
        ticktext: slices.map((slice) => plotlyName(slice.name)),
      }),
    },
    alt: `At one threshold, all pairs have VAL ${fixed(all.val, 3)} and FAR ${all.far.toPrecision(2)}${slices.map((s) => `; ${plotlyName(s.name)}: VAL ${fixed(s.val, 3)}, FAR ${s.far > 0 ? s.far.toPrecision(2) : `below ${s.smallestFar.toPrecision(2)}`}`).join("")}.`,
  };
}
