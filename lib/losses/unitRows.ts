import type { Matrix } from "../core/matrix";
import type { Numbers } from "./products";

/** Rows of length 1, and the L2 norms that they had. A row of zeros stays 0, with norm 0. */
export interface UnitRows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
  readonly norms: Float64Array;
}

/** x / ‖x‖ per row, in float64. */
export function unitRows({ rows, columns, data: x }: Matrix): UnitRows {
  const data = new Float64Array(x.length);
  const norms = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = i * columns;
    let square = 0;
    for (let k = 0; k < columns; k++) square += x[row + k] ** 2;
    norms[i] = Math.sqrt(square);
    if (square > 0) for (let k = 0; k < columns; k++) data[row + k] = x[row + k] / norms[i];
  }
  return { rows, columns, data, norms };
}

/**
 * Carries dL/du back through u = x / ‖x‖: dL/dx = (g − (g·u) u) / ‖x‖, which is orthogonal to x. 0 for a row of zeros.
 * `g` (N×D) is dL/du.
 */
export function throughUnitRows(g: Numbers, { rows, columns, data: u, norms }: UnitRows): Float64Array {
  const gradient = new Float64Array(u.length);
  for (let i = 0; i < rows; i++) {
    if (norms[i] === 0) continue;
    const row = i * columns;
    let along = 0;
    for (let k = 0; k < columns; k++) along += g[row + k] * u[row + k];
    for (let k = 0; k < columns; k++) gradient[row + k] = (g[row + k] - along * u[row + k]) / norms[i];
  }
  return gradient;
}
