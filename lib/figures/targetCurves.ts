import type { Figure } from "./figure";
import { palette } from "./palette";
import { plotlyName } from "./text";
import { axis, title } from "./theme";

/** What one loss makes of the cosine to the own identity's weights; a function of cos θ. */
export interface TargetCurve {
  readonly name: string;
  readonly target: (cosine: number) => { readonly value: number };
}

/** Pure SphereFace falls to −7; below this nothing else is drawn. */
const LEGIBLE = [-3.2, 1.1] as const;
const DASHES = ["", "dash", "dot"] as const;

/** Target logits of the losses on angles, before the scale, over the angle to the own identity's weights from 0° to 180°: the lower a curve, the more that loss demands. */
export function targetCurves(curves: readonly TargetCurve[]): Figure {
  const degrees = Array.from({ length: 181 }, (_, i) => i);
  return {
    data: curves.map(({ name, target }, k) => ({
      type: "scatter",
      mode: "lines",
      name: plotlyName(name, 40),
      x: degrees,
      y: degrees.map((angle) => target(Math.cos((angle * Math.PI) / 180)).value),
      line: {
        color: palette.identities[k % palette.identities.length],
        width: 2.5,
        ...(DASHES[k % 3] !== "" && { dash: DASHES[k % 3] }),
      },
      hovertemplate: "%{x}°: %{y:.3f}<extra></extra>",
    })),
    layout: {
      title: title("What a margin makes of the own cosine"),
      height: 440,
      xaxis: axis("angle to the own identity's weights (degrees)", { range: [0, 180] }),
      yaxis: axis("target logit ÷ scale", { range: LEGIBLE }),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `Target logits over the angle: at 60° ${curves.map(({ name, target }) => `${name} ${target(0.5).value.toFixed(2)}`).join(", ")}.`,
  };
}
