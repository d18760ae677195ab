import type { CropSet } from "../data/dataset";
import { spriteSheet } from "../figures/sprites";
import { headerHtml } from "./document";
import { escapeHtml, headHtml } from "./html";
import type { Card } from "./reportData";
import { STYLE } from "./style";

/** Two images of the atlas, as rows of its crops, and what is said under them. */
export interface AtlasPair {
  readonly first: number;
  readonly second: number;
  /** Squared L2. */
  readonly distance: number;
  /** What the data say. */
  readonly same: boolean;
  readonly note?: string;
}

export interface AtlasSection {
  readonly title: string;
  readonly text: string;
  readonly pairs: readonly AtlasPair[];
}

/** Everything that the atlas shows. */
export interface AtlasData {
  readonly title: string;
  readonly subtitle: string;
  readonly cards: readonly Card[];
  readonly sections: readonly AtlasSection[];
  readonly crops: CropSet;
  /** The command that makes it again. */
  readonly command: string;
}

const SIDE = 96;
const COLUMNS = 12;

/** The atlas of errors as one HTML file that needs nothing else and runs no script. Names are data: they are escaped and isolated from the text around them. */
export async function errorAtlasHtml(data: AtlasData): Promise<string> {
  const sheets = await Promise.all(
    data.sections.map(({ pairs }) =>
      spriteSheet(
        data.crops,
        pairs.flatMap(({ first, second }) => [first, second]),
        { side: SIDE, quality: 85, columns: COLUMNS },
      ),
    ),
  );
  const rules = sheets.map(({ uri, count }, s) => {
    const lines = Math.max(1, Math.ceil(count / COLUMNS));
    return `.sheet${s} .tile { background-image: url(${uri}); background-size: ${100 * COLUMNS}% ${100 * lines}%; }`;
  });
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const links = data.sections.map(({ title }, s) => `<a href="#section${s}">${escapeHtml(title)}</a>`);
  return `${headHtml(data.title, policy, `${STYLE}\n${rules.join("\n")}\n`)}<body>
<nav><div><a href="#top">Result</a>${links.join("")}</div></nav>
<main id="top">
${headerHtml(data.title, data.subtitle, data.cards)}
${data.sections.map((section, s) => sectionHtml(section, s, data.crops)).join("\n")}
<p>The command: <code>${escapeHtml(data.command)}</code></p>
</main>
</body>
</html>
`;
}

function sectionHtml({ title, text, pairs }: AtlasSection, s: number, crops: CropSet): string {
  const lines = Math.max(1, Math.ceil((2 * pairs.length) / COLUMNS));
  const share = (at: number, count: number): string =>
    count > 1 ? ((100 * at) / (count - 1)).toFixed(4) : "0";
  const tile = (i: number, row: number): string =>
    `<div class="tile" role="img" aria-label="${escapeHtml(crops.names[row])}" style="background-position: ${share(i % COLUMNS, COLUMNS)}% ${share(Math.floor(i / COLUMNS), lines)}%"></div>`;
  const name = (row: number): string =>
    `<bdi title="${escapeHtml(crops.names[row])}">${escapeHtml(crops.identities[crops.labels[row]])}</bdi>`;
  const figures = pairs.map(({ first, second, distance, same, note }, i) => {
    const names = crops.labels[first] === crops.labels[second] ? name(first) : name(first) + name(second);
    const kind = same ? "same" : "different";
    const said = note === undefined ? "" : `<bdi>${escapeHtml(note)}</bdi>`;
    return `<figure class="pair"><div class="tiles">${tile(2 * i, first)}${tile(2 * i + 1, second)}</div><figcaption><span class="${kind}">${distance.toFixed(3)}</span>${names}${said}</figcaption></figure>`;
  });
  const body =
    figures.length > 0 ? `<div class="pairs sheet${s}">${figures.join("")}</div>` : "<p>There are none.</p>";
  return `<h2 id="section${s}">${escapeHtml(title)}</h2>\n<p>${escapeHtml(text)}</p>\n${body}`;
}
