import { checkFinite, type Matrix } from "../core/matrix";
import type { Random } from "../core/random";
import type { Interval } from "./bootstrap";
import { type BlockOptions, forEachDistanceBlock } from "./distances";
import { galleryRanks, type Labelled } from "./galleryRanks";
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
 */
export function identify(
  x: Matrix,
  labels: ArrayLike<number>,
  options: IdentifyOptions = {},
): IdentificationResult {
  const { ranks = 10, random } = options;
  const n = x.rows;
  checkFinite(x, "the embeddings");
  const nearest = new Float32Array(n).fill(Number.POSITIVE_INFINITY);
  forEachDistanceBlock(
    x,
    ({ rowStart, rows, columnStart, columns, values }) => {
      for (let i = 0; i < rows; i++) {
        const probe = rowStart + i;
        for (let j = 0; j < columns; j++) {
          const other = columnStart + j;
          const d = values[i * columns + j];
          if (other !== probe && labels[other] === labels[probe] && d < nearest[probe]) nearest[probe] = d;
        }
      }
    },
    options,
  );
  const ahead = new Int32Array(n);
  forEachDistanceBlock(
    x,
    ({ rowStart, rows, columnStart, columns, values }) => {
      for (let i = 0; i < rows; i++) {
        const probe = rowStart + i;
        const limit = nearest[probe];
        if (limit === Number.POSITIVE_INFINITY) continue;
        for (let j = 0; j < columns; j++) {
          if (values[i * columns + j] <= limit && labels[columnStart + j] !== labels[probe]) ahead[probe]++;
        }
      }
    },
    options,
  );
  const rank = Int32Array.from(ahead, (others, i) =>
    nearest[i] === Number.POSITIVE_INFINITY ? 0 : others + 1,
  );
  return cmcResult(rank, n, ranks, labels, random);
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
