import { writeFileAtomic } from "../core/files";
import { cmcFigure } from "../figures/cmcFigure";
import { dirFigure } from "../figures/dirFigure";
import { distanceHistogram } from "../figures/distanceHistogram";
import { embeddingMap, type MapPair } from "../figures/embeddingMap";
import type { Figure } from "../figures/figure";
import { rocFigure } from "../figures/rocFigure";
import { jpegUri, spriteSheet, toSquare } from "../figures/sprites";
import { trainingCurves } from "../figures/trainingCurves";
import { withChannels } from "../image/raster";
import { documentHtml, figureHtml, headerHtml } from "./document";
import { escapeHtml } from "./html";
import type { ReportData } from "./reportData";

/** Writes one HTML file that needs nothing else: no network, no other file. Whole or not at all. */
export async function writeReport(path: string, data: ReportData): Promise<void> {
  writeFileAtomic(path, await reportHtml(data));
}

/** The report as text. */
export async function reportHtml(data: ReportData): Promise<string> {
  const figures = reportFigures(data);
  return documentHtml({
    title: data.title,
    links: LINKS,
    main: body(data, figures, await alignmentHtml(data)),
    figures,
    data: {
      mapNames: Array.from(data.map.rows, (row) => data.crops.identities[data.crops.labels[row]]),
      mapPositions: { umap: rounded(data.map.umap), pca: rounded(data.map.pca) },
      mapSheet: await spriteSheet(data.crops, data.map.rows, { side: 48, quality: 72 }),
      pairSheet: await spriteSheet(data.crops, pairRows(data), { side: 88, quality: 85, columns: 12 }),
    },
  });
}

const LINKS = [
  { id: "top", title: "Result" },
  { id: "alignment", title: "Alignment" },
  { id: "training", title: "Training" },
  { id: "verification", title: "Verification" },
  { id: "identification", title: "Identification" },
  { id: "map", title: "Map" },
  { id: "hard", title: "Hard cases" },
  { id: "record", title: "Record" },
] as const;

function rounded(values: Float32Array): number[] {
  return Array.from(values, (value) => Math.round(value * 1000) / 1000);
}

function reportFigures(data: ReportData): Record<string, Figure> {
  const { verification: v, identification, map, crops } = data;
  const labels = Int32Array.from(map.rows, (row) => crops.labels[row]);
  const common = {
    labels,
    identities: crops.identities,
    hardPositives: map.hardPositives,
    hardNegatives: map.hardNegatives,
  };
  const [first = 0, second = 0] = map.explained;
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  return {
    curves: trainingCurves(data.history),
    roc: rocFigure({ points: v.roc, auc: v.auc, operating: v.operating }),
    histogram: distanceHistogram(v.distances, v.same, v.threshold),
    cmc: cmcFigure(identification.cmc),
    ...(identification.openSet && { dir: dirFigure(identification.openSet) }),
    umap: embeddingMap({ ...common, positions: map.umap, name: "UMAP" }),
    pca: embeddingMap({
      ...common,
      positions: map.pca,
      name: "PCA",
      note: `${percent(first + second)} of the variance`,
    }),
  };
}

/** Rows of the gallery's thumbnails: first and second of each pair in turn, positives before negatives. */
function pairRows({ hardest }: ReportData): number[] {
  return [...hardest.positives, ...hardest.negatives].flatMap((pair) => [pair.first, pair.second]);
}

function body(data: ReportData, figures: Readonly<Record<string, Figure>>, alignment: string): string {
  const figure = (id: string): string => figureHtml(id, figures[id]);
  const { hardest } = data;
  return [
    headerHtml(data.title, data.subtitle, data.cards),
    ...data.paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
    `<h2 id="alignment">Alignment</h2>`,
    alignment,
    `<h2 id="training">Training</h2>`,
    `<p>${escapeHtml(data.training)}</p>`,
    figure("curves"),
    `<h2 id="verification">Verification</h2>`,
    `<p>Two images count as one identity when their squared L2 lies below the threshold. The curve is drawn on the listed pairs; the diamonds are exact counts over all pairs of test images.</p>`,
    `<div class="two">${figure("roc")}${figure("histogram")}</div>`,
    `<h2 id="identification">Identification</h2>`,
    `<p>Who is it? Each image is looked up among the others, or among enrolled images with strangers at the door, whom a threshold has to refuse.</p>`,
    figures.dir ? `<div class="two">${figure("cmc")}${figure("dir")}</div>` : figure("cmc"),
    `<h2 id="map">The embedding map</h2>`,
    `<p>Every point is one test image, seen by the net for the first time here. Hover for the picture. Edges join the hardest cases: one identity lying apart (blue) and two identities lying together (orange). UMAP keeps neighbourhoods; distances between far clusters say nothing.</p>`,
    `<div class="tools"><button type="button" data-map="umap" aria-pressed="true">UMAP</button><button type="button" data-map="pca" aria-pressed="false">PCA</button><button type="button" id="edges" aria-pressed="true">hard pairs</button><input id="find" type="search" placeholder="find an identity" aria-label="find an identity"><span id="found" class="soft"></span></div>`,
    figure("umap"),
    figure("pca"),
    `<h2 id="hard">Hard cases</h2>`,
    `<h3>Hardest positives: one identity, far apart (at most two pairs of an identity)</h3>`,
    gallery(data, hardest.positives, 0, "same"),
    `<h3>Hardest negatives: two identities, close together (at most two pairs of an identity)</h3>`,
    gallery(data, hardest.negatives, 2 * hardest.positives.length, "different"),
    `<h2 id="record">Record</h2>`,
    `<p>The command: <code>${escapeHtml(data.command)}</code>. A budget in steps gives the same result again; one in minutes depends on the machine.</p>`,
    table(
      "seconds per stage",
      Object.entries(data.stages).map(([name, s]) => [name, s.toFixed(1)]),
    ),
    table(
      "settings",
      Object.entries(data.settings).map(([name, value]) => [
        name,
        typeof value === "string" ? value : (JSON.stringify(value) ?? "none"),
      ]),
    ),
    table("versions", Object.entries(data.versions)),
    ...leftOutTable(data),
  ].join("\n");
}

function gallery(
  data: ReportData,
  pairs: readonly MapPair[],
  start: number,
  kind: "same" | "different",
): string {
  const { crops } = data;
  const name = (row: number): string => {
    const text = escapeHtml(crops.names[row]);
    return `<bdi title="${text}">${text}</bdi>`;
  };
  const figures = pairs.map((pair, i) => {
    const tile = (k: number): string => `<div class="tile" data-tile="${start + 2 * i + k}"></div>`;
    return `<figure class="pair"><div class="tiles">${tile(0)}${tile(1)}</div><figcaption><span class="${kind}">${pair.distance.toFixed(3)}</span>${name(pair.first)}${name(pair.second)}</figcaption></figure>`;
  });
  return pairs.length > 0 ? `<div class="pairs">${figures.join("")}</div>` : "<p>There are none.</p>";
}

function table(caption: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(
    ([name, value]) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<details open><summary>${caption}</summary><table>${lines.join("")}</table></details>`;
}

function leftOutTable({ leftOut }: ReportData): string[] {
  if (!leftOut || leftOut.count === 0) return [];
  const rows = leftOut.items.map(({ name, reason }): [string, string] => [name, reason]);
  const more = leftOut.count - rows.length;
  if (more > 0) rows.push([`and ${more.toLocaleString("en")} more`, ""]);
  return [table("left out", rows)];
}

/** Before and after, as images; the counts of what happened. */
async function alignmentHtml({ alignment }: ReportData): Promise<string> {
  const counts = Object.entries(alignment.counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count.toLocaleString("en")} ${name}`)
    .join(", ");
  const figures = await Promise.all(
    alignment.examples.map(async ({ before, after, name }) => {
      const picture = async (image: typeof before): Promise<string> =>
        `<img alt="" src="${await jpegUri(toSquare(withChannels(image, 3), 160))}">`;
      return `<figure title="${escapeHtml(name)}">${await picture(before)}<i>→</i>${await picture(after)}</figure>`;
    }),
  );
  return `<p>${escapeHtml(alignment.text)}${counts ? ` <span class="soft">(${escapeHtml(counts)})</span>` : ""}</p><div class="strip">${figures.join("")}</div>`;
}
