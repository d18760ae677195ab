import { type Matrix, matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { hardestPairs } from "../../lib/evaluate/hardest";
import { dequantize, quantize } from "../../lib/evaluate/quantize";
import type { ExploreData, ExploreEpoch } from "../../lib/explore/exploreData";
import { pairRates, pointExtremes } from "../../lib/explore/pairRates";
import { contactSheet, jpegUri } from "../../lib/figures/sprites";
import { raster } from "../../lib/image/raster";
import { clusteredEmbeddings } from "../evaluate/embeddings";

/** A folder name that would turn the page's title red if it were markup. */
export const RED = `<img src=x onerror="document.title='red'">`;

/** Options of {@link inventedExplorer}. */
export interface Invented {
  readonly rows?: number;
  readonly identities?: readonly string[];
  readonly epochs?: number;
}

/** Invented data of an explorer: clusters that tighten from epoch to epoch, random places, and a grey square per point. */
export async function inventedExplorer(options: Invented = {}): Promise<ExploreData> {
  const { rows = 60, identities = [RED, "Ada", "Bo", "=1+1", "</script><!--"], epochs = 2 } = options;
  const { labels } = clusteredEmbeddings(3, rows, identities.length);
  const random = createRandom(9);
  const step = 0.01;
  const places = (columns: number): Matrix =>
    matrix(
      rows,
      columns,
      Float32Array.from(
        { length: rows * columns },
        (_, o) => labels[Math.floor(o / columns)] + random.next(),
      ),
    );
  const made = Array.from({ length: epochs }, (_, e): ExploreEpoch => {
    const { x } = clusteredEmbeddings(3, rows, identities.length, 8, 0.5 / (e + 1));
    const vectors = quantize(x);
    const seen = dequantize(vectors);
    const { positives, negatives } = hardestPairs(seen, labels, { count: 30, perIdentity: 30 });
    const { nearestNegative, farthestPositive } = pointExtremes(seen, labels);
    return {
      label: `step ${10 * e}`,
      vectors,
      umap2: places(2),
      umap3: places(3),
      pca: places(3),
      rates: pairRates(seen, labels, step, 450),
      nearestNegative,
      farthestPositive,
      hardPositives: positives,
      hardNegatives: negatives,
    };
  });
  const side = 16;
  const tiles = Array.from(labels, (_, i) =>
    raster(side, side, 1, new Uint8Array(side * side).fill((i * 37) % 256)),
  );
  const columns = Math.ceil(Math.sqrt(rows));
  return {
    title: `Invented ${RED}`,
    subtitle: RED,
    notes: [RED],
    names: Array.from(labels, (label, i) => `${identities[label]}/${i}.png`),
    labels,
    identities,
    columns: new Map([
      ["yaw", Array.from(labels, (_, i) => String(i % 20))],
      [RED, Array.from(labels, (_, i) => (i % 3 === 0 ? RED : "plain"))],
    ]),
    sheet: { uri: await jpegUri(contactSheet(tiles, columns, side)), columns, side, count: rows },
    epochs: made,
    thresholdStep: step,
    threshold: 0.5,
    explained: [0.5, 0.3, 0.1],
  };
}
