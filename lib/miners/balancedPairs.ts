import type { Random } from "../core/random";

/** Index pairs of a batch: `same[t]` is 1 for one identity, 0 for two. */
export interface Pairs {
  readonly count: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly same: Uint8Array;
}

/**
 * All pairs of one identity, and as many of two identities, drawn uniformly with replacement.
 *
 *   { (i, j) : i < j, yᵢ = yⱼ }  ∪  { (i, j) ~ U : yᵢ ≠ yⱼ }
 *
 * Source: the balanced pairs of Siamese training (Chopra, Hadsell, LeCun 2005, section 2.3) and of LFW's protocols.
 * Differs from the papers: pairs are formed within a batch. Empty for a batch with one identity, or without a positive pair. Cost O(N²).
 */
export function balancedPairs(labels: Int32Array, random: Random): Pairs {
  const positives: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    for (let j = i + 1; j < labels.length; j++) if (labels[i] === labels[j]) positives.push(i, j);
  }
  const half = labels.some((label) => label !== labels[0]) ? positives.length / 2 : 0;
  const first = new Int32Array(2 * half);
  const second = new Int32Array(2 * half);
  for (let t = 0; t < half; t++) {
    first[t] = positives[2 * t];
    second[t] = positives[2 * t + 1];
    do {
      first[half + t] = random.integer(labels.length);
      second[half + t] = random.integer(labels.length);
    } while (labels[first[half + t]] === labels[second[half + t]]);
  }
  const same = Uint8Array.from({ length: 2 * half }, (_, t) => (t < half ? 1 : 0));
  return { count: 2 * half, first, second, same };
}
