import type { Figure } from "./figure";

export type ThemeName = "light" | "dark";

/** Colours of paper, ink and lines. */
export const themes: Readonly<
  Record<ThemeName, { readonly paper: string; readonly ink: string; readonly line: string }>
> = {
  light: { paper: "#ffffff", ink: "#1f2630", line: "#e3e7ec" },
  dark: { paper: "#161b22", ink: "#dfe5ec", line: "#303844" },
};

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** The figure with the colours and the type of a theme. What the figure itself sets wins. */
export function themed(figure: Figure, name: ThemeName = "light"): Figure {
  const { paper, ink, line } = themes[name];
  const layout: Record<string, unknown> = {
    paper_bgcolor: paper,
    plot_bgcolor: paper,
    font: { family: FONT, size: 13, color: ink },
    margin: { t: 56, r: 24, b: 56, l: 64 },
    legend: { orientation: "h", y: 1.08, x: 1, xanchor: "right", bgcolor: "rgba(0,0,0,0)" },
    hoverlabel: { font: { family: FONT } },
    ...figure.layout,
  };
  for (const key of Object.keys(layout)) {
    if (!/^[xy]axis\d*$/.test(key)) continue;
    layout[key] = {
      gridcolor: line,
      linecolor: line,
      zeroline: false,
      automargin: true,
      ...(layout[key] as object),
    };
  }
  return { ...figure, layout };
}

/** A title as every figure has it: left, a little larger. */
export function title(text: string): object {
  return { text, x: 0, xref: "paper", xanchor: "left", font: { size: 15 } };
}

/** An axis with its title and unit. */
export function axis(text: string, more: object = {}): object {
  return { title: { text, standoff: 8 }, ...more };
}
