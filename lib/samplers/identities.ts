import { LabError } from "../core/errors";
import type { Random } from "../core/random";
import { createDeck } from "./deck";
import { checkCount, rowsByIdentity, type Sampler, usableIdentities } from "./sampler";

/** Options of {@link createSampler}: the shape of a batch. */
export interface SamplerOptions {
  /** Identities P in a batch, at least 2; default 32. All of them, when the data has fewer with two or more images. */
  readonly identities?: number;
  /** Images K of each identity, at least 2; default 4. An identity with fewer than K repeats some of its own. */
  readonly images?: number;
  /** Extra images of randomly drawn other identities, negatives for everyone else (paper, section 3.2); default 0. */
  readonly extraNegatives?: number;
}

/**
 * P×K batches: P runs of K images of one identity, then the extra negatives. Identities are drawn without replacement until all were seen;
 * extra negatives are different images as long as there are enough.
 *
 * Throws a LabError when a batch could hold no positive pair, or no extra negative because P takes all identities.
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2: "around 40 faces are selected per identity per each mini-batch. Additionally,
 * randomly sampled negative faces are added". Its batches of about 1,800 are, for example, 30 × 40 and 600 extra.
 * Differs from the paper: identities with a single image are only negatives; the paper says nothing of them.
 */
export function createSampler(labels: Int32Array, random: Random, options: SamplerOptions = {}): Sampler {
  const { identities = 32, images = 4, extraNegatives = 0 } = options;
  checkCount("identities", identities, 2);
  checkCount("images", images, 2);
  checkCount("extra negatives", extraNegatives, 0);
  const rows = rowsByIdentity(labels);
  const usable = usableIdentities(rows);
  const drawn = Math.min(identities, usable.length);
  if (extraNegatives > 0 && drawn === rows.size) {
    throw new LabError(
      `Cannot draw extra negatives: identities outside the batch are needed, current value is ${drawn} in the batch of ${rows.size} identities with ${labels.length} images`,
    );
  }
  const deck = createDeck(usable, random);
  return {
    batchSize: drawn * images + extraNegatives,
    next: () => {
      const chosen = deck.take(drawn);
      const batch = chosen.flatMap((label) => drawOf(rows.get(label) as number[], images, random));
      if (extraNegatives > 0) {
        const inBatch = new Set(chosen);
        const others = [...labels.keys()].filter((row) => !inBatch.has(labels[row]));
        for (const row of drawOf(others, extraNegatives, random)) batch.push(row);
      }
      return Int32Array.from(batch);
    },
    state: deck.state,
    restore: deck.restore,
  };
}

/** `count` of the rows, different ones as long as there are enough, then repeats at random. */
function drawOf(rows: readonly number[], count: number, random: Random): number[] {
  const shuffled = random.shuffle([...rows]);
  return Array.from({ length: count }, (_, k) =>
    k < shuffled.length ? shuffled[k] : shuffled[random.integer(shuffled.length)],
  );
}
