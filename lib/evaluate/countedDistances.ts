import type { PairCounts } from "./pairCounts";

/**
 * Pairs counted by their squared L2, as three columns: the bits of each float32 that occurred, ascending, and how many same and different pairs have it. Counts
 * are exact integers, so parts may be added in any order.
 */
export interface CountedDistances<Counts extends Uint32Array | Float64Array = Float64Array> {
  readonly bits: Uint32Array;
  readonly same: Counts;
  readonly different: Counts;
}

/** The columns of fewer than 2³² counted pairs. */
export function countedDistances(counts: PairCounts): CountedDistances<Uint32Array> {
  let size = 0;
  counts.forEach(() => {
    size++;
  });
  const [bits, same, different] = [new Uint32Array(size), new Uint32Array(size), new Uint32Array(size)];
  let at = 0;
  counts.forEach((value, ofSame, ofDifferent) => {
    bits[at] = value;
    same[at] = ofSame;
    different[at++] = ofDifferent;
  });
  return { bits, same, different };
}

/** Columns of `size` zeros that hold counts up to 2⁵³. */
export function emptyCounts(size: number): CountedDistances {
  return { bits: new Uint32Array(size), same: new Float64Array(size), different: new Float64Array(size) };
}

/** The counts of both. */
export function addCounts(
  a: CountedDistances,
  b: CountedDistances<Uint32Array | Float64Array>,
): CountedDistances {
  const sum = emptyCounts(distinct(a.bits, b.bits));
  let at = 0;
  for (let i = 0, j = 0; i < a.bits.length || j < b.bits.length; at++) {
    const fromA = j >= b.bits.length || (i < a.bits.length && a.bits[i] <= b.bits[j]);
    const fromB = i >= a.bits.length || (j < b.bits.length && b.bits[j] <= a.bits[i]);
    sum.bits[at] = fromA ? a.bits[i] : b.bits[j];
    if (fromA) {
      sum.same[at] += a.same[i];
      sum.different[at] += a.different[i];
      i++;
    }
    if (fromB) {
      sum.same[at] += b.same[j];
      sum.different[at] += b.different[j];
      j++;
    }
  }
  return sum;
}

/** How many different values two ascending lists hold. */
function distinct(a: Uint32Array, b: Uint32Array): number {
  let both = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i], b[j]];
    if (x === y) both++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return a.length + b.length - both;
}

/** Columns as counted pairs again. */
export function pairCountsOf({ bits, same, different }: CountedDistances): PairCounts {
  const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);
  return {
    samePairs: total(same),
    differentPairs: total(different),
    forEach: (visit) => {
      for (let i = 0; i < bits.length; i++) visit(bits[i], same[i], different[i]);
    },
  };
}
