import { type ClusteringScores, clusteringScores } from "./clusteringScores";
import { cutAt, type Dendrogram } from "./dendrogram";

/** The clustering below one threshold and its scores. */
export interface SweepPoint extends ClusteringScores {
  /** Squared L2. */
  readonly threshold: number;
}

/** Options of {@link thresholdSweep}. */
export interface SweepOptions {
  /** Thresholds to cut at, squared L2; default: see `count`. */
  readonly thresholds?: readonly number[];
  /** Without `thresholds`: so many, half-way between neighbouring heights, spread evenly over the joins; default 50. */
  readonly count?: number;
}

/** Scores of a tree cut at several thresholds. The best of them is an optimistic score: it was chosen on the labels that it is scored on. */
export function thresholdSweep(
  tree: Dendrogram,
  labels: ArrayLike<number>,
  options: SweepOptions = {},
): SweepPoint[] {
  const { count = 50 } = options;
  const thresholds = options.thresholds ?? spread(tree.heights, count);
  return thresholds.map((threshold) => ({
    threshold,
    ...clusteringScores(labels, cutAt(tree, threshold)),
  }));
}

/** The point with the largest BCubed F; ties: the smallest threshold. Throws a RangeError for no points. */
export function bestOfSweep(points: readonly SweepPoint[]): SweepPoint {
  if (points.length === 0) {
    throw new RangeError("Cannot choose a threshold: at least one point is needed, current value is 0");
  }
  return points.reduce((best, point) => {
    const better =
      point.bcubed.f > best.bcubed.f ||
      (point.bcubed.f === best.bcubed.f && point.threshold < best.threshold);
    return better ? point : best;
  });
}

/** Values that fall between different heights, at most `count`. */
function spread(heights: Float64Array, count: number): number[] {
  const between: number[] = [];
  for (let m = 0; m + 1 < heights.length; m++) {
    if (heights[m] < heights[m + 1]) between.push((heights[m] + heights[m + 1]) / 2);
  }
  if (heights.length > 0) between.push(heights[heights.length - 1] + 1e-6);
  const wanted = Math.min(count, between.length);
  return Array.from(
    { length: wanted },
    (_, i) => between[Math.round((i * (between.length - 1)) / Math.max(1, wanted - 1))],
  );
}
