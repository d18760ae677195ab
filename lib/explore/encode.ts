import type { HardPair } from "../evaluate/hardest";
import type { ExploreData, ExploreEpoch } from "./exploreData";
import type { PageColumn, PageData, PageEdge, PageEpoch } from "./pageData";

/** The data as the page holds them. Typed arrays are written as this machine has them: little-endian, as every browser's. */
export function encodePage(data: ExploreData): PageData {
  const { title, names, identities, sheet, epochs, thresholdStep, threshold = null, explained } = data;
  return {
    title,
    names,
    identities,
    labels: base64(data.labels),
    columns: Array.from(data.columns, ([name, cells]) => column(name, cells)),
    sheet: sheet
      ? { jpeg: sheet.uri.slice(sheet.uri.indexOf(",") + 1), columns: sheet.columns, side: sheet.side }
      : null,
    epochs: epochs.map(epoch),
    dimensions: epochs[0].vectors.columns,
    thresholdStep,
    threshold,
    explained,
  };
}

function epoch(e: ExploreEpoch): PageEpoch {
  return {
    label: e.label,
    codes: base64(e.vectors.codes),
    step: e.vectors.step,
    umap2: base64(e.umap2.data),
    umap3: base64(e.umap3.data),
    pca: base64(e.pca.data),
    same: base64(e.rates.same),
    different: base64(e.rates.different),
    nearestNegative: base64(e.nearestNegative),
    farthestPositive: base64(e.farthestPositive),
    hardPositives: e.hardPositives.map(edge),
    hardNegatives: e.hardNegatives.map(edge),
  };
}

function column(name: string, cells: readonly string[]): PageColumn {
  const index = new Map<string, number>();
  const codes = Int32Array.from(cells, (cell) => {
    const known = index.get(cell) ?? index.size;
    index.set(cell, known);
    return known;
  });
  return { name, values: [...index.keys()], codes: base64(codes) };
}

function edge({ first, second, distance }: HardPair): PageEdge {
  return [first, second, Math.fround(distance)];
}

function base64(values: ArrayBufferView): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}
