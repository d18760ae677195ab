import { writeFileAtomic } from "../core/files";
import { escapeHtml, hashOf, headHtml, scriptJson } from "../report/html";
import { clientScript } from "./bundle";
import { encodePage } from "./encode";
import type { ExploreData } from "./exploreData";
import { EXPLORE_STYLE } from "./style";

/** Writes the explorer as one HTML file that needs nothing else: no network, no other file. Whole or not at all. */
export function writeExplorer(path: string, data: ExploreData): void {
  writeFileAtomic(path, explorerHtml(data));
}

/** The explorer as text. The page's policy allows its own script and style by their hashes, pictures from its own data, and no request to anywhere. */
export function explorerHtml(data: ExploreData): string {
  const script = clientScript();
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(EXPLORE_STYLE)}`,
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `${headHtml(data.title, policy, EXPLORE_STYLE)}<body>
${header(data)}
<main>
${stage(data)}
<aside id="panels" aria-label="controls">
${panels(data)}
</aside>
</main>
<p id="live" class="unseen" role="status" aria-live="polite"></p>
<script type="application/json" id="data">${scriptJson(encodePage(data))}</script>
<script>${script}</script>
</body>
</html>
`;
}

function header({ title, subtitle }: ExploreData): string {
  return `<header>
<div><h1><bdi>${escapeHtml(title)}</bdi></h1><p class="soft"><bdi>${escapeHtml(subtitle)}</bdi></p></div>
<div class="search"><input id="find" type="search" placeholder="identity or file name  ( / )" aria-label="find identities and file names" autocomplete="off" spellcheck="false"><span id="found" class="soft" role="status"></span></div>
<button type="button" id="theme" aria-label="switch between light and dark">◐</button>
</header>`;
}

function stage({ names, identities }: ExploreData): string {
  const label = `Map of ${names.length} images of ${identities.length} identities. Arrow keys go from point to point, Enter lists neighbours, plus and minus zoom, shift with arrows moves the map, Escape goes back.`;
  return `<section class="stage" aria-label="map">
<canvas id="map" tabindex="0" role="application" aria-label="${escapeHtml(label)}"></canvas>
<div class="buttons" id="buttons"><button type="button" id="in" aria-label="zoom in">+</button><button type="button" id="out" aria-label="zoom out">−</button><button type="button" id="fit" aria-label="show everything">⤢</button><button type="button" id="lasso" aria-pressed="false">Lasso</button></div>
<div id="tip" hidden></div>
</section>`;
}

const MAPS = [
  ["umap2", "UMAP 2-D"],
  ["umap3", "UMAP 3-D"],
  ["pca2", "PCA 2-D"],
  ["pca3", "PCA 3-D"],
] as const;

function panels({ notes }: ExploreData): string {
  const maps = MAPS.map(
    ([value, text], i) =>
      `<label><input type="radio" name="map" value="${value}"${i === 0 ? " checked" : ""}><span>${text}</span></label>`,
  );
  const range = (id: string, text: string, output: string): string =>
    `<label class="range" for="${id}"><span>${text}</span><output id="${output}" for="${id}"></output></label><input type="range" id="${id}">`;
  return `<section><h2>Point</h2><div id="point"></div></section>
<section><h2>Map</h2><fieldset class="maps"><legend class="unseen">projection</legend>${maps.join("")}</fieldset>
<p id="axes" class="soft"></p>
<div class="row"><label for="colour">Colour</label><select id="colour"><option value="identity">identity</option><option value="errors">errors at the threshold</option></select></div>
<div class="row" id="pictures-row"><label for="pictures">Pictures</label><select id="pictures"><option value="auto">when there is room</option><option value="on">always</option><option value="off">never</option></select></div>
<ul id="legend"></ul><p id="legend-note" class="soft"></p></section>
<section id="epochs"><h2>Checkpoint</h2>${range("epoch", "of the training", "epoch-name")}<button type="button" id="play">Play</button></section>
<section><h2>Threshold</h2>${range("threshold", "one identity below squared L2", "threshold-value")}
<dl class="rates"><dt>VAL</dt><dd id="val"></dd><dt>FAR</dt><dd id="far"></dd><dt>false rejects</dt><dd id="rejects"></dd><dt>false accepts</dt><dd id="accepts"></dd></dl>
<button type="button" id="errors" aria-pressed="false">Colour errors</button></section>
<section><h2>Hard pairs</h2><p class="soft">Full lines are errors at the threshold.</p>
<div class="kind same"><h3>Positives: one identity, far apart</h3>${range("positives", "how many, hardest first", "positives-told")}${range("farther", "how hard: squared L2 at least", "farther-value")}</div>
<div class="kind other"><h3>Negatives: two identities, close together</h3>${range("negatives", "how many, hardest first", "negatives-told")}${range("nearer", "how hard: squared L2 at most", "nearer-value")}</div></section>
<section><h2>Selection</h2><div id="selection"></div></section>
<section><h2>Read this map with care</h2>${notes.map((note) => `<p class="soft">${escapeHtml(note)}</p>`).join("")}</section>`;
}
