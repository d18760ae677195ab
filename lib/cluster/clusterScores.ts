import type { Matrix } from "../core/matrix";
import type { Random } from "../core/random";
import type { BlockOptions } from "../evaluate/distances";
import { agglomerative, type Linkage } from "./agglomerative";
import { type ClusteringScores, clusteringScores } from "./clusteringScores";
import { NOISE } from "./contingency";
import { cutInto } from "./dendrogram";
import { hdbscan } from "./hdbscan";
import { kMeans } from "./kMeans";

/** Three clusterings of one set, side by side. k-means and the tree are told the number of identities and nothing else, HDBSCAN not even that. */
export interface ClusterScores {
  /** Different labels: the number of clusters that both are asked for. */
  readonly identities: number;
  readonly kmeans: ClusteringScores & { readonly inertia: number; readonly restarts: number };
  readonly agglomerative: ClusteringScores & {
    readonly linkage: Linkage;
    /** Squared L2: the joins below it were made. The tree is cut where as many clusters as identities are left, not where the scores are best. */
    readonly threshold: number;
  };
  readonly hdbscan: ClusteringScores & {
    /** Rows of the smallest cluster that it may make. */
    readonly smallest: number;
    /** Rows in no cluster; each is scored as a cluster of its own. */
    readonly noise: number;
  };
}

/** Options of {@link clusterScores}. */
export interface ClusterScoresOptions extends BlockOptions {
  /** Of the agglomerative clustering; default `average`. */
  readonly linkage?: Linkage;
  /** Restarts of k-means; default 3. */
  readonly restarts?: number;
  /** Rows of HDBSCAN's smallest cluster; default 2, because two images of a person are a person. */
  readonly smallest?: number;
  /** Most rows of the agglomerative clustering; default 20,000. */
  readonly mostRows?: number;
}

/**
 * How well clusters of the embeddings are the identities. k-means and the tree get k = number of identities, so that neither sees the labels that score it:
 * a threshold chosen for the best score on the same rows would flatter the tree (`thresholdSweep` shows by how much).
 * Throws a RangeError above `mostRows` rows and where squares overflow 32-bit floats, a LabError for a row that is not finite.
 */
export function clusterScores(
  x: Matrix,
  labels: ArrayLike<number>,
  random: Random,
  options: ClusterScoresOptions = {},
): ClusterScores {
  const { linkage = "average", restarts = 3, smallest = 2, mostRows, ...blocks } = options;
  if (labels.length !== x.rows) {
    throw new RangeError(
      `Cannot score clusters: ${x.rows} labels are needed, current value is ${labels.length}`,
    );
  }
  const identities = new Set(Array.from(labels)).size;
  // First, because it refuses sets that are too large.
  const tree = agglomerative(x, { linkage, mostRows, ...blocks });
  const means = kMeans(x, identities, random, { restarts, ...blocks });
  const dense = hdbscan(x, { smallest });
  return {
    identities,
    kmeans: { ...clusteringScores(labels, means.clusters), inertia: means.inertia, restarts },
    agglomerative: {
      ...clusteringScores(labels, cutInto(tree, identities)),
      linkage,
      threshold: tree.heights[x.rows - identities] ?? Number.POSITIVE_INFINITY,
    },
    hdbscan: {
      ...clusteringScores(labels, dense),
      smallest,
      noise: dense.filter((cluster) => cluster === NOISE).length,
    },
  };
}
