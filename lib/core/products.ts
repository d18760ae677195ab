/**
 * Inner products of two blocks of rows: `a` is m×d, `b` is n×d, the result m×n, row-major. `plainProducts` is plain TypeScript; `engineProducts` in `lib/engine`
 * does the same on all cores.
 */
export interface Products {
  (a: Float32Array, m: number, b: Float32Array, n: number, d: number): Float32Array;
  /** Where not all need to be fetched: visits at least the products above the limit of their row of `a`, in stretches of that row. */
  readonly above?: (
    a: Float32Array,
    m: number,
    b: Float32Array,
    n: number,
    d: number,
    limits: ArrayLike<number>,
    visit: VisitProducts,
  ) => void;
}

/** Takes the products of a row of `a` with the rows of `b` from `column` on. */
export type VisitProducts = (row: number, column: number, values: Float32Array) => void;

/** Visits all m×n products, row by row. */
export function visitRows(values: Float32Array, m: number, n: number, visit: VisitProducts): void {
  for (let row = 0; row < m; row++) visit(row, 0, values.subarray(row * n, (row + 1) * n));
}
