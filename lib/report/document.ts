import { readFileSync } from "node:fs";
import type { Figure } from "../figures/figure";
import { themed } from "../figures/theme";
import { CLIENT } from "./client";
import { escapeHtml, hashOf, headHtml, scriptJson } from "./html";
import type { Card } from "./reportData";
import { STYLE } from "./style";

/** What every page with figures is made of. Names inside `main` must be escaped already. */
export interface Document {
  readonly title: string;
  /** Places on the page, in their order. */
  readonly links: readonly { readonly id: string; readonly title: string }[];
  /** Markup of the page. */
  readonly main: string;
  /** By the id of the element that {@link figureHtml} made. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** What else the script in the page reads; see `client.ts`. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** One HTML file that needs nothing else: no network, no other file. The policy allows its two scripts by their hashes. */
export function documentHtml({ title, links, main, figures, data }: Document): string {
  const plotly = readFileSync(require.resolve("plotly.js-dist-min/plotly.min.js"), "utf8");
  const page = scriptJson({ figures: bothThemes(figures), ...data });
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; script-src ${[plotly, CLIENT].map(hashOf).join(" ")}`;
  const places = links.map((link) => `<a href="#${link.id}">${escapeHtml(link.title)}</a>`);
  return `${headHtml(title, policy, STYLE)}<body>
<nav><div>${places.join("")}</div></nav>
<main id="top">
${main}
</main>
<div id="tip"><div class="tile"></div><bdi></bdi></div>
<script type="application/json" id="data">${page}</script>
<script>${plotly}</script>
<script>${CLIENT}</script>
</body>
</html>
`;
}

/** The place of a figure, which the script in the page fills. */
export function figureHtml(id: string, { layout, alt }: Figure): string {
  return `<div class="figure" id="${id}" style="min-height: ${Number(layout.height)}px" role="img" aria-label="${escapeHtml(alt)}"></div>`;
}

/** Title, subtitle and key numbers at the top of a page. */
export function headerHtml(title: string, subtitle: string, cards: readonly Card[]): string {
  const shown = cards.map(
    ({ label, value, detail }) =>
      `<div class="card"><span>${escapeHtml(label)}</span><b>${escapeHtml(value)}</b><span>${escapeHtml(detail)}</span></div>`,
  );
  return `<header><h1>${escapeHtml(title)}</h1><p class="soft">${escapeHtml(subtitle)}</p></header>
<div class="cards">${shown.join("")}</div>`;
}

function bothThemes(figures: Document["figures"]): object {
  return Object.fromEntries(
    Object.entries(figures).map(([id, figure]) => [
      id,
      {
        data: figure.data,
        narrow: figure.narrow,
        light: themed(figure, "light").layout,
        dark: themed(figure, "dark").layout,
      },
    ]),
  );
}
