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

/**
 * The pairs that the sampler `pairs` drew, as they are: rows 2t and 2t + 1 are pair t, the pairs of one identity in the first half. Throws a RangeError for a batch of another
 * form.
 */
export function drawnPairs(labels: Int32Array): Pairs {
  const count = labels.length / 2;
  const rows = (offset: number): Int32Array =>
    Int32Array.from({ length: Math.floor(count) }, (_, t) => 2 * t + offset);
  const [first, second] = [rows(0), rows(1)];
  const same = Uint8Array.from(first, (row) => (labels[row] === labels[row + 1] ? 1 : 0));
  const wrong = same.findIndex((kind, t) => (kind === 1) !== t < count / 2);
  if (count % 2 !== 0 || wrong >= 0) {
    throw new RangeError(
      `Cannot take the pairs as drawn: as many pairs of one identity and then of two are needed, current value is ${labels.length} rows${wrong >= 0 ? `, and pair ${wrong} of labels ${labels[2 * wrong]} and ${labels[2 * wrong + 1]}` : ""}`,
    );
  }
  return { count, first, second, same };
}
