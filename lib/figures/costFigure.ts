import type { Figure, Trace } from "./figure";
import { palette, symbols } from "./palette";
import { axis, title } from "./theme";

/** One net: what an image costs and how good it is. */
export interface CostPoint {
  readonly name: string;
  /** Of one image, above 0. */
  readonly multiplyAdds: number;
  readonly value: number;
  readonly standardError?: number;
}

export interface CostFigureData {
  readonly title: string;
  /** What `value` is, with its unit. */
  readonly axis: string;
  readonly points: readonly CostPoint[];
}

/**
 * Cost against accuracy on a logarithmic axis of multiply-adds, a mark for each net with ± one standard error where one is given.
 * Source: Schroff, Kalenichenko, Philbin (2015), Figure 4. Throws a RangeError for a net that costs nothing.
 */
export function costFigure({ title: text, axis: value, points }: CostFigureData): Figure {
  const wrong = points.find(({ multiplyAdds }) => !(multiplyAdds > 0));
  if (wrong) {
    throw new RangeError(
      `Cannot draw cost against accuracy: multiply-adds must be above 0, current value of ${wrong.name} is ${wrong.multiplyAdds}`,
    );
  }
  const marks = points.flatMap((point, k): Trace[] => {
    const { name, multiplyAdds, standardError } = point;
    const color = palette.identities[k % palette.identities.length];
    const mark: Trace = {
      type: "scatter",
      mode: "markers",
      name,
      x: [multiplyAdds],
      y: [point.value],
      marker: { color, symbol: symbols[k % symbols.length], size: 13 },
      cliponaxis: false,
      hovertemplate: `${name}: %{y:.3f} at %{x:.3s} multiply-adds<extra></extra>`,
    };
    if (!standardError) return [mark];
    const bar: Trace = {
      type: "scatter",
      mode: "lines",
      name: `${name}, ± one standard error`,
      x: [multiplyAdds, multiplyAdds],
      y: [point.value - standardError, point.value + standardError],
      line: { color, width: 2 },
      showlegend: false,
      hoverinfo: "skip",
    };
    return [bar, mark];
  });
  const logs = points.map(({ multiplyAdds }) => Math.log10(multiplyAdds));
  return {
    data: marks,
    layout: {
      title: title(text),
      height: 420,
      xaxis: axis("multiply-adds per image", {
        type: "log",
        range: [Math.floor(Math.min(...logs) - 0.1), Math.ceil(Math.max(...logs) + 0.1)],
        dtick: 1,
        exponentformat: "power",
      }),
      yaxis: axis(value),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `${text}: ${points.map(({ name, multiplyAdds, value: y }) => `${name} ${y.toFixed(3)} at ${(multiplyAdds / 1e6).toFixed(1)} M multiply-adds`).join("; ")}.`,
  };
}
