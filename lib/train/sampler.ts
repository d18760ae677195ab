import { LabError } from "../core/errors";
import type { Random } from "../core/random";

/** Options of {@link createSampler}: the shape of a batch. */
export interface SamplerOptions {
  /** Identities P in a batch, at least 2; default 32. */
  readonly identities?: number;
  /** Images K of each identity, at least 2; default 4 (the paper uses about 40 in batches of 1,800). */
  readonly images?: number;
  /** Extra images of randomly drawn other identities, used as negatives only (paper, section 3.2); default 0. */
  readonly extraNegatives?: number;
}

/** Draws batches; `state` is the position within the current pass over the identities, to be saved in a checkpoint. */
export interface Sampler {
  /** Images in every batch. */
  readonly batchSize: number;
  /** Identities that have at least two images. */
  readonly usableIdentities: number;
  /** Row indices of the next batch: P runs of K, then the extra negatives. */
  next(): Int32Array;
  state(): SamplerState;
  restore(state: SamplerState): void;
}

export interface SamplerState {
  readonly order: readonly number[];
  readonly position: number;
}

/**
 * P×K batches: P identities with two or more images, K images of each; an identity with fewer than K images repeats some of its own.
 * Identities are drawn without replacement until all were seen. Throws a LabError when a batch could hold no positive pair.
 */
export function createSampler(labels: Int32Array, random: Random, options: SamplerOptions = {}): Sampler {
  const { identities = 32, images = 4, extraNegatives = 0 } = options;
  checkCount("identities", identities, 2);
  checkCount("images", images, 2);
  checkCount("extra negatives", extraNegatives, 0);
  const rows = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const list = rows.get(label);
    if (list) list.push(row);
    else rows.set(label, [row]);
  });
  const usable = [...rows.keys()].filter((label) => (rows.get(label) as number[]).length > 1);
  if (usable.length < 2) {
    throw new LabError(
      `Cannot draw training batches: at least two identities with two or more images are needed, current value is ${usable.length} (of ${rows.size})`,
    );
  }
  const drawn = Math.min(identities, usable.length);
  let order: number[] = [];
  let position = 0;

  const nextIdentities = (): number[] => {
    const chosen: number[] = [];
    while (chosen.length < drawn) {
      if (position === order.length) {
        // A new pass; the identities already in this batch go last, so that none stands in it twice.
        const fresh = random.shuffle([...usable]);
        order = [...fresh.filter((label) => !chosen.includes(label)), ...chosen];
        position = 0;
      }
      chosen.push(order[position++]);
    }
    return chosen;
  };

  return {
    batchSize: drawn * images + extraNegatives,
    usableIdentities: usable.length,
    next: () => {
      const batch: number[] = [];
      const chosen = nextIdentities();
      for (const label of chosen) {
        const own = random.shuffle([...(rows.get(label) as number[])]);
        for (let k = 0; k < images; k++)
          batch.push(k < own.length ? own[k] : own[random.integer(own.length)]);
      }
      const inBatch = new Set(chosen);
      for (let k = 0; k < extraNegatives && inBatch.size < rows.size; ) {
        const row = random.integer(labels.length);
        if (inBatch.has(labels[row])) continue;
        batch.push(row);
        k++;
      }
      return Int32Array.from(batch);
    },
    state: () => ({ order: [...order], position }),
    restore: (state) => {
      order = [...state.order];
      position = state.position;
    },
  };
}

function checkCount(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(
      `Cannot draw training batches: ${what} must be an integer of at least ${least}, current value is ${value}`,
    );
  }
}
