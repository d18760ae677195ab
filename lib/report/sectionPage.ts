import type { Figure } from "../figures/figure";
import { contactSheet, jpegUri } from "../figures/sprites";
import { type Raster, raster } from "../image/raster";
import { documentHtml, figureHtml, headerHtml } from "./document";
import { escapeHtml } from "./html";
import type { Card } from "./reportData";

/** Two images that are told apart badly, with their pictures where there are some. */
export interface PagePair {
  readonly pictures?: readonly [Raster, Raster];
  /** Squared L2. */
  readonly distance: number;
  readonly same: boolean;
  /** Said under the pictures, one line each. */
  readonly names: readonly string[];
}

/** One piece of a section. */
export type PagePart =
  | { readonly text: string }
  | { readonly heading: string }
  /** Side by side where there is room. */
  | { readonly figures: readonly Figure[] }
  /** Cells are text; those of `numbers` (positions of columns) stand on the right. */
  | {
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      readonly numbers?: readonly number[];
    }
  | { readonly pairs: readonly PagePair[] };

export interface PageSection {
  /** Of the element; letters only. */
  readonly id: string;
  readonly title: string;
  readonly parts: readonly PagePart[];
}

/** A page of sections. Every text is data: it is escaped. */
export interface SectionPage {
  readonly title: string;
  readonly subtitle: string;
  readonly cards: readonly Card[];
  readonly sections: readonly PageSection[];
  /** The command that makes the page again. */
  readonly command: string;
}

/** Pixels of a thumbnail, and thumbnails in a line of their sheet. */
const SIDE = 88;
const COLUMNS = 12;

/** The page as one HTML file that needs nothing else. */
export async function sectionPageHtml(page: SectionPage): Promise<string> {
  const figures: Record<string, Figure> = {};
  const pictures: Raster[] = [];
  const partHtml = (part: PagePart): string => {
    if ("text" in part) return `<p>${escapeHtml(part.text)}</p>`;
    if ("heading" in part) return `<h3>${escapeHtml(part.heading)}</h3>`;
    if ("figures" in part) return figuresHtml(part.figures, figures);
    return "pairs" in part ? pairsHtml(part.pairs, pictures) : tableHtml(part);
  };
  const sections = page.sections.map(
    ({ id, title, parts }) =>
      `<section><h2 id="${id}">${escapeHtml(title)}</h2>\n${parts.map(partHtml).join("\n")}</section>`,
  );
  const sheet = contactSheet(pictures.length > 0 ? pictures : [raster(1, 1, 3)], COLUMNS, SIDE);
  return documentHtml({
    title: page.title,
    links: [{ id: "top", title: "Result" }, ...page.sections],
    main: [
      headerHtml(page.title, page.subtitle, page.cards),
      ...sections,
      `<p>The command: <code>${escapeHtml(page.command)}</code></p>`,
    ].join("\n"),
    figures,
    data: {
      pairSheet: {
        uri: await jpegUri(sheet, 85),
        columns: COLUMNS,
        side: SIDE,
        count: Math.max(1, pictures.length),
      },
    },
  });
}

/** Places for figures, which get the next free names. */
function figuresHtml(shown: readonly Figure[], figures: Record<string, Figure>): string {
  const places = shown.map((figure) => {
    const id = `figure${Object.keys(figures).length}`;
    figures[id] = figure;
    return figureHtml(id, figure);
  });
  return places.length > 1 ? `<div class="two">${places.join("")}</div>` : places.join("");
}

function pairsHtml(pairs: readonly PagePair[], pictures: Raster[]): string {
  if (pairs.length === 0) return "<p>There are none.</p>";
  const shown = pairs.map((pair) => {
    const tiles = (pair.pictures ?? []).map((picture) => {
      pictures.push(picture);
      return `<div class="tile" data-tile="${pictures.length - 1}"></div>`;
    });
    const names = pair.names.map((name) => `<bdi title="${escapeHtml(name)}">${escapeHtml(name)}</bdi>`);
    const kind = pair.same ? "same" : "different";
    return `<figure class="pair">${tiles.length > 0 ? `<div class="tiles">${tiles.join("")}</div>` : ""}<figcaption><span class="${kind}">${pair.distance.toFixed(3)}</span>${names.join("")}</figcaption></figure>`;
  });
  return `<div class="pairs">${shown.join("")}</div>`;
}

function tableHtml({ head, rows, numbers = [] }: Extract<PagePart, { readonly head: unknown }>): string {
  const line = (cells: readonly string[], tag: "th" | "td"): string =>
    `<tr>${cells.map((cell, c) => `<${tag}${numbers.includes(c) ? ' class="number"' : ""}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  return `<div class="wide"><table>${line(head, "th")}${rows.map((row) => line(row, "td")).join("")}</table></div>`;
}
