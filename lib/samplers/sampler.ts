import { LabError } from "../core/errors";
import { grouped } from "../core/groups";

/**
 * Draws batches of rows of a data set. All randomness comes from the stream that the constructor was given: that stream's state and this one
 * together go on with the same batches, bit for bit.
 */
export interface Sampler {
  /** Images in every batch. */
  readonly batchSize: number;
  /** Row indices of the next batch. */
  next(): Int32Array;
  /** A copy of the position within the current pass; plain data for a checkpoint. */
  state(): SamplerState;
  /** Goes on from a saved position. Throws a LabError when it does not belong to this data. */
  restore(state: SamplerState): void;
}

export interface SamplerState {
  /** What is drawn without replacement (identities, rows or triplets), in the order of the current pass. */
  readonly order: readonly number[];
  /** How many of `order` were drawn. */
  readonly position: number;
  /** Of an offline sampler: its triplets, rows (anchor, positive, negative) one after the other. */
  readonly triplets?: readonly number[];
}

/** Rows of each identity, in the order in which identities first occur. */
export function rowsByIdentity(labels: Int32Array): Map<number, number[]> {
  return grouped(labels.keys(), (row) => labels[row]);
}

/**
 * The identities that have two or more images. Throws a LabError that counts what there is when they are fewer than two: training needs
 * positive pairs, and negatives for them.
 */
export function usableIdentities(rows: ReadonlyMap<number, readonly number[]>): number[] {
  const usable = [...rows.keys()].filter((label) => (rows.get(label) as number[]).length > 1);
  if (usable.length < 2) {
    const images = [...rows.values()].reduce((sum, own) => sum + own.length, 0);
    throw new LabError(
      `Cannot draw training batches: at least two identities with two or more images are needed, current value is ${usable.length} (of ${rows.size} identities with ${images} images)`,
    );
  }
  return usable;
}

/** Throws a RangeError unless an option is an integer of at least `least`. */
export function checkCount(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(
      `Cannot draw training batches: ${what} must be an integer of at least ${least}, current value is ${value}`,
    );
  }
}
