import { type Matrix, takeRows } from "../core/matrix";
import type { Random } from "../core/random";
import type { Interval } from "./bootstrap";
import type { BlockOptions } from "./distances";
import { type GalleryRanks, galleryRanks, type Labelled } from "./galleryRanks";
import { cmcResult, type IdentificationResult } from "./identification";
import type { OpenSetSplit } from "./openSetSplit";
import { probeIntervals } from "./probeIntervals";
import { wilsonInterval } from "./statistics";

/** One threshold of an open-set system: a probe is recognised when its nearest gallery image lies nearer than `threshold`. */
export interface DirPoint {
  /** Squared L2. */
  readonly threshold: number;
  /** False-alarm rate: strangers that are recognised as somebody, of all strangers. */
  readonly far: number;
  readonly falseAlarms: number;
  /** Detection-and-identification rate at rank 1: known probes that are recognised, as themselves, of all known probes. */
  readonly dir: number;
}

/** A threshold for a FAR that was asked for. */
export interface DirOperatingPoint extends DirPoint {
  readonly askedFar: number;
  /** 95 % Wilson interval of DIR. */
  readonly interval: readonly [number, number];
  /** 95 % Wilson interval of FAR: how far the measured rate may be from the true one. */
  readonly farInterval: readonly [number, number];
  /** 95 % intervals of DIR over resampled known identities and of FAR over resampled strangers, threshold and gallery as they are; absent as in `IdentificationResult`. */
  readonly dirOverIdentities?: Interval;
  readonly farOverIdentities?: Interval;
}

export interface OpenSetResult {
  readonly known: number;
  readonly strangers: number;
  /** 1 / strangers: a smaller FAR cannot be measured here. */
  readonly smallestFar: number;
  /** From FAR 0 (the nearest stranger just refused) to FAR 1 (everybody recognised: DIR is the closed set's rank-1), one point per stranger's distance. */
  readonly curve: readonly DirPoint[];
  readonly points: readonly DirOperatingPoint[];
}

/** Options of {@link closedAndOpen}. */
export interface OpenSetOptions extends BlockOptions {
  /** FARs to report, each in [1 / strangers, 1); default 1e-1, 1e-2, 1e-3 as far as they can be measured. */
  readonly fars?: readonly number[];
  /** Ranks of the closed set's CMC; default 10. */
  readonly ranks?: number;
  /** Draws the resamples of the intervals over identities; default none. */
  readonly random?: Random;
}

/** One gallery, the same known probes: as if everybody were enrolled, and with strangers at the door. */
export interface ClosedAndOpen {
  readonly closed: IdentificationResult;
  readonly open: OpenSetResult;
}

/**
 * Closed- and open-set identification side by side. The difference of `closed.rank1` and a point's `dir` is the price of refusing strangers.
 * Ranks are among identities, each as near as its nearest gallery image; equal distances count against the probe.
 *
 * Source: Phillips, Grother, Micheals (2011), "Evaluation Methods in Face Recognition": open-set identification, DIR and FAR.
 * Differs from the paper: distances in place of similarities; thresholds by order statistics as in `allPairsVal`, without interpolation.
 * Throws a RangeError for a FAR that so few strangers cannot measure.
 */
export function closedAndOpen(
  x: Matrix,
  labels: ArrayLike<number>,
  split: OpenSetSplit,
  options: OpenSetOptions = {},
): ClosedAndOpen {
  const { fars, ranks = 10, random, ...blocks } = options;
  const side = (rows: Int32Array): Labelled => ({
    x: takeRows(x, rows),
    labels: Array.from(rows, (row) => labels[row]),
  });
  const gallery = side(split.gallery);
  const [probes, others] = [side(split.known), side(split.strangers)];
  const known = galleryRanks(probes, gallery, blocks);
  const strangers = galleryRanks(others, gallery, blocks);
  const open = openSet(known, strangers, { fars });
  const dir = random && probeIntervals(probes.labels, random.fork("known"));
  const far = random && probeIntervals(others.labels, random.fork("strangers"));
  const points = open.points.map((point) => ({
    ...point,
    ...(dir && { dirOverIdentities: dir(recognised(known, point.threshold)) }),
    ...(far && { farOverIdentities: far(strangers.nearest.map((d) => (d < point.threshold ? 1 : 0))) }),
  }));
  return {
    closed: cmcResult(known.rank, gallery.x.rows, ranks, probes.labels, random),
    open: { ...open, points },
  };
}

/**
 * DIR at FAR from ranks in one gallery. For FAR f and S strangers ⌊f·S⌋ may pass; the threshold is the next stranger's distance, so that at most those pass
 * (fewer where strangers are equally near). Throws a RangeError for f < 1 / S, or when a probe's identity is (not) in the gallery against its role.
 */
export function openSet(
  known: Pick<GalleryRanks, "rank" | "own">,
  strangers: Pick<GalleryRanks, "rank" | "nearest">,
  options: Pick<OpenSetOptions, "fars"> = {},
): OpenSetResult {
  const count = strangers.nearest.length;
  if (known.rank.length === 0 || count === 0 || known.rank.includes(0) || strangers.rank.some((r) => r > 0)) {
    throw new RangeError(
      `Cannot identify in an open set: known probes that are all enrolled and strangers that are not are needed, current values are ${known.rank.length} and ${count}`,
    );
  }
  const smallestFar = 1 / count;
  const nearest = strangers.nearest.slice().sort();
  // What can be identified at all, by distance: rank 1.
  const first = known.own.filter((_, i) => known.rank[i] === 1).sort();
  const at = (threshold: number): DirPoint => {
    const falseAlarms = below(nearest, threshold);
    return {
      threshold,
      far: falseAlarms / count,
      falseAlarms,
      dir: below(first, threshold) / known.rank.length,
    };
  };
  const fars = options.fars ?? [1e-1, 1e-2, 1e-3].filter((far) => far >= smallestFar);
  const points = fars.map((far): DirOperatingPoint => {
    if (!(far >= smallestFar && far < 1)) {
      throw new RangeError(
        `Cannot measure DIR at this FAR: it must lie in [1 / ${count}, 1) for ${count} strangers, current value is ${far}`,
      );
    }
    // The tiny factor undoes rounding such as 0.7 · 10 = 6.999….
    const point = at(nearest[Math.min(count - 1, Math.floor(far * count * (1 + 1e-12)))]);
    return {
      ...point,
      askedFar: far,
      interval: wilsonInterval(below(first, point.threshold), known.rank.length),
      farInterval: wilsonInterval(point.falseAlarms, count),
    };
  });
  const distances = nearest.filter((d, i) => i === 0 || d > nearest[i - 1]);
  const curve = [...Array.from(distances, at), at(Number.POSITIVE_INFINITY)];
  return { known: known.rank.length, strangers: count, smallestFar, curve, points };
}

/** 1 for each known probe that is recognised as itself, 0 for the others. */
function recognised({ rank, own }: Pick<GalleryRanks, "rank" | "own">, threshold: number): Float32Array {
  return own.map((d, i) => (rank[i] === 1 && d < threshold ? 1 : 0));
}

/** How many of an ascending list are smaller. */
function below(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
