import { LabError, throwIfStopped } from "../core/errors";
import { checkFinite, type Matrix, matrix, rowOf, squaredL2, takeRows } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { engineProducts } from "../engine/products";
import { type HardPair, hardestPairs } from "../evaluate/hardest";
import { dequantize, type Quantized, quantize } from "../evaluate/quantize";
import type { ExploreData, ExploreEpoch } from "../explore/exploreData";
import { niceStep, pairRates, pointExtremes } from "../explore/pairRates";
import { contactSheet, jpegUri, type SpriteSheet } from "../figures/sprites";
import { type Raster, raster } from "../image/raster";
import { ontoAxes, pca } from "../project/pca";
import { umapTrajectory } from "../project/trajectory";
import { chooseRows } from "./projectStage";

/** Embeddings to explore: all M rows, of which the page may show fewer. */
export interface ExploreInput {
  readonly title: string;
  readonly subtitle: string;
  /** In order of training, each M×D; the last one is the finished model. At least one. */
  readonly epochs: readonly { readonly label: string; readonly vectors: Matrix }[];
  readonly labels: Int32Array;
  readonly identities: readonly string[];
  readonly names: readonly string[];
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** The picture of a row; undefined where it cannot be read. Left out: no pictures. */
  readonly picture?: (row: number) => Promise<Raster | undefined>;
  /** Squared L2. */
  readonly threshold?: number;
}

/** Options of {@link exploreStage}. */
export interface ExploreOptions extends LongWork {
  /** Most points of the page, an integer ≥ 3; default 5000. */
  readonly points?: number;
  /** Seed of sample and layout; default 1. */
  readonly seed?: number;
}

/** Hard pairs of each kind that the sliders reach, and how many of them may touch one identity. */
const HARD = { count: 200, perIdentity: 8 };
const MOST_THRESHOLDS = 1000;

/**
 * Makes the explorer's data: sample, one layout for all epochs, 8-bit vectors, hard pairs and exact counts over all shown pairs. Everything but the
 * layout is computed from the 8-bit vectors, so that what the page counts and what a reader computes from it agree.
 */
export async function exploreStage(input: ExploreInput, options: ExploreOptions = {}): Promise<ExploreData> {
  const { points = 5000, seed = 1, progress, signal } = options;
  const last = input.epochs[input.epochs.length - 1].vectors;
  for (const { label, vectors } of input.epochs) checkEpoch(label, vectors, last);
  const rows = chosenRows(input, last, points, seed);
  const taken = input.epochs.map(({ vectors }) => takeRows(vectors, rows));
  const labels = Int32Array.from(rows, (row) => input.labels[row]);
  const layouts = await layoutsOf(taken, { seed, progress, signal });
  const codes = taken.map((vectors) => quantize(vectors));
  const seen = codes.map((vectors) => dequantize(vectors));
  const extremes = seen.map((x) => pointExtremes(x, labels, { products: engineProducts }));
  const largest = Math.max(...extremes.map((one) => one.largest));
  const thresholdStep = niceStep(largest, MOST_THRESHOLDS);
  // The last threshold lies above every distance.
  const count = Math.floor(largest / thresholdStep) + 2;
  const epochs: ExploreEpoch[] = [];
  for (const [e, x] of seen.entries()) {
    progress?.({ stage: "count pairs", done: e, total: seen.length });
    throwIfStopped(signal, "the explorer; nothing was written");
    await new Promise((resolve) => setImmediate(resolve));
    const hardest = hardestPairs(x, labels, { ...HARD, products: engineProducts });
    const { nearestNegative, farthestPositive } = extremes[e];
    epochs.push({
      label: input.epochs[e].label,
      vectors: codes[e],
      ...layouts.epochs[e],
      rates: pairRates(x, labels, thresholdStep, count, { products: engineProducts }),
      nearestNegative,
      farthestPositive,
      hardPositives: hardest.positives,
      hardNegatives: hardest.negatives,
    });
  }
  const pictures = input.picture ? await sheetOf(input.picture, rows, { progress, signal }) : undefined;
  return {
    title: input.title,
    subtitle: input.subtitle,
    notes: [
      ...leftOutNote(input, rows, labels),
      layouts.note,
      roundingNote(taken[taken.length - 1], codes[codes.length - 1]),
      ...(pictures && pictures.missing > 0
        ? [`${pictures.missing} pictures could not be read and are shown white.`]
        : []),
    ],
    names: Array.from(rows, (row) => input.names[row]),
    labels,
    identities: input.identities,
    columns: new Map(
      Array.from(input.columns, ([name, cells]) => [name, Array.from(rows, (row) => cells[row])]),
    ),
    sheet: pictures?.sheet,
    epochs,
    thresholdStep,
    threshold: input.threshold,
    explained: layouts.explained,
  };
}

function checkEpoch(label: string, vectors: Matrix, last: Matrix): void {
  checkFinite(vectors, `the embeddings of ${label}`);
  if (vectors.rows === last.rows && vectors.columns === last.columns) return;
  throw new LabError(
    `Cannot explore ${label}: all epochs must have ${last.rows} rows of ${last.columns}, current value is ${vectors.rows} of ${vectors.columns}`,
  );
}

function chosenRows({ labels }: ExploreInput, last: Matrix, points: number, seed: number): Int32Array {
  const hardest =
    labels.length > points
      ? hardestPairs(last, labels, { ...HARD, products: engineProducts })
      : { positives: [], negatives: [] as HardPair[] };
  const rows = chooseRows(labels, hardest, seed, points);
  if (rows.length >= 3) return rows;
  throw new LabError(
    `Cannot explore: at least 3 points in whole identities are needed, current value is ${rows.length} of ${labels.length} with at most ${points}`,
  );
}

/** What the sample left out, in words. */
function leftOutNote({ labels: all }: ExploreInput, rows: Int32Array, labels: Int32Array): string[] {
  if (rows.length === all.length) return [];
  const [shown, there] = [new Set(labels).size, new Set(all).size];
  return [
    `${rows.length} of ${all.length} images are shown: whole identities, ${shown} of ${there}, those of the hardest pairs first, the others drawn at random. Counts are over the shown pairs; as hard identities are preferred, they look worse than all pairs would.`,
  ];
}

function roundingNote(exact: Matrix, rounded: Quantized): string {
  const x = dequantize(rounded);
  const stride = Math.max(1, Math.floor(exact.rows / 100));
  let largest = 0;
  for (let i = 0; i < exact.rows; i += stride) {
    for (let j = i + stride; j < exact.rows; j += stride) {
      largest = Math.max(largest, Math.abs(squaredL2(exact, i, exact, j) - squaredL2(x, i, x, j)));
    }
  }
  return `Distances are squared L2 of vectors kept in 8 bits a value; on a sample of pairs the largest difference to the exact distance is ${largest.toPrecision(2)}.`;
}

interface Layouts {
  readonly epochs: readonly Pick<ExploreEpoch, "umap2" | "umap3" | "pca">[];
  readonly explained: readonly number[];
  readonly note: string;
}

/** One UMAP for all epochs, in which each point is tied to itself at the next ones; PCA axes of the last epoch for all of them. */
async function layoutsOf(taken: readonly Matrix[], work: LongWork & { seed: number }): Promise<Layouts> {
  const n = taken[0].rows;
  const last = taken[taken.length - 1];
  const map = (components: 2 | 3): Promise<Matrix[]> =>
    umapTrajectory(taken, {
      ...work,
      components,
      neighbors: Math.min(15, n - 1),
      products: engineProducts,
      progress: (event) => work.progress?.({ ...event, detail: `${components}-D UMAP` }),
    });
  const [flat, solid] = [await map(2), await map(3)];
  const axes = pca(last, Math.min(3, last.columns));
  return {
    epochs: taken.map((vectors, e) => ({
      umap2: flat[e],
      umap3: solid[e],
      pca: inThree(ontoAxes(vectors, axes)),
    })),
    explained: axes.explained,
    note:
      taken.length === 1
        ? "UMAP keeps neighbourhoods; distances between far clusters and the sizes of clusters say nothing. PCA keeps straight lines, and loses what lies beyond its axes."
        : `Motion means learning: the ${taken.length} checkpoints share one UMAP, in which every image is also tied to itself at the checkpoints beside, so that a point leaves its place only where its neighbours change. PCA uses the axes of the last checkpoint: there a point moves as its vector does. UMAP keeps neighbourhoods; distances between far clusters say nothing.`,
  };
}

/** Fewer than three axes are filled with zeros. */
function inThree(m: Matrix): Matrix {
  if (m.columns === 3) return m;
  const result = matrix(m.rows, 3);
  for (let i = 0; i < m.rows; i++) result.data.set(rowOf(m, i), 3 * i);
  return result;
}

async function sheetOf(
  picture: NonNullable<ExploreInput["picture"]>,
  rows: Int32Array,
  { progress, signal }: LongWork,
): Promise<{ sheet: SpriteSheet; missing: number }> {
  const side = rows.length > 2000 ? 48 : 64;
  const columns = Math.ceil(Math.sqrt(rows.length));
  const pictures: Raster[] = [];
  let missing = 0;
  for (const [i, row] of rows.entries()) {
    if (i % 100 === 0) {
      progress?.({ stage: "pictures", done: i, total: rows.length });
      throwIfStopped(signal, "the explorer; nothing was written");
    }
    const found = await picture(row);
    if (!found) missing++;
    // A tile of its own size at once: thousands of large pictures do not fit in memory.
    pictures.push(
      found ? contactSheet([found], 1, side) : raster(side, side, 1, new Uint8Array(side * side).fill(255)),
    );
  }
  const uri = await jpegUri(contactSheet(pictures, columns, side), 72);
  return { sheet: { uri, columns, side, count: rows.length }, missing };
}
