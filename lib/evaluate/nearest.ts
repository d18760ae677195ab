import { type Matrix, squaredL2 } from "../core/matrix";
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
 * distances differ by less than the products' rounding (about 1e-7 ‖p‖‖g‖) can change places at rank k. Cost O(P·G·D), memory of one block.
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
  const indices: Int32Array = new Int32Array(probes.rows * k).fill(-1);
  const keys = new Float64Array(probes.rows * k).fill(Number.POSITIVE_INFINITY);
  const halves = squaredNorms(gallery).map((norm) => norm / 2);
  for (let from = 0; from < probes.rows; from += block) {
    const rows = Math.min(block, probes.rows - from);
    const a = probes.data.subarray(from * d, (from + rows) * d);
    for (let start = 0; start < gallery.rows; start += GALLERY_BLOCK) {
      const columns = Math.min(GALLERY_BLOCK, gallery.rows - start);
      const values = products(a, rows, gallery.data.subarray(start * d, (start + columns) * d), columns, d);
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
