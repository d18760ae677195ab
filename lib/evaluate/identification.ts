import type { Matrix } from "../core/matrix";
import { type BlockOptions, forEachDistanceBlock } from "./distances";
import { wilsonInterval } from "./statistics";

export interface IdentificationResult {
  /** Share of probes whose nearest other image shows the same identity. */
  readonly rank1: number;
  /** 95 % Wilson interval of rank1 (images of one identity are not independent, so it is a little too narrow). */
  readonly interval: readonly [number, number];
  /** Images whose identity has another image; the others cannot be found and are gallery only. */
  readonly probes: number;
  readonly gallery: number;
  /** `cmc[r − 1]`: share of probes whose identity is among the r nearest images. */
  readonly cmc: readonly number[];
}

/** Options of {@link identify}. */
export interface IdentifyOptions extends BlockOptions {
  /** Ranks of the CMC curve, at least 1; default 10. */
  readonly ranks?: number;
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
  const { ranks = 10 } = options;
  const n = x.rows;
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
  const hits = new Float64Array(ranks);
  let probes = 0;
  for (let i = 0; i < n; i++) {
    if (nearest[i] === Number.POSITIVE_INFINITY) continue;
    probes++;
    for (let r = ahead[i]; r < ranks; r++) hits[r]++;
  }
  if (probes === 0) {
    throw new RangeError(
      "Cannot identify: at least one identity with two images is needed, current value is 0",
    );
  }
  return {
    rank1: hits[0] / probes,
    interval: wilsonInterval(hits[0], probes),
    probes,
    gallery: n,
    cmc: Array.from(hits, (hit) => hit / probes),
  };
}
