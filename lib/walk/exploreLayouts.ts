import { type Matrix, matrix, rowOf } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { engineProducts } from "../engine/products";
import type { ExploreEpoch } from "../explore/exploreData";
import { ontoAxes, pca } from "../project/pca";
import { umapTrajectory } from "../project/trajectory";

/** Places of the same points at every epoch. */
export interface Layouts {
  readonly epochs: readonly Pick<ExploreEpoch, "umap2" | "umap3" | "pca">[];
  readonly explained: readonly number[];
  readonly note: string;
}

/** One UMAP for all epochs, in which each point is tied to itself at the next ones; PCA axes of the last epoch for all of them. */
export async function layoutsOf(
  taken: readonly Matrix[],
  work: LongWork & { seed: number },
): Promise<Layouts> {
  const n = taken[0].rows;
  const last = taken[taken.length - 1];
  const map = (components: 2 | 3): Promise<Matrix[]> =>
    umapTrajectory(taken, {
      ...work,
      components,
      neighbors: Math.min(15, n - 1),
      products: engineProducts,
      progress: (event) => work.progress?.({ ...event, detail: `${components}-D UMAP` }),
    });
  const [flat, solid] = [await map(2), await map(3)];
  const axes = pca(last, Math.min(3, last.columns));
  return {
    epochs: taken.map((vectors, e) => ({
      umap2: flat[e],
      umap3: solid[e],
      pca: inThree(ontoAxes(vectors, axes)),
    })),
    explained: axes.explained,
    note:
      taken.length === 1
        ? "UMAP keeps neighbourhoods; distances between far clusters and the sizes of clusters say nothing. PCA keeps straight lines, and loses what lies beyond its axes."
        : `Motion means learning: the ${taken.length} checkpoints share one UMAP, in which every image is also tied to itself at the checkpoints beside, so that a point tends to stay where its neighbours stay; the cloud as a whole may still drift, most of all with few points. PCA uses the axes of the last checkpoint: there a point moves as its vector does. UMAP keeps neighbourhoods; distances between far clusters say nothing.`,
  };
}

/** Fewer than three axes are filled with zeros. */
function inThree(m: Matrix): Matrix {
  if (m.columns === 3) return m;
  const result = matrix(m.rows, 3);
  for (let i = 0; i < m.rows; i++) result.data.set(rowOf(m, i), 3 * i);
  return result;
}
