import { grouped } from "../core/groups";
import { checkFinite, type Matrix, takeRows } from "../core/matrix";
import { type BlockOptions, forEachDistanceBlock } from "./distances";

/** A float32 ≥ 0 orders like its bits. The upper bits name a drawer, the lower ones a place in it. */
const LOW_BITS = 16;
const LOW = 1 << LOW_BITS;
const DRAWERS = 2 ** (31 - LOW_BITS);

/** So many values of a drawer wait before they are counted together: its bins fit the cache, those of all drawers do not. */
const WAITING = 1 << 14;

/** The values of one drawer: how often each was counted, and the lower bits of those that still wait. */
interface Drawer {
  readonly counts: Uint32Array | Float64Array;
  readonly lows: Uint16Array;
  waits: number;
}

/**
 * How often each float32 ≥ 0 occurred: an exact histogram with one bin per value, in drawers that are made when they are first needed. An octave of
 * distances takes 32 MiB (64 MiB from 2³² pairs on), whatever the number of pairs. Read it after `finish`.
 */
export class DistanceCounts {
  total = 0;
  private readonly drawers: (Drawer | undefined)[] = new Array<undefined>(DRAWERS).fill(undefined);

  private readonly most: number;

  /** `most`: no value will be counted more often than this. */
  constructor(most: number) {
    this.most = most;
  }

  /** Takes the values whose bits are `bits[from]` to `bits[to − 1]`. */
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

  /** Counts what still waits. */
  finish(): void {
    for (const drawer of this.drawers) if (drawer) count(drawer);
  }

  /** How often each value with these upper bits was counted, by its lower bits; undefined when there is none. */
  counts(upper: number): ArrayLike<number> | undefined {
    return this.drawers[upper]?.counts;
  }

  private open(upper: number): Drawer {
    const counts = this.most < 2 ** 32 ? new Uint32Array(LOW) : new Float64Array(LOW);
    const drawer = { counts, lows: new Uint16Array(WAITING), waits: 0 };
    this.drawers[upper] = drawer;
    return drawer;
  }
}

function count(drawer: Drawer): void {
  const { counts, lows, waits } = drawer;
  for (let o = 0; o < waits; o++) counts[lows[o]]++;
  drawer.waits = 0;
}

/** Squared L2 of all pairs i < j of N rows, counted apart for same and different labels. */
export interface PairCounts {
  readonly same: DistanceCounts;
  readonly different: DistanceCounts;
}

/** Called with each squared L2 that occurred, ascending, and how many same and different pairs have it. */
export type VisitDistance = (bits: number, same: number, different: number) => void;

/**
 * Counts all pairs in one pass over blocks: rows are put in order of their labels first, so that the same pairs of a row are a run of columns.
 * Throws a LabError that names a row which is not finite, a RangeError when labels are missing or squares overflow 32-bit floats.
 */
export function countPairs(x: Matrix, labels: ArrayLike<number>, options: BlockOptions = {}): PairCounts {
  checkRows(x, labels);
  const { order, ends } = byLabel(labels);
  const most = (x.rows * (x.rows - 1)) / 2;
  const same = new DistanceCounts(most);
  const different = new DistanceCounts(most);
  forEachDistanceBlock(
    takeRows(x, order),
    ({ rowStart, rows, columnStart, columns, values }) => {
      const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
      for (let i = 0; i < rows; i++) {
        const from = Math.min(columns, Math.max(0, rowStart + i + 1 - columnStart));
        const border = Math.min(columns, Math.max(from, ends[rowStart + i] - columnStart));
        same.add(bits, i * columns + from, i * columns + border);
        different.add(bits, i * columns + border, (i + 1) * columns);
      }
    },
    { ...options, triangle: true },
  );
  same.finish();
  different.finish();
  return { same, different };
}

/** How many unordered pairs have the same label, and how many have different ones. */
export function pairsOfLabels(labels: ArrayLike<number>): { same: number; different: number } {
  const groups = grouped(Array.from(labels), (label) => label).values();
  const same = [...groups].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  return { same, different: (labels.length * (labels.length - 1)) / 2 - same };
}

/** Visits the counted distances in ascending order. */
export function forEachDistance({ same, different }: PairCounts, visit: VisitDistance): void {
  for (let upper = 0; upper < DRAWERS; upper++) {
    const ofSame = same.counts(upper) ?? NONE;
    const ofDifferent = different.counts(upper) ?? NONE;
    if (ofSame === NONE && ofDifferent === NONE) continue;
    for (let low = 0; low < LOW; low++) {
      const s = ofSame[low];
      const d = ofDifferent[low];
      if (s + d > 0) visit(upper * LOW + low, s, d);
    }
  }
}

const NONE: Uint32Array = new Uint32Array(LOW);

/** The float32 with these bits. */
export function floatOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0];
}

/** Bits of the smallest float32 ≥ 0 that is not below `value`: a float32 is below `value` when its bits are below these. */
export function bitsAtLeast(value: number): number {
  if (Number.isNaN(value))
    throw new RangeError("Cannot use a threshold: it must be a number, current value is NaN");
  if (value <= 0) return 0;
  const nearest = Float32Array.of(value);
  const bits = new Uint32Array(nearest.buffer)[0];
  return nearest[0] < value ? bits + 1 : bits;
}

/** Rows in order of their labels, and for each of them where its label ends. */
function byLabel(labels: ArrayLike<number>): { order: Int32Array; ends: Int32Array } {
  const order: Int32Array = Int32Array.from({ length: labels.length }, (_, i) => i).sort(
    (a, b) => labels[a] - labels[b] || a - b,
  );
  const ends: Int32Array = new Int32Array(order.length);
  for (let i = order.length - 1; i >= 0; i--) {
    const last = i === order.length - 1 || labels[order[i]] !== labels[order[i + 1]];
    ends[i] = last ? i + 1 : ends[i + 1];
  }
  return { order, ends };
}

function checkRows(x: Matrix, labels: ArrayLike<number>): void {
  if (labels.length !== x.rows) {
    throw new RangeError(
      `Cannot evaluate all pairs: ${x.rows} labels are needed, current value is ${labels.length}`,
    );
  }
  checkFinite(x, "these embeddings");
  let largest = 0;
  for (const value of x.data) largest = Math.max(largest, Math.abs(value));
  // (2·largest)² · D bounds a squared distance.
  if (4 * largest ** 2 * x.columns < 3e38) return;
  throw new RangeError(
    `Cannot evaluate all pairs: squared distances must fit 32-bit floats, the largest value is ${largest}`,
  );
}
