import type { Random } from "../core/random";
import { createSampler } from "./identities";
import { createOfflineSampler, type RowTriplets } from "./offline";
import { createPairSampler } from "./pairs";
import { checkCount, type Sampler } from "./sampler";
import { createSequentialSampler } from "./sequential";

/** Which images stand in a batch together, as plain data. */
export type BatchChoice =
  /** P identities × K images, and extra images of others as negatives. */
  | {
      readonly sampler: "identities";
      readonly identities: number;
      readonly images: number;
      readonly extraNegatives?: number;
    }
  /** As many pairs of one identity as of two. */
  | { readonly sampler: "pairs"; readonly pairs: number }
  /** Every image once per epoch. */
  | { readonly sampler: "sequential"; readonly images: number }
  /** Triplets mined on a random subset of `subset` images with the weights of every `every` steps. */
  | {
      readonly sampler: "offline";
      readonly triplets: number;
      readonly subset: number;
      readonly every: number;
    };

export const samplerNames = ["identities", "pairs", "sequential", "offline"] as const;
export type SamplerName = (typeof samplerNames)[number];

/** Images of a batch as asked for; a sampler of few identities may draw fewer. */
export function batchImages(choice: BatchChoice): number {
  switch (choice.sampler) {
    case "identities":
      return choice.identities * choice.images + (choice.extraNegatives ?? 0);
    case "pairs":
      return 4 * choice.pairs;
    case "sequential":
      return choice.images;
    case "offline":
      return 3 * choice.triplets;
  }
}

/** A sampler by name. `mine` is called for the triplets of an offline sampler. Throws a RangeError for an unknown name or a count out of range. */
export function createSamplerOf(
  choice: BatchChoice,
  labels: Int32Array,
  random: Random,
  mine: (subset: number) => RowTriplets,
): Sampler {
  switch (choice.sampler) {
    case "identities":
      return createSampler(labels, random, choice);
    case "pairs":
      return createPairSampler(labels, random, choice);
    case "sequential":
      return createSequentialSampler(labels, random, { batchSize: choice.images });
    case "offline":
      checkCount("the subset", choice.subset, 3);
      checkCount("the steps between mining", choice.every, 1);
      return createOfflineSampler(labels, random, mine(choice.subset), choice);
    default:
      throw new RangeError(
        `Cannot draw training batches: the sampler must be one of ${samplerNames.join(", ")}, current value is ${String((choice as { sampler: unknown }).sampler)}`,
      );
  }
}
