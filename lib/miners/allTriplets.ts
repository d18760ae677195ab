import { LabError } from "../core/errors";
import { checkMiningBatch, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/** Options of {@link allTriplets}. */
export interface AllTripletsOptions {
  /** Triplets that are listed at most; default 10 million (120 MB). More are refused before any memory is taken. */
  readonly limit?: number;
}

/**
 * Every valid triplet (a, p, n): same identity, another one. The oracle that all other miners are tested against.
 *
 *   label(a) = label(p), a ≠ p, label(a) ≠ label(n)
 *
 * No ties. Empty when there is no positive pair or only one identity. Cost O(N³) time and memory: a batch of 45 × 40 has 124 million
 * triplets, which is a LabError. To count them without a list see `countTriplets`.
 */
export function allTriplets(batch: MiningBatch, { limit = 10_000_000 }: AllTripletsOptions = {}): Triplets {
  checkMiningBatch(batch);
  const { size, labels } = batch;
  const total = numberOfTriplets(batch);
  if (total > limit) {
    throw new LabError(
      `Cannot list all triplets of a batch of ${size}: there may be at most ${limit}, current value is ${total}. Use a smaller batch or a rule that gives one triplet a pair.`,
    );
  }
  const list = new TripletList(Math.max(1, total));
  for (let a = 0; a < size; a++) {
    for (let p = 0; p < labels.length; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      for (let n = 0; n < labels.length; n++) if (labels[n] !== labels[a]) list.add(a, p, n);
    }
  }
  return list.toTriplets(total);
}

/** How many valid triplets a batch has, from the sizes of its identities: Σ over anchors of positives × negatives. Cost O(C). */
export function numberOfTriplets({ size, labels }: Pick<MiningBatch, "size" | "labels">): number {
  const images = new Map<number, number>();
  for (const label of labels) images.set(label, (images.get(label) ?? 0) + 1);
  let total = 0;
  for (let a = 0; a < size; a++) {
    const own = images.get(labels[a]) ?? 0;
    total += (own - 1) * (labels.length - own);
  }
  return total;
}
