import type { BlockOptions } from "./distances";
import { forEachGalleryBlock } from "./galleryBlocks";
import type { Labelled } from "./galleryRanks";

/** Scores of a ranked search, each the mean over the queries that have something to find, in [0, 1]. */
export interface RetrievalResult {
  /** Queries with at least one match; the others cannot find anything and are left out. */
  readonly queries: number;
  /** Share of queries whose nearest item is a match. */
  readonly precisionAt1: number;
  /** Matches among the R nearest of a query with R matches, divided by R. */
  readonly rPrecision: number;
  /** Mean over r = 1 … R of the precision at r where the item at r is a match, and of 0 where it is not. */
  readonly mapAtR: number;
  /** Mean average precision over the whole ranking: the precision at every match. */
  readonly map: number;
  /** `recallAt[k − 1]`: share of queries with a match among the k nearest items; re-identification calls it CMC. */
  readonly recallAt: readonly number[];
  /** Average precision of each query; NaN for those that are left out. */
  readonly averagePrecision: Float64Array;
}

/** Options of {@link retrieval}. */
export interface RetrievalOptions extends BlockOptions {
  /** Items that a query must not see, for example itself or pictures of the same camera; default none. */
  readonly ignore?: (query: number, item: number) => boolean;
  /** Largest k of `recallAt`, at least 1; default 10. */
  readonly ranks?: number;
}

/**
 * Scores of searching items by squared L2; an item matches a query of the same label. Ties count against the query: an item of another label that is as
 * near as a match stands before it.
 *
 * Source: Musgrave, Belongie, Lim (2020), "A Metric Learning Reality Check", section 3.2 (R-precision, MAP@R); Zheng et al. (2015), "Scalable Person
 * Re-identification: A Benchmark" (mAP and CMC with junk images, which is `ignore`); Jégou, Douze, Schmid (2011) for recall@k.
 * Differs from the papers: average precision is the mean of the precisions at the matches, without trapezoids.
 * Throws a RangeError when labels and rows differ, or when no query has a match. Cost O(Q·G·(D + log R)), memory of one block of queries × items.
 */
export function retrieval(
  queries: Labelled,
  items: Labelled,
  options: RetrievalOptions = {},
): RetrievalResult {
  const { ignore, ranks = 10, ...blocks } = options;
  checkSearch(queries, items, ranks);
  const sums: Sums = { found: 0, first: 0, rPrecision: 0, mapAtR: 0, map: 0, hits: new Float64Array(ranks) };
  const averagePrecision: Float64Array = new Float64Array(queries.x.rows).fill(Number.NaN);
  const n = items.x.rows;
  let lines: Float32Array = new Float32Array(0);
  forEachGalleryBlock(
    queries.x,
    items.x,
    ({ rowStart, rows, columnStart, columns, values }) => {
      if (columnStart === 0) lines = new Float32Array(rows * n);
      for (let i = 0; i < rows; i++) {
        lines.set(values.subarray(i * columns, (i + 1) * columns), i * n + columnStart);
      }
      if (columnStart + columns < n) return;
      for (let i = 0; i < rows; i++) {
        const query = rowStart + i;
        const places = matchPlaces(lines.subarray(i * n, (i + 1) * n), query, queries, items, ignore);
        if (places.length > 0) averagePrecision[query] = addQuery(sums, places);
      }
    },
    blocks,
  );
  if (sums.found === 0) {
    throw new RangeError(
      "Cannot score a retrieval: at least one query needs an item of its label, current value is 0",
    );
  }
  const share = (sum: number): number => sum / sums.found;
  return {
    queries: sums.found,
    precisionAt1: share(sums.first),
    rPrecision: share(sums.rPrecision),
    mapAtR: share(sums.mapAtR),
    map: share(sums.map),
    recallAt: Array.from(sums.hits, share),
    averagePrecision,
  };
}

/** Places (1 = nearest) of the matches in one query's ranking, ascending. */
function matchPlaces(
  distances: Float32Array,
  query: number,
  queries: Labelled,
  items: Labelled,
  ignore: RetrievalOptions["ignore"],
): Float64Array {
  const label = queries.labels[query];
  const matches: number[] = [];
  for (let j = 0; j < distances.length; j++) {
    if (items.labels[j] === label && !ignore?.(query, j)) matches.push(distances[j]);
  }
  const sorted = Float32Array.from(matches).sort();
  /** Others that stand before match m but not before match m − 1. */
  const before = new Float64Array(sorted.length + 1);
  for (let j = 0; j < distances.length && sorted.length > 0; j++) {
    if (items.labels[j] !== label && !ignore?.(query, j)) before[firstNotBelow(sorted, distances[j])]++;
  }
  let ahead = 0;
  return Float64Array.from(sorted, (_, m) => {
    ahead += before[m];
    return m + 1 + ahead;
  });
}

/** Position of the first value of an ascending list that is not smaller. */
function firstNotBelow(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Sums {
  found: number;
  first: number;
  rPrecision: number;
  mapAtR: number;
  map: number;
  readonly hits: Float64Array;
}

/** Adds one query with its matches at `places` to the sums; its average precision. */
function addQuery(sums: Sums, places: Float64Array): number {
  const r = places.length;
  let [precisions, withinR, precisionsWithinR] = [0, 0, 0];
  places.forEach((place, m) => {
    const precision = (m + 1) / place;
    precisions += precision;
    if (place > r) return;
    withinR++;
    precisionsWithinR += precision;
  });
  sums.found++;
  if (places[0] === 1) sums.first++;
  sums.rPrecision += withinR / r;
  sums.mapAtR += precisionsWithinR / r;
  sums.map += precisions / r;
  for (let k = places[0]; k <= sums.hits.length; k++) sums.hits[k - 1]++;
  return precisions / r;
}

function checkSearch(queries: Labelled, items: Labelled, ranks: number): void {
  for (const [what, { x, labels }] of [
    ["queries", queries],
    ["items", items],
  ] as const) {
    if (labels.length === x.rows) continue;
    throw new RangeError(
      `Cannot score a retrieval: one label for each of ${x.rows} ${what} is needed, current value is ${labels.length}`,
    );
  }
  if (Number.isInteger(ranks) && ranks >= 1) return;
  throw new RangeError(
    `Cannot score a retrieval: ranks must be an integer of at least 1, current value is ${ranks}`,
  );
}
