import { type Matrix, takeRows } from "../core/matrix";
import type { Random } from "../core/random";
import type { Interval } from "./bootstrap";
import { type BlockOptions, type DistanceBlock, forEachDistanceBlock } from "./distances";
import { galleryRanks, type Labelled } from "./galleryRanks";
import { byLabel, checkRows } from "./pairCounts";
import { probeIntervals } from "./probeIntervals";
import { wilsonInterval } from "./statistics";

export interface IdentificationResult {
  /** Share of probes whose nearest (other) image shows the same identity. */
  readonly rank1: number;
  /** 95 % Wilson interval of rank1 (images of one identity are not independent, so it is a little too narrow). */
  readonly interval: readonly [number, number];
  /** Images whose identity has another image; the others cannot be found and are gallery only. */
  readonly probes: number;
  /** Images of the gallery. */
  readonly gallery: number;
  /** `cmc[r − 1]`: share of probes with rank r or better. */
  readonly cmc: readonly number[];
  /** 95 % Wilson interval of each rank. */
  readonly cmcIntervals: readonly (readonly [number, number])[];
  /** 95 % interval of each rank over resampled identities of the probes (see `probeIntervals`); absent without `random`, or with fewer than ten. */
  readonly cmcOverIdentities?: readonly Interval[];
}

/** Options of {@link identify} and {@link identifyProbes}. */
export interface IdentifyOptions extends BlockOptions {
  /** Ranks of the CMC curve, at least 1; default 10. */
  readonly ranks?: number;
  /** Draws the resamples of `cmcOverIdentities`; default none. */
  readonly random?: Random;
}

/**
 * Closed-set identification, leave one out: every image is a probe against all others as gallery. Its rank is one more than the number
 * of images of others that are nearer than its nearest image of its own identity; equal distances count against it.
 * Cost O(N²·D / 2): each pair is looked at once, for both of its images. Throws a RangeError when no identity has two images and where labels are missing, a LabError
 * for a row that is not finite.
 */
export function identify(
  x: Matrix,
  labels: ArrayLike<number>,
  options: IdentifyOptions = {},
): IdentificationResult {
  const { ranks = 10, random, ...blocks } = options;
  checkRows(x, labels, "identify");
  const { order, ends } = byLabel(labels);
  const ordered = takeRows(x, order);
  const own = nearestOwn(ordered, ends, blocks);
  const ahead = othersAhead(ordered, ends, own, blocks);
  const rank = new Int32Array(x.rows);
  order.forEach((row, place) => {
    rank[row] = own[place] === NONE ? 0 : ahead[place] + 1;
  });
  return cmcResult(rank, x.rows, ranks, labels, random);
}

/** What no distance is below or equal to: an image without another of its identity has nobody ahead. */
const NONE = -1;

/** Squared L2 of each row to the nearest other one of its label, or `NONE`; rows are in order of their labels, which end at `ends`. */
function nearestOwn(x: Matrix, ends: Int32Array, options: BlockOptions): Float32Array {
  const nearest: Float32Array = new Float32Array(x.rows).fill(NONE);
  const offer = (row: number, d: number): void => {
    if (nearest[row] === NONE || d < nearest[row]) nearest[row] = d;
  };
  const visit = ({ rowStart, rows, columnStart, columns, values }: DistanceBlock): void => {
    for (let i = 0; i < rows; i++) {
      const first = rowStart + i;
      const end = Math.min(columns, ends[first] - columnStart);
      for (let j = Math.max(0, first + 1 - columnStart); j < end; j++) {
        offer(first, values[i * columns + j]);
        offer(columnStart + j, values[i * columns + j]);
      }
    }
  };
  forEachDistanceBlock(x, visit, { ...options, triangle: true, ends });
  return nearest;
}

/** How many rows of other labels are at most as far as `own` of each row; rows are in order of their labels, which end at `ends`. */
function othersAhead(x: Matrix, ends: Int32Array, own: Float32Array, options: BlockOptions): Int32Array {
  const ahead: Int32Array = new Int32Array(x.rows);
  const visit = ({ rowStart, rows, columnStart, columns, values }: DistanceBlock): void => {
    for (let i = 0; i < rows; i++) {
      const limit = own[rowStart + i];
      let count = 0;
      for (let j = Math.max(0, ends[rowStart + i] - columnStart); j < columns; j++) {
        const d = values[i * columns + j];
        if (d <= limit) count++;
        if (d <= own[columnStart + j]) ahead[columnStart + j]++;
      }
      ahead[rowStart + i] += count;
    }
  };
  forEachDistanceBlock(x, visit, { ...options, triangle: true });
  return ahead;
}

/**
 * Closed-set identification of probes in a gallery. The rank is one more than the number of other *identities* in the gallery that are as near or
 * nearer, each as near as its nearest image: with one image each, as in the usual CMC, the same as counting images.
 * Throws a RangeError when no probe's identity is in the gallery; probes whose identity is not there are left out of `probes`.
 */
export function identifyProbes(
  probes: Labelled,
  gallery: Labelled,
  options: IdentifyOptions = {},
): IdentificationResult {
  const { ranks = 10, random, ...blocks } = options;
  const { rank } = galleryRanks(probes, gallery, blocks);
  return cmcResult(rank, gallery.x.rows, ranks, probes.labels, random);
}

/** Rates from the rank of each probe and its label; rank 0 marks a probe that cannot be found and is left out. */
export function cmcResult(
  rank: Int32Array,
  gallery: number,
  ranks: number,
  labels: ArrayLike<number>,
  random?: Random,
): IdentificationResult {
  const hits = new Float64Array(ranks);
  let probes = 0;
  for (const place of rank) {
    if (place === 0) continue;
    probes++;
    for (let r = place; r <= ranks; r++) hits[r - 1]++;
  }
  if (probes === 0) {
    throw new RangeError(
      "Cannot identify: at least one identity with two images is needed, current value is 0",
    );
  }
  const intervals = Array.from(hits, (hit) => wilsonInterval(hit, probes));
  return {
    rank1: hits[0] / probes,
    interval: intervals[0],
    probes,
    gallery,
    cmc: Array.from(hits, (hit) => hit / probes),
    cmcIntervals: intervals,
    ...(random && overIdentities(rank, ranks, labels, random)),
  };
}

function overIdentities(
  rank: Int32Array,
  ranks: number,
  labels: ArrayLike<number>,
  random: Random,
): Pick<IdentificationResult, "cmcOverIdentities"> {
  const found = Array.from(rank.keys()).filter((probe) => rank[probe] > 0);
  const interval = probeIntervals(
    found.map((probe) => labels[probe]),
    random,
  );
  if (!interval) return {};
  const within = (r: number): number[] => found.map((probe) => (rank[probe] <= r ? 1 : 0));
  return { cmcOverIdentities: Array.from({ length: ranks }, (_, r) => interval(within(r + 1))) };
}
