import { type Matrix, matrix, squaredL2 } from "../core/matrix";
import type { Products } from "../core/products";
import { centreOf } from "./centre";

/** Plain inner products, 1×4 unrolled. */
export const plainProducts: Products = (a, m, b, n, d) => {
  const result: Float32Array = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    const ai = i * d;
    let j = 0;
    for (; j + 3 < n; j += 4) {
      const b0 = j * d;
      const b1 = b0 + d;
      const b2 = b1 + d;
      const b3 = b2 + d;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < d; k++) {
        const v = a[ai + k];
        s0 += v * b[b0 + k];
        s1 += v * b[b1 + k];
        s2 += v * b[b2 + k];
        s3 += v * b[b3 + k];
      }
      const o = i * n + j;
      result[o] = s0;
      result[o + 1] = s1;
      result[o + 2] = s2;
      result[o + 3] = s3;
    }
    for (; j < n; j++) {
      let s = 0;
      for (let k = 0; k < d; k++) s += a[ai + k] * b[j * d + k];
      result[i * n + j] = s;
    }
  }
  return result;
};

/** Below this share of ‖a‖² + ‖b‖² the product form has lost too many digits; such a pair is computed from its differences. */
const CANCELLED = 2 ** -10;

/** Squared L2 distances of rows [rowStart, rowStart + rows) against [columnStart, columnStart + columns), row-major, never below 0. */
export interface DistanceBlock {
  readonly rowStart: number;
  readonly rows: number;
  readonly columnStart: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Options of the functions that look at all pairs. */
export interface BlockOptions {
  /** Rows of a block; memory is block² floats; default 1024. */
  readonly block?: number;
  readonly products?: Products;
}

/** Options of {@link distanceBlocks}. */
export interface DistanceBlocksOptions extends BlockOptions {
  /** Only blocks on and above the diagonal, each unordered pair in at least one of them; default false. */
  readonly triangle?: boolean;
  /** Ascending, one number per row: only blocks with a pair (i, j), j < `ends[i]`; default all. */
  readonly ends?: Int32Array;
}

/** The blocks of the distances between all rows of a matrix, numbered in the order in which they are visited. */
export interface DistanceBlocks {
  readonly count: number;
  /** Visits the blocks `from` to `to − 1`; default all. */
  forEach(visit: (block: DistanceBlock) => void, from?: number, to?: number): void;
}

/**
 * All squared L2 distances between the rows of `x` in blocks, ‖a‖² + ‖b‖² − 2a·b of rows that were moved towards the origin; near
 * pairs, where that form cancels, from their differences, so that equal rows are exactly 0 apart. Never holds more than one block.
 */
export function distanceBlocks(x: Matrix, options: DistanceBlocksOptions = {}): DistanceBlocks {
  const { block = 1024, products = plainProducts, triangle = false, ends } = options;
  const moved = towardsOrigin(x);
  const norms = squaredNorms(moved);
  const d = x.columns;
  const starts: [row: number, column: number][] = [];
  for (let rowStart = 0; rowStart < x.rows; rowStart += block) {
    const end = ends ? ends[Math.min(x.rows, rowStart + block) - 1] : x.rows;
    for (let columnStart = triangle ? rowStart : 0; columnStart < end; columnStart += block)
      starts.push([rowStart, columnStart]);
  }
  const blockAt = ([rowStart, columnStart]: [number, number]): DistanceBlock => {
    const rows = Math.min(block, x.rows - rowStart);
    const columns = Math.min(block, x.rows - columnStart);
    const a = moved.data.subarray(rowStart * d, (rowStart + rows) * d);
    const b = moved.data.subarray(columnStart * d, (columnStart + columns) * d);
    const values = products(a, rows, b, columns, d);
    const columnNorms = norms.subarray(columnStart, columnStart + columns);
    for (let i = 0; i < rows; i++) {
      const norm = norms[rowStart + i];
      for (let j = 0, o = i * columns; j < columns; j++, o++) {
        const sum = norm + columnNorms[j];
        const squared = sum - 2 * values[o];
        values[o] = squared < CANCELLED * sum ? squaredL2(x, rowStart + i, x, columnStart + j) : squared;
      }
    }
    return { rowStart, rows, columnStart, columns, values };
  };
  return {
    count: starts.length,
    forEach: (visit, from = 0, to = starts.length) => {
      for (const start of starts.slice(from, to)) visit(blockAt(start));
    },
  };
}

/** Visits all blocks of {@link distanceBlocks}. */
export function forEachDistanceBlock(
  x: Matrix,
  visit: (block: DistanceBlock) => void,
  options: DistanceBlocksOptions = {},
): void {
  distanceBlocks(x, options).forEach(visit);
}

/** Visits every unordered pair i < j once. */
export function forEachPairDistance(
  x: Matrix,
  visit: (i: number, j: number, squared: number) => void,
  options: BlockOptions = {},
): void {
  forEachDistanceBlock(
    x,
    ({ rowStart, rows, columnStart, columns, values }) => {
      for (let i = 0; i < rows; i++) {
        const first = rowStart + i;
        const from = Math.max(0, first + 1 - columnStart);
        for (let j = from; j < columns; j++) visit(first, columnStart + j, values[i * columns + j]);
      }
    },
    { ...options, triangle: true },
  );
}

/** Squared L2 of the listed pairs of rows. */
export function pairDistances(x: Matrix, first: ArrayLike<number>, second: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: first.length }, (_, p) => squaredL2(x, first[p], x, second[p]));
}

/** The rows minus their centre; `x` itself where that is 0. Distances stay the same and keep their digits. */
function towardsOrigin(x: Matrix): Matrix {
  const centre = centreOf(x);
  if (centre.every((value) => value === 0)) return x;
  return matrix(
    x.rows,
    x.columns,
    x.data.map((value, o) => value - centre[o % x.columns]),
  );
}

function squaredNorms(x: Matrix): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, i) => {
    let sum = 0;
    for (let k = i * x.columns; k < (i + 1) * x.columns; k++) sum += x.data[k] ** 2;
    return sum;
  });
}
