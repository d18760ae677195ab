import { checkFinite, type Matrix, matrix, rowOf } from "../core/matrix";
import { type Neighbors, nearestNeighbors } from "./neighbors";
import { type UmapOptions, umapLayout } from "./umap";

/**
 * One layout for the same N images at T moments of training (T matrices N×D → T matrices N×components), so that motion means learning and not another random start.
 * All T·N rows are laid out together: within a moment a row's neighbours are its nearest rows by L2, and each row is tied to itself at the moments before and
 * after, as closely as to its nearest neighbour.
 *
 * Source: the idea of AlignedUMAP in umap-learn; McInnes, Healy, Melville (2018) for the layout.
 * Differs from AlignedUMAP: one graph with ties, there one layout for each moment with a penalty on motion.
 * Throws a RangeError without moments, when their numbers of rows differ, or unless neighbours < N and a list has room for the row, its ties and a neighbour: 2 for one moment, 3 for two, 4 for more.
 */
export async function umapTrajectory(
  moments: readonly Matrix[],
  options: UmapOptions = {},
): Promise<Matrix[]> {
  const layout = await umapLayout(trajectoryNeighbors(moments, options), options);
  const { rows } = moments[0];
  const size = rows * layout.columns;
  return moments.map((_, t) => matrix(rows, layout.columns, layout.data.slice(t * size, (t + 1) * size)));
}

/** The graph of {@link umapTrajectory}: row t·N + i is image i at moment t; first itself, then its ties, then the nearest rows of its moment. */
export function trajectoryNeighbors(
  moments: readonly Matrix[],
  { neighbors = 15, products }: Pick<UmapOptions, "neighbors" | "products"> = {},
): Neighbors {
  const rows = checked(moments, neighbors);
  const size = moments.length * rows * neighbors;
  const graph = { k: neighbors, indices: new Int32Array(size), distances: new Float32Array(size) };
  moments.forEach((moment, t) => {
    const own = nearestNeighbors(moment, neighbors, { products });
    const ties = [t - 1, t + 1].filter((other) => other >= 0 && other < moments.length);
    for (let i = 0; i < rows; i++) {
      const at = (t * rows + i) * neighbors;
      const [from, nearest] = [i * neighbors, own.distances[i * neighbors + 1]];
      graph.indices[at] = t * rows + i;
      ties.forEach((other, c) => {
        graph.indices[at + 1 + c] = other * rows + i;
        graph.distances[at + 1 + c] = nearest;
      });
      for (let c = 1 + ties.length; c < neighbors; c++) {
        graph.indices[at + c] = t * rows + own.indices[from + c - ties.length];
        graph.distances[at + c] = own.distances[from + c - ties.length];
      }
    }
  });
  return graph;
}

/** Mean over the rows of how far they go from frame to frame of a picture, divided by the root mean square distance of the points from their middle; T − 1 values. */
export function meanMotion(frames: readonly Matrix[]): number[] {
  return frames.slice(1).map((frame, t) => {
    let sum = 0;
    for (let i = 0; i < frame.rows; i++) {
      const [a, b] = [rowOf(frames[t], i), rowOf(frame, i)];
      sum += Math.hypot(...Array.from(a, (value, c) => value - b[c]));
    }
    return sum / frame.rows / radius(frame);
  });
}

function radius({ rows, columns, data }: Matrix): number {
  const mean = Array.from({ length: columns }, (_, c) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * columns + c];
    return sum / rows;
  });
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i] - mean[i % columns]) ** 2;
  return Math.sqrt(squares / rows);
}

function checked(moments: readonly Matrix[], neighbors: number): number {
  if (moments.length === 0) throw new RangeError("Cannot lay out a training: at least one moment is needed");
  const { rows } = moments[0];
  const odd = moments.findIndex((moment) => moment.rows !== rows);
  if (odd >= 0) {
    throw new RangeError(
      `Cannot lay out a training: ${rows} rows are needed at every moment, current value is ${moments[odd].rows} at moment ${odd}`,
    );
  }
  const least = 2 + Math.min(2, moments.length - 1);
  if (!Number.isInteger(neighbors) || neighbors < least || neighbors >= rows) {
    throw new RangeError(
      `Cannot lay out a training: neighbours must be an integer in [${least}, ${rows - 1}] for ${rows} rows, current value is ${neighbors}`,
    );
  }
  moments.forEach((moment, t) => {
    checkFinite(moment, `the embeddings of moment ${t}`);
  });
  return rows;
}
