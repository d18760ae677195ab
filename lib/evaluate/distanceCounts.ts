/** Called with the bits of each squared L2 that occurred, ascending, and how many same and different pairs have it. A float32 ≥ 0 orders like its bits. */
export type VisitDistance = (bits: number, same: number, different: number) => void;

/** Counts float32 values ≥ 0 by their bits. */
export interface DistanceCounter {
  readonly total: number;
  /** Takes the values whose bits are `bits[from]` to `bits[to − 1]`. */
  add(bits: Uint32Array, from: number, to: number): void;
  /** After the last value, before any is visited. */
  finish(): void;
}

/** All values in one sorted list: for few of them. */
export class SortedDistances implements DistanceCounter {
  total = 0;
  private values: Uint32Array;

  /** `most`: no more values than this will come. */
  constructor(most: number) {
    this.values = new Uint32Array(most);
  }

  add(bits: Uint32Array, from: number, to: number): void {
    if (to <= from) return;
    this.values.set(bits.subarray(from, to), this.total);
    this.total += to - from;
  }

  finish(): void {
    this.values = this.values.slice(0, this.total).sort();
  }

  /** Visits the values of two lists in ascending order. */
  static visitBoth(same: SortedDistances, different: SortedDistances, visit: VisitDistance): void {
    const [a, b] = [same.values, different.values];
    for (let i = 0, j = 0; i < a.length || j < b.length; ) {
      const value = i < a.length && (j >= b.length || a[i] < b[j]) ? a[i] : b[j];
      const [fromA, fromB] = [i, j];
      while (a[i] === value) i++;
      while (b[j] === value) j++;
      visit(value, i - fromA, j - fromB);
    }
  }
}

/** The upper bits of a value name a drawer, the lower ones a place in it. */
const LOW_BITS = 16;
const LOW = 1 << LOW_BITS;
const DRAWERS = 2 ** (31 - LOW_BITS);

/** So many values of a drawer wait before they are counted together, one for each of its bins: the bins of one drawer fit the cache, those of all do not. */
const WAITING = LOW;

/** The values of one drawer: how often each was counted, and the lower bits of those that still wait. */
interface Drawer {
  readonly counts: Uint32Array | Float64Array;
  readonly lows: Uint16Array;
  waits: number;
}

/**
 * How often each float32 ≥ 0 occurred: an exact histogram with one bin per value, in drawers that are made when they are first needed. An octave of
 * distances takes 48 MiB (80 MiB from 2³² pairs on), whatever the number of pairs.
 */
export class DistanceHistogram implements DistanceCounter {
  total = 0;
  private readonly drawers: (Drawer | undefined)[] = new Array<undefined>(DRAWERS).fill(undefined);
  private readonly most: number;

  /** `most`: no value will be counted more often than this. */
  constructor(most: number) {
    this.most = most;
  }

  add(bits: Uint32Array, from: number, to: number): void {
    if (to <= from) return;
    this.total += to - from;
    const { drawers } = this;
    for (let o = from; o < to; o++) {
      const value = bits[o];
      const drawer = drawers[value >>> LOW_BITS] ?? this.open(value >>> LOW_BITS);
      drawer.lows[drawer.waits++] = value;
      if (drawer.waits === WAITING) count(drawer);
    }
  }

  finish(): void {
    for (const drawer of this.drawers) if (drawer) count(drawer);
  }

  /** Visits the values of two histograms in ascending order. */
  static visitBoth(same: DistanceHistogram, different: DistanceHistogram, visit: VisitDistance): void {
    for (let upper = 0; upper < DRAWERS; upper++) {
      const ofSame = same.drawers[upper]?.counts ?? NONE;
      const ofDifferent = different.drawers[upper]?.counts ?? NONE;
      if (ofSame === NONE && ofDifferent === NONE) continue;
      for (let low = 0; low < LOW; low++) {
        const s = ofSame[low];
        const d = ofDifferent[low];
        if (s + d > 0) visit(upper * LOW + low, s, d);
      }
    }
  }

  private open(upper: number): Drawer {
    const counts = this.most < 2 ** 32 ? new Uint32Array(LOW) : new Float64Array(LOW);
    const drawer = { counts, lows: new Uint16Array(WAITING), waits: 0 };
    this.drawers[upper] = drawer;
    return drawer;
  }
}

const NONE: Uint32Array = new Uint32Array(LOW);

function count(drawer: Drawer): void {
  const { counts, lows, waits } = drawer;
  for (let o = 0; o < waits; o++) counts[lows[o]]++;
  drawer.waits = 0;
}
