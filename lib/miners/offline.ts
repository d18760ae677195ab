import type { Matrix } from "../core/matrix";
import { checkEmbeddings, distancesToAll, type MiningBatchOptions, squaredNorms } from "./batch";
import { hardestOfAnchor } from "./batchHard";
import { TripletList, type Triplets } from "./triplets";

/** Options of {@link offlineTriplets}. */
export interface OfflineOptions extends Pick<MiningBatchOptions, "products"> {
  /** Row of the data set that each embedding stands for, S numbers; default its own index in the subset. */
  readonly rows?: ArrayLike<number>;
  /** Anchors whose distances are held at once, at least 1; memory is block × S floats; default 512. */
  readonly block?: number;
}

/**
 * Offline mining: for every image of a subset its farthest positive and its nearest negative in that subset, from embeddings that the caller
 * made with the most recent checkpoint. Feed the result to `createOfflineSampler`, and mine anew every n steps.
 *
 *   p = argmax D(a, p),  n = argmin D(a, n),  a, p, n in the subset
 *
 * Ties: the embedding that comes first in the subset. An image without a positive or a negative gives no triplet. Cost O(S²·D) for a subset of
 * S images, in blocks.
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2: "Generate triplets offline every n steps, using the most recent network
 * checkpoint and computing the argmin and argmax on a subset of the data."
 * Differs from the paper: nothing; it calls this inconclusive and trains on online mining.
 */
export function offlineTriplets(
  embeddings: Matrix,
  labels: Int32Array,
  options: OfflineOptions = {},
): Triplets {
  const { rows = Array.from(labels.keys()), block = 512, products } = options;
  checkEmbeddings(embeddings, labels);
  if (rows.length !== labels.length || !Number.isInteger(block) || block < 1) {
    throw new RangeError(
      `Cannot mine offline: ${labels.length} rows and a block of at least 1 are needed, current values are ${rows.length} and ${block}`,
    );
  }
  const list = new TripletList(Math.max(1, labels.length));
  const norms = squaredNorms(embeddings);
  for (let start = 0; start < labels.length; start += block) {
    const count = Math.min(block, labels.length - start);
    const distances = distancesToAll(embeddings, start, count, { products, norms });
    for (let i = 0; i < count; i++) {
      const row = distances.subarray(i * labels.length, (i + 1) * labels.length);
      const { positive, negative } = hardestOfAnchor(row, labels, start + i);
      if (positive >= 0 && negative >= 0) list.add(rows[start + i], rows[positive], rows[negative]);
    }
  }
  return list.toTriplets(labels.length);
}
