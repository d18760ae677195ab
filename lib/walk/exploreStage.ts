import { LabError, throwIfStopped } from "../core/errors";
import { checkFinite, type Matrix, squaredL2, takeRows } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { engineProducts } from "../engine/products";
import { type HardPair, hardestPairs } from "../evaluate/hardest";
import { dequantize, type Quantized, quantize } from "../evaluate/quantize";
import type { ExploreData, ExploreEpoch } from "../explore/exploreData";
import { niceStep, pairRates, pointExtremes } from "../explore/pairRates";
import type { Raster } from "../image/raster";
import { labelsOf } from "./embeddings";
import { type Layouts, layoutsOf } from "./exploreLayouts";
import { sheetOf } from "./explorePictures";
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
  const { labels, names: identities } = labelsOf(
    Array.from(rows, (row) => input.identities[input.labels[row]]),
  );
  const layouts = await layoutsOf(taken, { seed, progress, signal });
  const { epochs, thresholdStep } = await epochsOf(taken, labels, layouts.epochs, input, options);
  const pictures = input.picture ? await sheetOf(input.picture, rows, { progress, signal }) : undefined;
  return {
    title: input.title,
    subtitle: input.subtitle,
    notes: [
      ...leftOutNote(input, rows, labels),
      layouts.note,
      roundingNote(taken[taken.length - 1], epochs[epochs.length - 1].vectors),
      ...(pictures && pictures.missing > 0
        ? [`${pictures.missing} pictures could not be read and are shown white.`]
        : []),
    ],
    names: Array.from(rows, (row) => input.names[row]),
    labels,
    identities,
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

/** Codes, counts and hard pairs of every epoch, with one row of thresholds for all. */
async function epochsOf(
  taken: readonly Matrix[],
  labels: Int32Array,
  layouts: Layouts["epochs"],
  input: ExploreInput,
  { progress, signal }: LongWork,
): Promise<Pick<ExploreData, "epochs" | "thresholdStep">> {
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
    const { nearestNegative, farthestPositive } = extremes[e];
    const hardest = hardestPairs(x, labels, { ...HARD, products: engineProducts });
    epochs.push({
      label: input.epochs[e].label,
      vectors: codes[e],
      ...layouts[e],
      rates: pairRates(x, labels, thresholdStep, count, { products: engineProducts }),
      nearestNegative,
      farthestPositive,
      hardPositives: hardest.positives,
      hardNegatives: hardest.negatives,
    });
  }
  return { epochs, thresholdStep };
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
