import { checkFinite, type Matrix } from "../core/matrix";
import { condense, mostStable } from "./condensedTree";
import { NOISE } from "./contingency";
import { type Dendrogram, dendrogramOf, numbered } from "./dendrogram";

/** Options of {@link hdbscan}. */
export interface HdbscanOptions {
  /** Rows of the smallest cluster, at least 2; default 5. */
  readonly smallest?: number;
  /** Rows, the row itself counted, whose distance makes a row's core distance; at least 1, default `smallest`. */
  readonly least?: number;
}

/**
 * HDBSCAN: DBSCAN at every radius at once, of which the clusters that last longest are kept. Rows outside are noise (−1). Clusters are numbered by their first row.
 * Takes no radius and no number of clusters, and never answers with one cluster of everything.
 *
 * Source: Campello, Moulavi, Sander (2013), "Density-Based Clustering Based on Hierarchical Density Estimates"; excess of mass in section 4.
 * Differs from the paper: clusters have a smallest size of their own (`smallest`), apart from the neighbours that make a density (`least`), as in scikit-learn.
 * Densities are of L2, not squared L2: λ = 1 / distance. Where heights are equal the order of joins decides, as in other implementations.
 * Throws a RangeError for options out of range, a LabError for a row that is not finite. Cost O(N²·D), memory O(N).
 */
export function hdbscan(x: Matrix, options: HdbscanOptions = {}): Int32Array {
  const { smallest = 5, least = smallest } = options;
  if (!Number.isInteger(smallest) || smallest < 2) {
    throw new RangeError(
      `Cannot run HDBSCAN: smallest must be an integer of at least 2, current value is ${smallest}`,
    );
  }
  if (!Number.isInteger(least) || least < 1 || least > x.rows) {
    throw new RangeError(
      `Cannot run HDBSCAN: least must be an integer in [1, ${x.rows}], current value is ${least}`,
    );
  }
  checkFinite(x, "rows for HDBSCAN");
  const tree = condense(reachabilityTree(x, coreDistances(x, least)), smallest);
  const chosen = mostStable(tree);
  // A cluster's number is larger than its parent's: one pass tells the chosen cluster above or at each.
  const home = tree.parent.map(() => NOISE);
  for (let c = 1; c < home.length; c++) home[c] = chosen[c] ? c : home[tree.parent[c]];
  const names = Array.from(tree.clusterOf, (cluster) => home[cluster]);
  const held = names.filter((name) => name !== NOISE);
  const numbers = numbered(held);
  const numberOf = new Map(held.map((name, i) => [name, numbers[i]]));
  return Int32Array.from(names, (name) => numberOf.get(name) ?? NOISE);
}

/** L2 of row i to all rows. */
function distancesFrom({ data, rows, columns }: Matrix, i: number, into: Float64Array): void {
  for (let j = 0; j < rows; j++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += (data[i * columns + c] - data[j * columns + c]) ** 2;
    into[j] = Math.sqrt(sum);
  }
}

/** L2 to the `least`-th nearest row, the row itself counted. */
function coreDistances(x: Matrix, least: number): Float64Array {
  const distances = new Float64Array(x.rows);
  return Float64Array.from({ length: x.rows }, (_, i) => {
    distancesFrom(x, i, distances);
    return distances.sort()[least - 1];
  });
}

/** The minimum spanning tree (Prim) of mutual reachability, max(core a, core b, L2 of a and b), as a tree of joins. Heights are L2. */
function reachabilityTree(x: Matrix, core: Float64Array): Dendrogram {
  const distances = new Float64Array(x.rows);
  const height = new Float64Array(x.rows).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(x.rows);
  const inside = new Uint8Array(x.rows);
  const joins: { first: number; second: number; height: number }[] = [];
  for (let at = 0; joins.length < x.rows - 1; ) {
    inside[at] = 1;
    distancesFrom(x, at, distances);
    let next = -1;
    for (let j = 0; j < x.rows; j++) {
      if (inside[j]) continue;
      const reach = Math.max(core[at], core[j], distances[j]);
      if (reach < height[j]) {
        height[j] = reach;
        from[j] = at;
      }
      if (next < 0 || height[j] < height[next]) next = j;
    }
    joins.push({ first: from[next], second: next, height: height[next] });
    at = next;
  }
  return dendrogramOf(joins, x.rows);
}
