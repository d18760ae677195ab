import { palette } from "./palette";

/**
 * `shapes` and `annotations` of a dashed upright line at `threshold` with `text` beside it, for a linear x axis over [0, most]: on the side
 * where there is room, at the edge when it lies outside.
 */
export function thresholdMark(threshold: number, most: number, text: string): object {
  const x = Math.min(most, Math.max(0, threshold));
  const right = x > 0.75 * most;
  return {
    shapes: [
      {
        type: "line",
        x0: x,
        x1: x,
        y0: 0,
        y1: 1,
        yref: "paper",
        line: { color: palette.quiet, width: 2, dash: "dash" },
      },
    ],
    annotations: [
      {
        x,
        y: 1,
        yref: "paper",
        text,
        showarrow: false,
        xanchor: right ? "right" : "left",
        xshift: right ? -6 : 6,
        yanchor: "top",
      },
    ],
  };
}
