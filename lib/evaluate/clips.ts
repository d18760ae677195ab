import type { Matrix } from "../core/matrix";

/** Options of {@link clipDistances}. */
export interface ClipOptions {
  /** Frames of each clip that are used, the first ones; at least 1; default 100. */
  readonly frames?: number;
}

/**
 * Distance of two clips: the mean squared L2 over all pairs of a frame of one and a frame of the other, for the listed pairs of clips.
 * `clips[c]` are the rows of clip c in the order of its frames; pair p is (first[p], second[p]).
 *
 *   mean‖aᵢ − bⱼ‖² = mean‖aᵢ‖² + mean‖bⱼ‖² − 2 ā·b̄
 *
 * so that frames × frames pairs cost D. Source: Schroff et al. (2015), section 5.7 (the first 100 frames, and 1,000).
 * Differs from the paper: the mean is over squared L2, as all distances here; on unit rows that is the mean similarity, 2 − 2 a·b.
 */
export function clipDistances(
  x: Matrix,
  clips: readonly ArrayLike<number>[],
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: ClipOptions = {},
): Float64Array {
  const { frames = 100 } = options;
  if (!Number.isInteger(frames) || frames < 1) {
    throw new RangeError(`Cannot compare clips: frames must be at least 1, current value is ${frames}`);
  }
  const empty = clips.findIndex((rows) => rows.length === 0);
  if (empty >= 0) throw new RangeError(`Cannot compare clips: each needs a frame, clip ${empty} has none`);
  const summaries = clips.map((rows) => summaryOf(x, rows, Math.min(frames, rows.length)));
  return Float64Array.from({ length: first.length }, (_, p) => {
    const [a, b] = [summaries[first[p]], summaries[second[p]]];
    // The spread of each clip around its mean plus the distance of the means: nothing cancels.
    let sum = a.spread + b.spread;
    for (let k = 0; k < x.columns; k++) sum += (a.mean[k] - b.mean[k]) ** 2;
    return sum;
  });
}

/** Mean row and mean squared L2 to it. */
function summaryOf(
  x: Matrix,
  rows: ArrayLike<number>,
  frames: number,
): { mean: Float64Array; spread: number } {
  const d = x.columns;
  const mean = new Float64Array(d);
  for (let f = 0; f < frames; f++) {
    for (let k = 0; k < d; k++) mean[k] += x.data[rows[f] * d + k] / frames;
  }
  let spread = 0;
  for (let f = 0; f < frames; f++) {
    for (let k = 0; k < d; k++) spread += (x.data[rows[f] * d + k] - mean[k]) ** 2 / frames;
  }
  return { mean, spread };
}
