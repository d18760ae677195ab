import type { Figure } from "./figure";
import { palette, symbols } from "./palette";
import { axis, title } from "./theme";

/** One way to rank suspects, and what it found look by look. */
export interface SearchSeries {
  readonly name: string;
  readonly looks: readonly { readonly looks: number; readonly found: number }[];
}

/** How many wrong labels a search finds per look, and the straight line of one that never looks in vain. `wrong` is how many there are. */
export function searchFigure(series: readonly SearchSeries[], wrong: number): Figure {
  const most = Math.max(0, ...series.map(({ looks }) => looks.length));
  const perfect = Math.min(wrong, most);
  return {
    data: [
      ...series.map(({ name, looks }, k) => {
        const color = palette.identities[k % palette.identities.length];
        return {
          type: "scatter",
          mode: "lines",
          name,
          x: [0, ...looks.map((at) => at.looks)],
          y: [0, ...looks.map((at) => at.found)],
          line: { color, width: 2.5, ...(k % 2 === 1 && { dash: "dash" }) },
          marker: { color, symbol: symbols[k % symbols.length] },
        };
      }),
      {
        type: "scatter",
        mode: "lines",
        name: "never in vain",
        x: [0, perfect, most],
        y: [0, perfect, perfect],
        line: { color: palette.quiet, width: 2, dash: "dot" },
      },
    ],
    layout: {
      title: title(`Wrong labels found, of ${wrong}`),
      height: 420,
      xaxis: axis("looked at (most suspected first)", { rangemode: "tozero" }),
      yaxis: axis("wrong labels found", { rangemode: "tozero" }),
      legend: { orientation: "h", y: -0.22, x: 0 },
    },
    alt: `Wrong labels found per look, of ${wrong}: ${series.map(({ name, looks }) => `${name} finds ${looks.at(-1)?.found ?? 0} in ${looks.length}`).join("; ")}.`,
  };
}
