import { grouped } from "../core/groups";
import { type Matrix, takeRows } from "../core/matrix";
import { type AllPairsResult, allPairsVal, type ValPoint } from "./allPairs";
import type { BlockOptions } from "./distances";
import { pairsOfLabels } from "./pairCounts";

/** One value of a column: the pairs of which both images have it. */
export interface Slice {
  readonly value: string;
  readonly images: number;
  readonly identities: number;
  readonly pairs: { readonly same: number; readonly different: number };
  /** Why there are no numbers; then `verification` is left out. */
  readonly tooFew?: string;
  /** `atThresholds` has this slice's VAL and FAR at the thresholds of all pairs: unequal FARs are what one threshold for everybody costs. */
  readonly verification?: AllPairsResult;
}

/** A column cut into its values. */
export interface SlicedColumn {
  readonly column: string;
  readonly slices: readonly Slice[];
  /** Rows without a value; they are in no slice. */
  readonly without: number;
  /** Why the column has no slices; absent where it has. */
  readonly refused?: string;
}

/** Options of {@link slicesOf}. */
export interface SliceOptions extends BlockOptions {
  /** Fewer same pairs than this give no numbers; default 30. */
  readonly leastSame?: number;
  /** Fewer different pairs than this give no numbers; default 1,000. */
  readonly leastDifferent?: number;
  /** Fewer identities give no numbers: their pairs say nothing about others; default 5. */
  readonly leastIdentities?: number;
  /** A column of numbers with more values is cut at its quartiles; one of other text is refused; at least 1, default 12. */
  readonly mostValues?: number;
}

/** Verification over all pairs inside each value of a column, beside the thresholds of all pairs. */
export function slicesOf(
  x: Matrix,
  labels: ArrayLike<number>,
  column: string,
  values: readonly string[],
  points: readonly ValPoint[],
  options: SliceOptions = {},
): SlicedColumn {
  const { mostValues = 12 } = options;
  const rows = Array.from(values.keys()).filter((row) => values[row] !== "");
  const cut = sliceNames(values, mostValues);
  const without = values.length - rows.length;
  if (typeof cut === "string") return { column, slices: [], without, refused: cut };
  const groups = [...grouped(rows, (row) => cut(values[row]))].sort(([a], [b]) => (a < b ? -1 : 1));
  const slices = groups.map(([value, members]) => sliceOf(x, labels, value, members, points, options));
  return { column, slices, without };
}

function sliceOf(
  x: Matrix,
  labels: ArrayLike<number>,
  value: string,
  rows: readonly number[],
  points: readonly ValPoint[],
  options: SliceOptions,
): Slice {
  const { leastSame = 30, leastDifferent = 1000, leastIdentities = 5, block, products } = options;
  const own = rows.map((row) => labels[row]);
  const pairs = pairsOfLabels(own);
  const identities = new Set(own).size;
  const counts = { value, images: rows.length, identities, pairs };
  const short = [
    ...(identities < leastIdentities ? [`${identities} of ${leastIdentities} identities`] : []),
    ...(pairs.same < leastSame ? [`${pairs.same} of ${leastSame} same pairs`] : []),
    ...(pairs.different < leastDifferent ? [`${pairs.different} of ${leastDifferent} different pairs`] : []),
  ];
  if (short.length > 0) return { ...counts, tooFew: `too few to measure: ${short.join(", ")}` };
  const thresholds = points.map((point) => point.threshold);
  const verification = allPairsVal(takeRows(x, rows), own, { block, products, thresholds });
  return { ...counts, verification };
}

/** What a cell's slice is called: its value, or the quarter of a column of many numbers that it lies in; or why there are no slices. */
function sliceNames(values: readonly string[], mostValues: number): ((value: string) => string) | string {
  const distinct = new Set(values);
  distinct.delete("");
  if (distinct.size <= mostValues) return (value) => value;
  const numbers = Float64Array.from([...values].filter((value) => value !== "").map(Number)).sort();
  if (!numbers.every(Number.isFinite)) {
    return `${distinct.size} values: at most ${mostValues}, or numbers, can be sliced`;
  }
  const cuts = [1, 2, 3].map((q) => numbers[Math.floor((q * numbers.length) / 4)]);
  const edges = [numbers[0], ...cuts, numbers[numbers.length - 1]];
  return (value) => {
    const quarter = cuts.filter((cut) => Number(value) >= cut).length;
    return `quarter ${quarter + 1}: ${edges[quarter]} to ${edges[quarter + 1]}`;
  };
}
