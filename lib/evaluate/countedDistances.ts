import type { PairCounts } from "./pairCounts";

/**
 * Pairs counted by their squared L2, as three columns: the bits of each float32 that occurred, ascending, and how many same and different pairs have it. Sums
 * of counts are exact integers up to 2⁵³, so parts may be added in any order.
 */
export interface CountedDistances {
  readonly bits: Uint32Array;
  readonly same: Float64Array;
  readonly different: Float64Array;
}

/** The columns of counted pairs. */
export function countedDistances(counts: PairCounts): CountedDistances {
  let size = 0;
  counts.forEach(() => {
    size++;
  });
  const counted = emptyCounts(size);
  let at = 0;
  counts.forEach((bits, same, different) => {
    counted.bits[at] = bits;
    counted.same[at] = same;
    counted.different[at++] = different;
  });
  return counted;
}

/** Columns of `size` zeros. */
export function emptyCounts(size: number): CountedDistances {
  return { bits: new Uint32Array(size), same: new Float64Array(size), different: new Float64Array(size) };
}

/** The counts of both. */
export function addCounts(a: CountedDistances, b: CountedDistances): CountedDistances {
  const sum = emptyCounts(a.bits.length + b.bits.length);
  let at = 0;
  for (let i = 0, j = 0; i < a.bits.length || j < b.bits.length; at++) {
    const [x, y] = [a.bits[i] ?? Number.POSITIVE_INFINITY, b.bits[j] ?? Number.POSITIVE_INFINITY];
    sum.bits[at] = Math.min(x, y);
    if (x <= y) {
      sum.same[at] += a.same[i];
      sum.different[at] += a.different[i++];
    }
    if (y <= x) {
      sum.same[at] += b.same[j];
      sum.different[at] += b.different[j++];
    }
  }
  return { bits: sum.bits.slice(0, at), same: sum.same.slice(0, at), different: sum.different.slice(0, at) };
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
