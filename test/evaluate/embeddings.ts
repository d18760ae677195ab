import { type Matrix, matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";

/** Random unit vectors around one centre per identity; `noise` is the deviation before normalisation. */
export function clusteredEmbeddings(
  seed: number,
  rows: number,
  identities: number,
  columns: number = 8,
  noise: number = 0.3,
): { x: Matrix; labels: Int32Array } {
  const random = createRandom(seed);
  const centres = Array.from({ length: identities * columns }, () => random.normal());
  const labels: Int32Array = Int32Array.from({ length: rows }, () => random.integer(identities));
  const x = matrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    let norm = 0;
    for (let k = 0; k < columns; k++) {
      const v = centres[labels[i] * columns + k] + noise * random.normal();
      x.data[i * columns + k] = v;
      norm += v * v;
    }
    for (let k = 0; k < columns; k++) x.data[i * columns + k] /= Math.sqrt(norm);
  }
  return { x, labels };
}
