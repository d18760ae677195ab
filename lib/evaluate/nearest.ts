import { type Matrix, matrix, squaredL2 } from "../core/matrix";
import { type Products, visitRows } from "../core/products";
import { centreOf } from "./centre";
import { type BlockOptions, plainProducts } from "./distances";
import { checkGallery } from "./galleryBlocks";

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

/** Gallery rows of a block. */
const GALLERY_BLOCK = 2048;

/**
 * Exact k nearest gallery rows by blocked products: p·g − ‖g‖² / 2 orders the gallery like −‖p − g‖². Ties: the smaller row. Two gallery rows whose
 * distances differ by less than the products' rounding (about 1e-7 of the squared spread of the gallery) can change places at rank k.
 * Cost O(P·G·D), memory of the gallery and one block.
 * Throws a RangeError unless 1 ≤ k ≤ gallery (one less with `leaveOneOut`) and both have the same columns, and where squares overflow 32-bit floats, a LabError for a row that is
 * not finite.
 */
export function nearestRows(
  probes: Matrix,
  gallery: Matrix,
  k: number,
  options: NearestOptions = {},
): Nearest {
  checkSearch(probes, gallery, k, options.leaveOneOut ?? false);
  return refined(probes, gallery, bestRows(probes, gallery, k, centreOf(gallery), options));
}

/** The k best scores of every probe, descending, and their gallery rows, P×k; `centre` moves both towards the origin. */
export function bestRows(
  probes: Matrix,
  gallery: Matrix,
  k: number,
  centre: Float64Array,
  { block = 1024, products = plainProducts, leaveOneOut = false }: NearestOptions,
): Best {
  const [left, right] = scoring(probes, gallery, centre);
  const d = left.columns;
  const above = products.above ?? everyRow(products);
  const best: Best = {
    k,
    indices: new Int32Array(probes.rows * k).fill(-1),
    scores: new Float32Array(probes.rows * k).fill(Number.NEGATIVE_INFINITY),
  };
  for (let from = 0; from < probes.rows; from += block) {
    const rows = Math.min(block, probes.rows - from);
    const a = left.data.subarray(from * d, (from + rows) * d);
    for (let start = 0; start < gallery.rows; start += GALLERY_BLOCK) {
      const columns = Math.min(GALLERY_BLOCK, gallery.rows - start);
      const b = right.data.subarray(start * d, (start + columns) * d);
      const limits = Float32Array.from({ length: rows }, (_, i) => best.scores[(from + i) * k + k - 1]);
      above(a, rows, b, columns, d, limits, (i, column, line) => {
        const first = start + column;
        const self = from + i - first;
        if (leaveOneOut && self >= 0 && self < line.length) line[self] = Number.NEGATIVE_INFINITY;
        scan(line, first, best, from + i);
      });
    }
  }
  return best;
}

/** Visits all products, whatever the limits. */
function everyRow(products: Products): NonNullable<Products["above"]> {
  return (a, m, b, n, d, _, visit) => visitRows(products(a, m, b, n, d), m, n, visit);
}

/** The k best scores of every probe so far, descending, and their gallery rows, P×k. */
export interface Best {
  readonly k: number;
  readonly indices: Int32Array;
  readonly scores: Float32Array;
}

/** Offers the scores of one probe to gallery rows `start` … to its k best. */
function scan(line: Float32Array, start: number, { k, indices, scores }: Best, probe: number): void {
  const first = probe * k;
  const last = first + k - 1;
  let worst = scores[last];
  for (let from = 0; from < line.length; from += 4) {
    // Nearly all are worse, so four are looked at together; what lies past the end is no number and never better.
    const better =
      line[from] > worst || line[from + 1] > worst || line[from + 2] > worst || line[from + 3] > worst;
    if (!better) continue;
    for (let j = from; j < Math.min(from + 4, line.length); j++) {
      const score = line[j];
      if (score <= worst) continue;
      let place = last;
      for (; place > first && scores[place - 1] < score; place--) {
        scores[place] = scores[place - 1];
        indices[place] = indices[place - 1];
      }
      scores[place] = score;
      indices[place] = start + j;
      worst = scores[last];
    }
  }
}

/** Rows (p − c, −1) and (g − c, ‖g − c‖² / 2), whose products are the scores. */
function scoring(probes: Matrix, gallery: Matrix, centre: Float64Array): [Matrix, Matrix] {
  const d = gallery.columns;
  const moved = (x: Matrix, last: (squares: number) => number): Matrix => {
    const result = matrix(x.rows, d + 1);
    for (let i = 0, from = 0, to = 0; i < x.rows; i++, to++) {
      let squares = 0;
      for (let c = 0; c < d; c++, from++, to++) {
        const value = Math.fround(x.data[from] - centre[c]);
        result.data[to] = value;
        squares += value * value;
      }
      result.data[to] = last(squares);
    }
    return result;
  };
  return [moved(probes, () => -1), moved(gallery, (squares) => squares / 2)];
}

/** Distances from differences, and the order that they give; ties: the smaller row. */
function refined(probes: Matrix, gallery: Matrix, { k, indices }: Best): Nearest {
  const distances: Float32Array = new Float32Array(indices.length);
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

/** What every search of k neighbours needs. */
export function checkSearch(probes: Matrix, gallery: Matrix, k: number, leaveOneOut: boolean): void {
  checkGallery(probes, gallery);
  const most = gallery.rows - (leaveOneOut ? 1 : 0);
  if (Number.isInteger(k) && k >= 1 && k <= most) return;
  throw new RangeError(`Cannot find neighbours: k must be an integer in [1, ${most}], current value is ${k}`);
}
