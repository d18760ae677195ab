import { checkFinite, checkSquares, type Matrix } from "../core/matrix";
import { type BlockOptions, forEachPairDistance } from "../evaluate/distances";
import { NOISE } from "./contingency";
import { numbered, Sets } from "./dendrogram";

/** Options of {@link dbscan}. */
export interface DbscanOptions extends BlockOptions {
  /** Squared L2 up to which (inclusive) two rows are neighbours; above 0. */
  readonly radius: number;
  /** Rows within the radius, the row itself counted, that make a row a core; default 3. */
  readonly least?: number;
}

/**
 * DBSCAN: cores within the radius of each other are one cluster; a row that is no core joins the cluster of a core within the radius; the rest is noise (−1).
 * Clusters are numbered by their first core. A row in reach of several clusters joins the one with the smallest number, as in the paper's order of work.
 *
 * Source: Ester, Kriegel, Sander, Xu (1996), section 3.
 * Differs from the paper: the radius is a squared L2; pairs are streamed twice, no neighbourhood is held.
 * Throws a RangeError for a radius or a `least` out of range and where squares overflow 32-bit floats, a LabError for a row that is not finite. Cost O(N²·D), memory O(N·least).
 */
export function dbscan(x: Matrix, options: DbscanOptions): Int32Array {
  const { radius, least = 3, ...blocks } = options;
  if (!(radius > 0)) {
    throw new RangeError(`Cannot run DBSCAN: the radius must be above 0, current value is ${radius}`);
  }
  if (!Number.isInteger(least) || least < 1) {
    throw new RangeError(
      `Cannot run DBSCAN: least must be an integer of at least 1, current value is ${least}`,
    );
  }
  checkFinite(x, "rows for DBSCAN");
  checkSquares(x, "run DBSCAN");
  const near = (visit: (i: number, j: number) => void): void =>
    forEachPairDistance(x, (i, j, squared) => squared <= radius && visit(i, j), blocks);

  const neighbours = new Int32Array(x.rows).fill(1);
  near((i, j) => {
    neighbours[i]++;
    neighbours[j]++;
  });
  const core = Array.from(neighbours, (count) => count >= least);
  const sets = new Sets(x.rows);
  /** Cores in reach of a row that is none: fewer than `least`, or it would be one. */
  const reach = new Map<number, number[]>();
  near((i, j) => {
    if (core[i] && core[j]) sets.join(i, j);
    else if (core[i] || core[j]) {
      const [row, of] = core[i] ? [j, i] : [i, j];
      reach.set(row, [...(reach.get(row) ?? []), of]);
    }
  });
  // A set is named by its smallest core, so the smallest name is the cluster that was found first.
  const names = Array.from(core.keys(), (row) => {
    if (core[row]) return sets.find(row);
    return (reach.get(row) ?? []).reduce((name, of) => Math.min(name, sets.find(of)), x.rows);
  });
  const order = numbered(names.filter((_, row) => core[row]));
  const numberOf = new Map(names.filter((_, row) => core[row]).map((name, i) => [name, order[i]]));
  return Int32Array.from(names, (name) => numberOf.get(name) ?? NOISE);
}
