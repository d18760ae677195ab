import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";
import { thresholdMark } from "./thresholdMark";

/** A tree of joins in scipy's form: rows are nodes 0 … rows − 1, join m makes node rows + m; heights ascend. */
export interface DendrogramData {
  readonly rows: number;
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
  /** Squared L2. */
  readonly heights: ArrayLike<number>;
  /** A name for each row, for example its identity. */
  readonly names: readonly string[];
  /** Joins below it make the clusters. */
  readonly threshold: number;
}

/** Leaves beyond this cannot be told apart in a picture. */
const MOST_LEAVES = 400;
/** Up to so many leaves their names are written. */
const MOST_NAMES = 60;

/**
 * Dendrogram with its leaves on the left and heights to the right. Clusters below the threshold alternate between two colours from top to bottom, so that
 * neighbours differ; joins at or above the threshold are grey. Throws a RangeError above 400 leaves, or unless there is one name per row.
 */
export function dendrogramFigure(tree: DendrogramData): Figure {
  const { rows, heights, names, threshold } = tree;
  if (rows < 1 || rows > MOST_LEAVES || names.length !== rows) {
    throw new RangeError(
      `Cannot draw a dendrogram: 1 to ${MOST_LEAVES} rows with a name each are needed, current values are ${rows} and ${names.length}`,
    );
  }
  const order = leafOrder(tree);
  const { clusters, traces } = drawnJoins(tree, order);
  const most = 1.05 * Math.max(1e-6, rows > 1 ? heights[rows - 2] : 0, Math.min(threshold, 1e6));
  const named = rows <= MOST_NAMES;
  return {
    data: traces,
    layout: {
      title: title(`${rows} rows joined step by step: ${clusters} clusters below the threshold`),
      height: Math.max(320, 150 + (named ? 17 : 4) * rows),
      xaxis: axis("height of the join (squared L2)", { range: [0, most] }),
      yaxis: axis("rows", {
        range: [-1, rows],
        showgrid: false,
        showticklabels: named,
        ...(named && { tickvals: order.map((_, place) => place), ticktext: order.map((row) => names[row]) }),
      }),
      ...thresholdMark(threshold, most, `threshold ${fixed(threshold, 2)}`),
    },
    alt: `Dendrogram of ${rows} rows; below the threshold ${fixed(threshold, 3)} there are ${clusters} clusters.`,
  };
}

/** Rows from bottom to top so that no two joins cross. */
function leafOrder({ rows, first, second }: DendrogramData): number[] {
  const order: number[] = [];
  const open = [2 * rows - 2];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node < rows) order.push(node);
    else open.push(second[node - rows], first[node - rows]);
  }
  return order;
}

type Bracket = { x: number[]; y: number[] };

/** Every join as a bracket from its two nodes, in the colour of its cluster. */
function drawnJoins(tree: DendrogramData, order: readonly number[]): { clusters: number; traces: Trace[] } {
  const { rows, first, second, heights, threshold } = tree;
  const joins = rows - 1;
  const place = new Float64Array(rows + joins);
  order.forEach((row, i) => {
    place[row] = i;
  });
  /** The node of the whole cluster that a node below the threshold belongs to. */
  const cluster = Int32Array.from({ length: rows + joins }, (_, node) => node);
  for (let m = joins - 1; m >= 0; m--) {
    if (!(heights[m] < threshold)) continue;
    for (const node of [first[m], second[m]]) cluster[node] = cluster[rows + m];
  }
  const shades = new Map<number, number>();
  for (const row of order) if (!shades.has(cluster[row])) shades.set(cluster[row], shades.size % 2);
  const brackets: Bracket[][] = [[], [], []];
  for (let m = 0; m < joins; m++) {
    const [a, b, height] = [first[m], second[m], heights[m]];
    place[rows + m] = (place[a] + place[b]) / 2;
    const start = (node: number): number => (node < rows ? 0 : heights[node - rows]);
    const kind = height < threshold ? (shades.get(cluster[a]) as number) : 2;
    brackets[kind].push({
      x: [start(a), height, height, start(b)],
      y: [place[a], place[a], place[b], place[b]],
    });
  }
  const colors = [palette.same, palette.different, palette.quiet];
  const kinds = ["clusters, odd", "clusters, even", "joins above the threshold"];
  const traces = brackets.map(
    (list, kind): Trace => ({
      type: "scatter",
      mode: "lines",
      name: kinds[kind],
      x: list.flatMap(({ x }) => [...x, null]),
      y: list.flatMap(({ y }) => [...y, null]),
      line: { color: colors[kind], width: rows <= MOST_NAMES ? 2 : 1.2 },
      hovertemplate: "squared L2 %{x:.3f}<extra></extra>",
      showlegend: list.length > 0,
    }),
  );
  return { clusters: shades.size, traces };
}
