import type { Matrix } from "../core/matrix";
import { type BlockOptions, forEachPairDistance } from "./distances";

/** VAL at one FAR: pairs with D < `threshold` are accepted. */
export interface ValPoint {
  /** The FAR that was asked for. */
  readonly far: number;
  readonly val: number;
  /** Squared L2: the largest threshold whose FAR does not exceed `far`. */
  readonly threshold: number;
  /** Different pairs that pass, of `differentPairs`. */
  readonly falseAccepts: number;
}

export interface AllPairsResult {
  readonly samePairs: number;
  readonly differentPairs: number;
  /** 1 / differentPairs: a smaller FAR cannot be measured on these embeddings. */
  readonly smallestFar: number;
  readonly points: readonly ValPoint[];
}

/** Options of {@link allPairsVal}. */
export interface AllPairsOptions extends BlockOptions {
  /** FARs to report, each in [smallestFar, 1); default 1e-1, 1e-2, … as far as they can be measured. */
  readonly fars?: readonly number[];
}

/** Distances are sorted into bins by their upper bits first; a float32 ≥ 0 orders like its bits. */
const LOW_BITS = 12;
const LOW = 1 << LOW_BITS;
const HIGH = 2 ** (31 - LOW_BITS);

/**
 * VAL(d) and FAR(d) over all pairs of N embeddings, D = squared L2, by exact order statistics without interpolation.
 *
 *   k = ⌊FAR · P_diff⌋ different pairs may pass; threshold = the (k+1)-th smallest different distance; VAL = share of same pairs below it
 *
 * Source: Schroff et al. (2015), section 4. Differs from the paper: nothing.
 * Two passes over the pairs (coarse bins, then only the bins that hold an answer); memory of one block, whatever N.
 * Throws a RangeError for a FAR that these embeddings cannot measure.
 */
export function allPairsVal(
  x: Matrix,
  labels: ArrayLike<number>,
  options: AllPairsOptions = {},
): AllPairsResult {
  if (labels.length !== x.rows) {
    throw new RangeError(
      `Cannot evaluate all pairs: ${x.rows} labels are needed, current value is ${labels.length}`,
    );
  }
  const coarse = { same: new Float64Array(HIGH), different: new Float64Array(HIGH) };
  let samePairs = 0;
  let differentPairs = 0;
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  forEachPairDistance(
    x,
    (i, j, d) => {
      value[0] = d;
      const bin = bits[0] >>> LOW_BITS;
      if (labels[i] === labels[j]) {
        coarse.same[bin]++;
        samePairs++;
      } else {
        coarse.different[bin]++;
        differentPairs++;
      }
    },
    options,
  );
  if (samePairs === 0 || differentPairs === 0) {
    throw new RangeError(
      `Cannot evaluate all pairs: same and different pairs are needed, current values are ${samePairs} and ${differentPairs}`,
    );
  }
  const smallestFar = 1 / differentPairs;
  const fars = options.fars ?? measurableFars(smallestFar);
  for (const far of fars) checkFar(far, smallestFar);

  // The coarse bin of each wanted order statistic, and what lies below that bin.
  const wanted = fars.map((far) => {
    // The tiny factor undoes rounding such as 0.1 · 30 = 3.0000000000000004 or 0.7 · 10 = 6.999….
    const rank = Math.min(differentPairs - 1, Math.floor(far * differentPairs * (1 + 1e-12)));
    let bin = 0;
    let below = 0;
    let sameBelow = 0;
    while (below + coarse.different[bin] <= rank) {
      below += coarse.different[bin];
      sameBelow += coarse.same[bin];
      bin++;
    }
    return { far, rank, bin, below, sameBelow };
  });
  const fine = new Map(
    wanted.map(({ bin }) => [bin, { same: new Float64Array(LOW), different: new Float64Array(LOW) }]),
  );
  forEachPairDistance(
    x,
    (i, j, d) => {
      value[0] = d;
      const bins = fine.get(bits[0] >>> LOW_BITS);
      if (bins) bins[labels[i] === labels[j] ? "same" : "different"][bits[0] & (LOW - 1)]++;
    },
    options,
  );
  const points = wanted.map(({ far, rank, bin, below, sameBelow }) => {
    const bins = fine.get(bin) as { same: Float64Array; different: Float64Array };
    let low = 0;
    let falseAccepts = below;
    let accepts = sameBelow;
    while (falseAccepts + bins.different[low] <= rank) {
      falseAccepts += bins.different[low];
      accepts += bins.same[low];
      low++;
    }
    bits[0] = bin * LOW + low;
    return { far, val: accepts / samePairs, threshold: value[0], falseAccepts };
  });
  return { samePairs, differentPairs, smallestFar, points };
}

function measurableFars(smallest: number): number[] {
  return [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6].filter((far) => far >= smallest);
}

function checkFar(far: number, smallest: number): void {
  if (far >= smallest && far < 1) return;
  throw new RangeError(
    `Cannot measure VAL at this FAR: it must lie in [${smallest.toExponential(2)}, 1) for these pairs, current value is ${far}`,
  );
}
