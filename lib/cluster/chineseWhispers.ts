import { checkFinite, checkSquares, type Matrix } from "../core/matrix";
import type { Random } from "../core/random";
import { type BlockOptions, forEachPairDistance } from "../evaluate/distances";
import { numbered } from "./dendrogram";

/** Options of {@link chineseWhispers}. */
export interface ChineseWhispersOptions extends BlockOptions {
  /** Squared L2 below which two rows are joined by an edge. */
  readonly threshold: number;
  /** Most rounds; it ends sooner when no row changes its mind; default 100. */
  readonly iterations?: number;
  /** Most edges that are held, 8 bytes each; default 50 million. */
  readonly mostEdges?: number;
}

/**
 * Chinese whispers on the graph of all pairs nearer than a threshold: every row begins with a name of its own; in each round the rows, in a random order, take
 * the commonest name among their neighbours. No number of clusters is given. Ties: a row keeps its name if it can, else takes the smallest.
 *
 * Source: Biemann (2006), section 2; for faces: dlib's `face_clustering`.
 * Differs from the paper: all edges weigh the same (as in dlib's example), and ties are not drawn.
 * Throws a RangeError for more than `mostEdges` and where squares overflow 32-bit floats, a LabError for a row that is not finite.
 */
export function chineseWhispers(x: Matrix, random: Random, options: ChineseWhispersOptions): Int32Array {
  const { threshold, iterations = 100, mostEdges = 50_000_000, ...blocks } = options;
  if (!(threshold > 0)) {
    throw new RangeError(
      `Cannot run Chinese whispers: the threshold must be above 0, current value is ${threshold}`,
    );
  }
  checkFinite(x, "rows for Chinese whispers");
  checkSquares(x, "run Chinese whispers");
  const { starts, targets } = graphBelow(x, threshold, mostEdges, blocks);
  const names: Int32Array = Int32Array.from({ length: x.rows }, (_, i) => i);
  const order = names.slice();
  const votes = new Int32Array(x.rows);
  for (let round = 0; round < iterations; round++) {
    let changed = false;
    for (const row of random.shuffle(order)) {
      const name = commonest(row, targets.subarray(starts[row], starts[row + 1]), names, votes);
      changed ||= name !== names[row];
      names[row] = name;
    }
    if (!changed) break;
  }
  return numbered(names);
}

/** The commonest name around a row. `votes` is all 0 before and after. */
function commonest(row: number, around: Int32Array, names: Int32Array, votes: Int32Array): number {
  let most = 0;
  for (const other of around) most = Math.max(most, ++votes[names[other]]);
  let best = most === votes[names[row]] ? names[row] : names.length;
  if (best !== names[row]) {
    for (const other of around) if (votes[names[other]] === most) best = Math.min(best, names[other]);
  }
  for (const other of around) votes[names[other]] = 0;
  return best;
}

/** Both directions of every edge: the neighbours of row i are `targets[starts[i] … starts[i + 1])`. */
function graphBelow(
  x: Matrix,
  threshold: number,
  mostEdges: number,
  blocks: BlockOptions,
): { starts: Int32Array; targets: Int32Array } {
  const starts: Int32Array = new Int32Array(x.rows + 1);
  let edges = 0;
  const near = (visit: (i: number, j: number) => void): void =>
    forEachPairDistance(x, (i, j, squared) => squared < threshold && visit(i, j), blocks);
  near((i, j) => {
    edges++;
    starts[i + 1]++;
    starts[j + 1]++;
  });
  if (edges > mostEdges) {
    throw new RangeError(
      `Cannot run Chinese whispers: at most ${mostEdges} pairs may lie below the threshold ${threshold}, current value is ${edges}`,
    );
  }
  for (let i = 0; i < x.rows; i++) starts[i + 1] += starts[i];
  const targets: Int32Array = new Int32Array(2 * edges);
  const next = starts.slice();
  near((i, j) => {
    targets[next[i]++] = j;
    targets[next[j]++] = i;
  });
  return { starts, targets };
}
