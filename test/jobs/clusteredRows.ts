import { type Matrix, matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";

/** Rows around a centre of their label, with the last one a copy of the first: near pairs and a distance of exactly 0. */
export function clusteredRows(
  rows: number,
  columns: number,
  seed: number,
): { x: Matrix; labels: Int32Array } {
  const random = createRandom(seed);
  const labels: Int32Array = Int32Array.from({ length: rows }, () => random.integer(12));
  const centres = Array.from({ length: 12 * columns }, () => random.normal());
  const x = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns; c++)
      x.data[i * columns + c] = centres[labels[i] * columns + c] + 0.8 * random.normal();
  }
  x.data.copyWithin((rows - 1) * columns, 0, columns);
  return { x, labels };
}
