import { checkFinite, checkSquares, type Matrix } from "../core/matrix";
import { type BlockOptions, forEachPairDistance } from "../evaluate/distances";
import { type Dendrogram, dendrogramOf } from "./dendrogram";

export const linkages = ["single", "complete", "average", "ward"] as const;
export type Linkage = (typeof linkages)[number];

/** Options of {@link agglomerative}. */
export interface AgglomerativeOptions extends BlockOptions {
  /** How far two clusters are apart; default `average`. */
  readonly linkage?: Linkage;
  /** Most rows: N(N − 1)/2 distances of 4 bytes are held, 800 MB for the default of 20,000. */
  readonly mostRows?: number;
}

/** Distance of a third cluster of size `nk` from the union of `i` and `j`, whose own distance is `dij`. All in squared L2. */
type Update = (dik: number, djk: number, dij: number, ni: number, nj: number, nk: number) => number;

const updates: Readonly<Record<Linkage, Update>> = {
  single: (dik, djk) => Math.min(dik, djk),
  complete: (dik, djk) => Math.max(dik, djk),
  average: (dik, djk, _, ni, nj) => (ni * dik + nj * djk) / (ni + nj),
  ward: (dik, djk, dij, ni, nj, nk) => ((ni + nk) * dik + (nj + nk) * djk - nk * dij) / (ni + nj + nk),
};

/**
 * Agglomerative clustering: every row begins alone, the two nearest clusters are joined until one is left. Heights are squared L2:
 *
 *   single: smallest pair; complete: largest pair; average: mean of all pairs; Ward: 2|A||B| / (|A| + |B|) · ‖mean A − mean B‖²
 *
 * Ward's height is twice the growth of the sum of squares, so that two single rows join at their own squared L2.
 * Source: Lance and Williams (1967) for the updates; Murtagh (1983), Müllner (2011) for the chain of nearest neighbours: O(N²) time.
 * Differs from scikit-learn: heights of average linkage are means of *squared* L2 (the unit of this library's thresholds), Ward's are squared.
 * Ties: the chain prefers its own tail, then the smaller row; other trees may be as right. Distances are held as float32.
 * Throws a RangeError above `mostRows` and where heights may overflow 32-bit floats, a LabError for a row that is not finite.
 */
export function agglomerative(x: Matrix, options: AgglomerativeOptions = {}): Dendrogram {
  const { linkage = "average", mostRows = 20_000, ...blocks } = options;
  const n = x.rows;
  if (n < 1 || n > mostRows) {
    throw new RangeError(
      `Cannot cluster by agglomeration: N(N − 1)/2 distances are held, N must lie in [1, ${mostRows}], current value is ${n}`,
    );
  }
  checkFinite(x, "rows for agglomeration");
  // Ward's factor 2|A||B| / (|A| + |B|) is at most N / 2.
  checkSquares(x, "cluster by agglomeration", linkage === "ward" ? Math.max(1, n / 2) : 1);
  const distances = new Float32Array((n * (n - 1)) / 2);
  forEachPairDistance(
    x,
    (i, j, squared) => {
      distances[pairAt(n, i, j)] = squared;
    },
    blocks,
  );
  return chain(distances, n, updates[linkage]);
}

/** Place of the pair i < j among the N(N − 1)/2 pairs. */
function pairAt(n: number, i: number, j: number): number {
  return i * n - (i * (i + 1)) / 2 + j - i - 1;
}

/** Joins mutual nearest neighbours, found by following nearest neighbours; changes `distances`. */
function chain(distances: Float32Array, n: number, update: Update): Dendrogram {
  const at = (i: number, j: number): number => (i < j ? pairAt(n, i, j) : pairAt(n, j, i));
  const sizes = new Float64Array(n).fill(1);
  /** Rows that stand for a living cluster, ascending. */
  const alive = Array.from({ length: n }, (_, i) => i);
  const pairs: { first: number; second: number; height: number }[] = [];
  const path: number[] = [];
  while (alive.length > 1) {
    if (path.length === 0) path.push(alive[0]);
    const tail = path[path.length - 1];
    // Starting from the one before makes it win ties: the chain ends.
    let nearest = path.length > 1 ? path[path.length - 2] : -1;
    let least = nearest < 0 ? Number.POSITIVE_INFINITY : distances[at(tail, nearest)];
    for (const other of alive) {
      if (other === tail) continue;
      const d = distances[at(tail, other)];
      if (d < least) {
        least = d;
        nearest = other;
      }
    }
    if (path.length < 2 || nearest !== path[path.length - 2]) {
      path.push(nearest);
      continue;
    }
    path.length -= 2;
    pairs.push({ first: tail, second: nearest, height: least });
    const [kept, gone] = [Math.max(tail, nearest), Math.min(tail, nearest)];
    alive.splice(alive.indexOf(gone), 1);
    for (const other of alive) {
      if (other === kept) continue;
      const place = at(kept, other);
      const d = distances[at(gone, other)];
      distances[place] = update(distances[place], d, least, sizes[kept], sizes[gone], sizes[other]);
    }
    sizes[kept] += sizes[gone];
  }
  return dendrogramOf(pairs, n);
}
