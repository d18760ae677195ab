import { checkFinite, checkSquares, type Matrix, squaredL2 } from "../core/matrix";
import { type BlockOptions, type DistanceBlock, plainProducts } from "./distances";

/** Below this share of ‖p‖² + ‖g‖² the product form has lost too many digits; such a pair is computed from its differences. */
const CANCELLED = 2 ** -10;

/**
 * Visits the squared L2 of all probes (rows of a block) to all gallery rows (its columns), one block of probes after the other, each against the
 * gallery from first to last. ‖p‖² + ‖g‖² − 2p·g; near pairs from their differences, so that equal rows are exactly 0 apart.
 * Throws a RangeError when the columns differ, the gallery is empty or squares overflow 32-bit floats, a LabError for a row that is not finite.
 */
export function forEachGalleryBlock(
  probes: Matrix,
  gallery: Matrix,
  visit: (block: DistanceBlock) => void,
  options: BlockOptions = {},
): void {
  const { block = 1024, products = plainProducts } = options;
  checkGallery(probes, gallery);
  const norms = [probes, gallery].map(squaredNorms);
  const d = gallery.columns;
  for (let rowStart = 0; rowStart < probes.rows; rowStart += block) {
    const rows = Math.min(block, probes.rows - rowStart);
    const a = probes.data.subarray(rowStart * d, (rowStart + rows) * d);
    for (let columnStart = 0; columnStart < gallery.rows; columnStart += block) {
      const columns = Math.min(block, gallery.rows - columnStart);
      const b = gallery.data.subarray(columnStart * d, (columnStart + columns) * d);
      const values = products(a, rows, b, columns, d);
      for (let i = 0; i < rows; i++) {
        const norm = norms[0][rowStart + i];
        for (let j = 0, o = i * columns; j < columns; j++, o++) {
          const sum = norm + norms[1][columnStart + j];
          const squared = sum - 2 * values[o];
          const cancelled = squared < CANCELLED * sum;
          values[o] = cancelled ? squaredL2(probes, rowStart + i, gallery, columnStart + j) : squared;
        }
      }
      visit({ rowStart, rows, columnStart, columns, values });
    }
  }
}

function squaredNorms(x: Matrix): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, i) => {
    let sum = 0;
    for (let c = i * x.columns; c < (i + 1) * x.columns; c++) sum += x.data[c] ** 2;
    return sum;
  });
}

/**
 * What every search of probes in a gallery needs. Throws a RangeError when the columns differ, the gallery is empty or squares overflow 32-bit floats, a LabError for
 * a row that is not finite.
 */
export function checkGallery(probes: Matrix, gallery: Matrix): void {
  if (probes.columns !== gallery.columns || gallery.rows === 0) {
    throw new RangeError(
      `Cannot search a gallery: it must have rows of ${probes.columns} columns, current value is ${gallery.rows} rows of ${gallery.columns}`,
    );
  }
  checkFinite(probes, "the probes");
  checkFinite(gallery, "the gallery");
  for (const rows of [probes, gallery]) checkSquares(rows, "search a gallery");
}
