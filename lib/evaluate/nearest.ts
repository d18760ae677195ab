import { type Matrix, matrix, squaredL2 } from "../core/matrix";
import { columnMeans } from "../core/scatter";
import { type BlockOptions, plainProducts } from "./distances";
import { checkGallery, squaredNorms } from "./galleryBlocks";

/** The k nearest gallery rows of every probe, nearest first: P×k, row-major. */
export interface Nearest {
  readonly k: number;
  readonly indices: Int32Array;
  /** Squared L2, from differences in float64: exactly 0 for two equal rows. */
  readonly distances: Float32Array;
}

/** Options of {@link nearestRows}. */
export interface NearestOptions extends BlockOptions {
  /** The probes are the gallery, and a row is not its own neighbour; default false. */
  readonly leaveOneOut?: boolean;
}

/** Gallery rows of a block: longer than the probes' so that few blocks are copied. */
const GALLERY_BLOCK = 4096;

/**
 * Exact k nearest gallery rows by blocked products: ‖g‖² / 2 − p·g orders the gallery like ‖p − g‖². Ties: the smaller row. Two gallery rows whose
 * distances differ by less than the products' rounding (about 1e-7 of the squared spread of the gallery) can change places at rank k. Cost O(P·G·D), memory of one block.
 * Throws a RangeError unless 1 ≤ k ≤ gallery (one less with `leaveOneOut`) and both have the same columns, a LabError for a row that is not finite.
 */
export function nearestRows(
  probes: Matrix,
  gallery: Matrix,
  k: number,
  options: NearestOptions = {},
): Nearest {
  const { block = 1024, products = plainProducts, leaveOneOut = false } = options;
  checkSearch(probes, gallery, k, leaveOneOut);
  const d = gallery.columns;
  const [left, right] = nearOrigin(probes, gallery);
  const indices: Int32Array = new Int32Array(probes.rows * k).fill(-1);
  const keys = new Float64Array(probes.rows * k).fill(Number.POSITIVE_INFINITY);
  const halves = squaredNorms(right).map((norm) => norm / 2);
  for (let from = 0; from < probes.rows; from += block) {
    const rows = Math.min(block, probes.rows - from);
    const a = left.data.subarray(from * d, (from + rows) * d);
    for (let start = 0; start < gallery.rows; start += GALLERY_BLOCK) {
      const columns = Math.min(GALLERY_BLOCK, gallery.rows - start);
      const values = products(a, rows, right.data.subarray(start * d, (start + columns) * d), columns, d);
      for (let i = 0; i < rows; i++) {
        const row = from + i;
        const line = values.subarray(i * columns, (i + 1) * columns);
        // A row is left out of its own gallery by cutting the block in two.
        const self = leaveOneOut && row >= start && row < start + columns ? row - start : columns;
        scan({ line, halves, start, from: 0, to: self, indices, keys, at: row * k, k });
        scan({ line, halves, start, from: self + 1, to: columns, indices, keys, at: row * k, k });
      }
    }
  }
  return refined(probes, gallery, { k, indices, distances: new Float32Array(indices.length) });
}

/**
 * Probes and gallery minus a vector near the gallery's mean, when that mean is longer than the spread around it: products of long rows would lose the digits
 * of short distances. The vector's values are multiples of a power of two about as large as the spread, so that integers stay integers.
 */
function nearOrigin(probes: Matrix, gallery: Matrix): [Matrix, Matrix] {
  const { rows, columns, data } = gallery;
  const mean = columnMeans(gallery);
  const variance = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) variance[i % columns] += (data[i] - mean[i % columns]) ** 2 / rows;
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  if (sum(mean.map((value) => value * value)) <= sum(variance)) return [probes, gallery];
  const shift = mean.map((value, k) => {
    const step = 2 ** Math.floor(Math.log2(Math.sqrt(variance[k])));
    return step > 0 ? Math.round(value / step) * step : value;
  });
  const moved = (x: Matrix): Matrix =>
    matrix(
      x.rows,
      columns,
      x.data.map((value, i) => value - shift[i % columns]),
    );
  return [moved(probes), moved(gallery)];
}

/** Offers `line[from … to)` to the k best of one probe, which stand at `at`. */
function scan(work: {
  line: Float32Array;
  halves: Float64Array;
  start: number;
  from: number;
  to: number;
  indices: Int32Array;
  keys: Float64Array;
  at: number;
  k: number;
}): void {
  const { line, halves, start, from, to, indices, keys, at, k } = work;
  const last = at + k - 1;
  let worst = keys[last];
  for (let j = from; j < to; j++) {
    const key = halves[start + j] - line[j];
    if (key >= worst) continue;
    let place = last;
    for (; place > at && keys[place - 1] > key; place--) {
      keys[place] = keys[place - 1];
      indices[place] = indices[place - 1];
    }
    keys[place] = key;
    indices[place] = start + j;
    worst = keys[last];
  }
}

/** Distances from differences, and the order that they give; ties: the smaller row. */
function refined(probes: Matrix, gallery: Matrix, { k, indices, distances }: Nearest): Nearest {
  for (let i = 0; i < probes.rows; i++) {
    const found = Array.from(indices.subarray(i * k, (i + 1) * k), (row) => ({
      row,
      distance: Math.fround(squaredL2(probes, i, gallery, row)),
    }));
    found.sort((a, b) => a.distance - b.distance || a.row - b.row);
    found.forEach(({ row, distance }, r) => {
      indices[i * k + r] = row;
      distances[i * k + r] = distance;
    });
  }
  return { k, indices, distances };
}

function checkSearch(probes: Matrix, gallery: Matrix, k: number, leaveOneOut: boolean): void {
  checkGallery(probes, gallery);
  const most = gallery.rows - (leaveOneOut ? 1 : 0);
  if (Number.isInteger(k) && k >= 1 && k <= most) return;
  throw new RangeError(`Cannot find neighbours: k must be an integer in [1, ${most}], current value is ${k}`);
}
