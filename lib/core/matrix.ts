import { LabError } from "./errors";

/** A dense row-major matrix of 32-bit floats: element (i, j) is `data[i * columns + j]`. Embeddings are N×D, one row per image. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** How many values a tensor of this shape has. */
export function valuesOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Wraps or allocates (zeros) an N×D matrix. Throws a RangeError when the sizes do not fit the data. */
export function matrix(rows: number, columns: number, data?: Float32Array): Matrix {
  const values: Float32Array = data ?? new Float32Array(rows * columns);
  if (values.length !== rows * columns) {
    throw new RangeError(
      `Cannot make a ${rows}×${columns} matrix: ${rows * columns} values are needed, current value is ${values.length}`,
    );
  }
  return { rows, columns, data: values };
}

/** A matrix from an array of equally long rows. */
export function matrixFromRows(rows: ReadonlyArray<ArrayLike<number>>): Matrix {
  const columns = rows.length > 0 ? rows[0].length : 0;
  const result = matrix(rows.length, columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new RangeError(
        `Cannot make a matrix: every row must have ${columns} values, row ${i} has ${row.length}`,
      );
    }
    result.data.set(row, i * columns);
  });
  return result;
}

/** Row `i` as a view (no copy). */
export function rowOf(m: Matrix, i: number): Float32Array {
  return m.data.subarray(i * m.columns, (i + 1) * m.columns);
}

/** Matrices of one width, one under the other, copied. Throws a RangeError when the widths differ. */
export function stackRows(parts: readonly Matrix[]): Matrix {
  const columns = parts[0]?.columns ?? 0;
  const result = matrix(
    parts.reduce((rows, part) => rows + part.rows, 0),
    columns,
  );
  let at = 0;
  for (const part of parts) {
    if (part.columns !== columns) {
      throw new RangeError(
        `Cannot stack matrices: each must have ${columns} columns, current value is ${part.columns}`,
      );
    }
    result.data.set(part.data, at);
    at += part.data.length;
  }
  return result;
}

/** The rows named by `indices`, copied in that order. */
export function takeRows(m: Matrix, indices: ArrayLike<number>): Matrix {
  const result = matrix(indices.length, m.columns);
  for (let i = 0; i < indices.length; i++) result.data.set(rowOf(m, indices[i]), i * m.columns);
  return result;
}

/** Throws a LabError naming the first row that holds a NaN or an infinity. */
export function checkFinite(m: Matrix, what: string): void {
  for (let i = 0; i < m.data.length; i++) {
    if (!Number.isFinite(m.data[i])) {
      throw new LabError(
        `Cannot use ${what}: every value must be finite, row ${Math.floor(i / m.columns)} column ${i % m.columns} is ${m.data[i]}`,
      );
    }
  }
}

/**
 * Throws a RangeError unless `times` every squared L2 between the rows, or other rows without larger values, fits 32-bit floats; rows must be finite. `action` names
 * in the error what cannot be done.
 */
export function checkSquares(m: Matrix, action: string, times: number = 1): void {
  let largest = 0;
  for (let i = 0; i < m.data.length; i++) largest = Math.max(largest, Math.abs(m.data[i]));
  // (2·largest)² · D bounds a squared distance.
  if (4 * largest ** 2 * m.columns * times < 3e38) return;
  const what = times > 1 ? `squared distances times ${times}` : "squared distances";
  throw new RangeError(`Cannot ${action}: ${what} must fit 32-bit floats, the largest value is ${largest}`);
}

/** Squared L2 distance between row `i` of `a` and row `j` of `b` (the paper's D; never its root). */
export function squaredL2(a: Matrix, i: number, b: Matrix, j: number): number {
  let sum = 0;
  const ai = i * a.columns;
  const bj = j * b.columns;
  for (let k = 0; k < a.columns; k++) {
    const difference = a.data[ai + k] - b.data[bj + k];
    sum += difference * difference;
  }
  return sum;
}
