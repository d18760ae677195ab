import { type Matrix, takeRows } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import { engineProducts } from "../engine/products";
import type { HardestResult, HardPair } from "../evaluate/hardest";
import { pca } from "../project/pca";
import { umapProjection } from "../project/umap";

export interface MapOfEmbeddings {
  /** Rows of the embeddings that are on the map. */
  readonly rows: Int32Array;
  readonly umap: Matrix;
  readonly pca: Matrix;
  readonly explained: readonly number[];
  /** Hard pairs whose both ends are on the map, as positions on it. */
  readonly hardPositives: readonly HardPair[];
  readonly hardNegatives: readonly HardPair[];
}

/** Most points of a map: more are slow to draw and hard to read. */
const MOST_POINTS = 2000;

/** UMAP and PCA of the test embeddings. When there are too many, whole identities are chosen: those of the hard pairs first, then at random. */
export async function projectStage(
  x: Matrix,
  labels: Int32Array,
  hardest: HardestResult,
  options: LongWork & { readonly seed: number; readonly mostPoints?: number },
): Promise<MapOfEmbeddings> {
  const { seed, mostPoints = MOST_POINTS } = options;
  const rows = chooseRows(labels, hardest, seed, mostPoints);
  const chosen = takeRows(x, rows);
  const neighbors = Math.min(15, chosen.rows - 1);
  const umap = await umapProjection(chosen, { ...options, neighbors, products: engineProducts });
  const components = pca(chosen, 2);
  const at = new Map(Array.from(rows, (row, i) => [row, i]));
  const onMap = (pairs: readonly HardPair[]): HardPair[] =>
    pairs.flatMap(({ first, second, distance }) => {
      const [a, b] = [at.get(first), at.get(second)];
      return a === undefined || b === undefined ? [] : [{ first: a, second: b, distance }];
    });
  return {
    rows,
    umap,
    pca: components.projection,
    explained: components.explained,
    hardPositives: onMap(hardest.positives),
    hardNegatives: onMap(hardest.negatives),
  };
}

/** At most `most` rows, ascending: whole identities, those of the hard pairs first, then at random from `seed`. */
export function chooseRows(
  labels: Int32Array,
  hardest: HardestResult,
  seed: number,
  most: number,
): Int32Array {
  const all = Int32Array.from(labels.keys());
  if (labels.length <= most) return all;
  const { positives, negatives } = hardest;
  const inTurn = Array.from({ length: Math.max(positives.length, negatives.length) }, (_, i) => [
    positives[i],
    negatives[i],
  ]).flat();
  const hard = inTurn.flatMap((pair) => (pair ? [labels[pair.first], labels[pair.second]] : []));
  const others = createRandom(seed)
    .fork("map")
    .shuffle([...new Set(labels)]);
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const chosen = new Set<number>();
  let points = 0;
  for (const label of [...hard, ...others]) {
    const size = sizes.get(label) as number;
    if (chosen.has(label) || points + size > most) continue;
    chosen.add(label);
    points += size;
  }
  return all.filter((row) => chosen.has(labels[row]));
}
