import type { Random } from "../core/random";
import { createDeck } from "./deck";
import { checkCount, rowsByIdentity, type Sampler, usableIdentities } from "./sampler";

/** Options of {@link createPairSampler}. */
export interface PairSamplerOptions {
  /** Pairs of each kind in a batch, at least 1; default 32. A batch has four times as many images. */
  readonly pairs?: number;
}

/**
 * Balanced pairs for losses on pairs: rows 2t and 2t + 1 of a batch are pair t; the first half of the pairs shows one identity each, the second
 * half two.
 *
 * A pair of one identity is two different images of an identity with two or more; these identities are drawn without replacement until all were
 * seen. A pair of two is an image each of two different identities, drawn at random among all. Throws a LabError when there are fewer
 * than two identities with two or more images.
 * Source: Chopra, Hadsell, LeCun (2005), "Learning a Similarity Metric Discriminatively, with Application to Face Verification": training pairs evenly
 * split between genuine and impostor.
 * Differs from the paper: identities count equally, whatever their number of images.
 */
export function createPairSampler(
  labels: Int32Array,
  random: Random,
  { pairs = 32 }: PairSamplerOptions = {},
): Sampler {
  checkCount("pairs", pairs, 1);
  const rows = rowsByIdentity(labels);
  const everyone = [...rows.keys()];
  const deck = createDeck(usableIdentities(rows), random);
  const imageOf = (label: number): number => {
    const own = rows.get(label) as number[];
    return own[random.integer(own.length)];
  };
  return {
    batchSize: 4 * pairs,
    next: () => {
      const batch: number[] = [];
      for (const label of deck.take(pairs)) batch.push(...twoOf(rows.get(label) as number[], random));
      for (let t = 0; t < pairs; t++) batch.push(...twoOf(everyone, random).map(imageOf));
      return Int32Array.from(batch);
    },
    state: deck.state,
    restore: deck.restore,
  };
}

/** Two different items; every ordered pair is equally likely. */
function twoOf(items: readonly number[], random: Random): [number, number] {
  const first = random.integer(items.length);
  const second = random.integer(items.length - 1);
  return [items[first], items[second < first ? second : second + 1]];
}
