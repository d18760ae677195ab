import { LabError } from "../core/errors";
import type { Random } from "../core/random";
import { createDeck, type Deck } from "./deck";
import { checkCount, type Sampler, type SamplerState } from "./sampler";

/** Triplets of rows of the data set, as `offlineTriplets` mines them. */
export interface RowTriplets {
  readonly count: number;
  readonly anchor: Int32Array;
  readonly positive: Int32Array;
  readonly negative: Int32Array;
}

/** Options of {@link createOfflineSampler}. */
export interface OfflineSamplerOptions {
  /** Triplets in a batch, at least 1; default 42. A batch has three times as many images. */
  readonly triplets?: number;
}

/** A sampler whose triplets the caller mines anew every n steps. */
export interface OfflineSampler extends Sampler {
  /** Begins a pass over newly mined triplets. */
  replace(triplets: RowTriplets): void;
}

/**
 * Batches of triplets that were mined before: rows 3t, 3t + 1 and 3t + 2 of a batch are anchor, positive and negative of triplet t. Triplets are
 * drawn without replacement until all were seen. The state holds the triplets, so that a resumed run need not mine them again.
 *
 * Throws a LabError when there are no triplets, or when one is none: anchor and positive must be different images of one identity, the
 * negative an image of another.
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2, offline generation of triplets.
 * Differs from the paper: it does not say how triplets are put into batches.
 */
export function createOfflineSampler(
  labels: Int32Array,
  random: Random,
  mined: RowTriplets,
  { triplets = 42 }: OfflineSamplerOptions = {},
): OfflineSampler {
  checkCount("triplets", triplets, 1);
  let rows: number[] = [];
  let deck: Deck;

  const deal = (flat: number[]): void => {
    checkTriplets(flat, labels);
    rows = flat;
    deck = createDeck([...Array(flat.length / 3).keys()], random);
  };
  deal(flatRows(mined));

  return {
    batchSize: 3 * triplets,
    next: () => Int32Array.from(deck.take(triplets).flatMap((t) => rows.slice(3 * t, 3 * t + 3))),
    state: () => ({ ...deck.state(), triplets: [...rows] }),
    restore: (state: SamplerState) => {
      if (!state.triplets) {
        throw new LabError(
          "Cannot resume the sampler: the state of an offline sampler holds triplets, current value is none",
        );
      }
      deal([...state.triplets]);
      deck.restore(state);
    },
    replace: (newer) => deal(flatRows(newer)),
  };
}

function flatRows({ count, anchor, positive, negative }: RowTriplets): number[] {
  return Array.from({ length: count }, (_, t) => [anchor[t], positive[t], negative[t]]).flat();
}

function checkTriplets(flat: readonly number[], labels: Int32Array): void {
  if (flat.length === 0 || flat.length % 3 !== 0) {
    throw new LabError(
      `Cannot draw batches of triplets: three rows each of at least one triplet are needed, current value is ${flat.length} rows (of ${new Set(labels).size} identities with ${labels.length} images)`,
    );
  }
  for (let t = 0; t < flat.length; t += 3) {
    const [a, p, n] = flat.slice(t, t + 3);
    const [own, same, other] = [labels[a], labels[p], labels[n]];
    if (own === undefined || other === undefined || a === p || own !== same || own === other) {
      throw new LabError(
        `Cannot draw batches of triplets: two images of one identity and one of another are needed, triplet ${t / 3} is the rows ${a}, ${p}, ${n} of the identities ${own}, ${same}, ${other}`,
      );
    }
  }
}
