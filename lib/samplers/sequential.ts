import { LabError } from "../core/errors";
import type { Random } from "../core/random";
import { createDeck } from "./deck";
import { checkCount, rowsByIdentity, type Sampler, usableIdentities } from "./sampler";

/** Options of {@link createSequentialSampler}. */
export interface SequentialSamplerOptions {
  /** Images in a batch, at least 2 and at most all; default 128. */
  readonly batchSize?: number;
}

/**
 * Every image once per epoch, shuffled anew each time: for losses on single images (softmax and its relatives). Every batch is full: where an
 * epoch ends within a batch the next one begins, and no image stands in a batch twice.
 *
 * Throws a LabError when there are fewer than two identities with two or more images: no batch could hold a positive pair and a negative.
 */
export function createSequentialSampler(
  labels: Int32Array,
  random: Random,
  { batchSize = 128 }: SequentialSamplerOptions = {},
): Sampler {
  checkCount("the batch size", batchSize, 2);
  const rows = rowsByIdentity(labels);
  usableIdentities(rows);
  if (batchSize > labels.length) {
    throw new LabError(
      `Cannot draw training batches: a batch of ${batchSize} needs as many images, current value is ${labels.length} (of ${rows.size} identities)`,
    );
  }
  const deck = createDeck([...labels.keys()], random);
  return {
    batchSize,
    next: () => Int32Array.from(deck.take(batchSize)),
    state: deck.state,
    restore: deck.restore,
  };
}
