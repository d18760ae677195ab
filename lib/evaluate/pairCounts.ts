import { grouped } from "../core/groups";
import { checkFinite, checkSquares, type Matrix, takeRows } from "../core/matrix";
import {
  type DistanceCounter,
  DistanceHistogram,
  SortedDistances,
  type VisitDistance,
} from "./distanceCounts";
import { type BlockOptions, type DistanceBlock, distanceBlocks } from "./distances";

/** Squared L2 of all pairs i < j of N rows, counted apart for same and different labels. */
export interface PairCounts {
  readonly samePairs: number;
  readonly differentPairs: number;
  /** Visits each squared L2 that occurred, ascending. */
  forEach(visit: VisitDistance): void;
}

/** Up to so many pairs are sorted: the drawers of a histogram would be nearly empty. */
const FEW = 1 << 20;

/** Pairs i < j of N rows in blocks, which can be counted apart: every pair lies in one of them. */
export interface PairBlocks {
  /** Blocks. */
  readonly count: number;
  /** Counts the pairs of the blocks `from` to `to − 1`; default all. */
  countPairs(from?: number, to?: number): PairCounts;
}

/**
 * The pairs of N rows in blocks: rows are put in order of their labels first, so that the same pairs of a row are a run of columns.
 * Throws a LabError that names a row which is not finite, a RangeError when labels are missing or squares overflow 32-bit floats.
 */
export function pairBlocks(x: Matrix, labels: ArrayLike<number>, options: BlockOptions = {}): PairBlocks {
  checkRows(x, labels, "evaluate all pairs");
  const { order, ends } = byLabel(labels);
  const blocks = distanceBlocks(takeRows(x, order), { ...options, triangle: true });
  const { block = 1024 } = options;
  const pairs = (x.rows * (x.rows - 1)) / 2;
  return {
    count: blocks.count,
    countPairs: (from = 0, to = blocks.count) => {
      const most = Math.min(pairs, (to - from) * block ** 2);
      const count = <C extends DistanceCounter>(kind: Counting<C>): PairCounts =>
        countBy(kind, most, ends, (visit) => blocks.forEach(visit, from, to));
      return most <= FEW ? count(SortedDistances) : count(DistanceHistogram);
    },
  };
}

/** Counts all pairs in one pass over their blocks. Throws as {@link pairBlocks} does. */
export function countPairs(x: Matrix, labels: ArrayLike<number>, options: BlockOptions = {}): PairCounts {
  return pairBlocks(x, labels, options).countPairs();
}

/** A way of counting: how a counter is made, and how two of them are visited together. */
interface Counting<C extends DistanceCounter> {
  new (most: number): C;
  visitBoth(same: C, different: C, visit: VisitDistance): void;
}

function countBy<C extends DistanceCounter>(
  kind: Counting<C>,
  most: number,
  ends: Int32Array,
  forEachBlock: (visit: (block: DistanceBlock) => void) => void,
): PairCounts {
  const [same, different] = [new kind(most), new kind(most)];
  forEachBlock(({ rowStart, rows, columnStart, columns, values }) => {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < rows; i++) {
      const from = Math.min(columns, Math.max(0, rowStart + i + 1 - columnStart));
      const border = Math.min(columns, Math.max(from, ends[rowStart + i] - columnStart));
      same.add(bits, i * columns + from, i * columns + border);
      different.add(bits, i * columns + border, (i + 1) * columns);
    }
  });
  same.finish();
  different.finish();
  return {
    samePairs: same.total,
    differentPairs: different.total,
    forEach: (visit) => kind.visitBoth(same, different, visit),
  };
}

/** How many unordered pairs have the same label, and how many have different ones. */
export function pairsOfLabels(labels: ArrayLike<number>): { same: number; different: number } {
  const groups = grouped(Array.from(labels), (label) => label).values();
  const same = [...groups].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  return { same, different: (labels.length * (labels.length - 1)) / 2 - same };
}

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

/** Rows in order of their labels (ties: by row), and for each place in that order where its label ends. */
export function byLabel(labels: ArrayLike<number>): { order: Int32Array; ends: Int32Array } {
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

/**
 * What every look at all pairs needs; `action` names it in the error. Throws a LabError that names a row which is not finite, a RangeError when labels are missing or
 * squares overflow 32-bit floats.
 */
export function checkRows(x: Matrix, labels: ArrayLike<number>, action: string): void {
  if (labels.length !== x.rows) {
    throw new RangeError(`Cannot ${action}: ${x.rows} labels are needed, current value is ${labels.length}`);
  }
  checkFinite(x, "these embeddings");
  checkSquares(x, action);
}
