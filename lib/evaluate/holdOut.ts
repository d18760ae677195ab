import { grouped } from "../core/groups";
import { type Matrix, takeRows } from "../core/matrix";
import type { Random } from "../core/random";
import { type AllPairsResult, allPairsVal } from "./allPairs";
import type { BlockOptions } from "./distances";
import { pairsOfLabels } from "./pairCounts";
import { meanAndStandardError } from "./statistics";

/** VAL at one FAR over the splits in which it can be measured. */
export interface HoldOutPoint {
  readonly far: number;
  /** Mean VAL over the splits. */
  readonly val: number;
  /** Of that mean: sample deviation over splits / √splits. */
  readonly standardError: number;
  /** VAL of each split. */
  readonly perSplit: readonly number[];
}

export interface HoldOutResult {
  /** Identities and different pairs of each split. */
  readonly splits: readonly {
    readonly identities: number;
    readonly samePairs: number;
    readonly differentPairs: number;
  }[];
  /** The FARs that every split can measure; the others are left out. */
  readonly points: readonly HoldOutPoint[];
}

/** Options of {@link holdOut}. */
export interface HoldOutOptions extends BlockOptions {
  /** Disjoint sets of identities, at least 2; default 5. */
  readonly splits?: number;
  /** FARs in (0, 1); default 1e-1 to 1e-6. */
  readonly fars?: readonly number[];
}

/**
 * VAL at a FAR on disjoint sets of identities, each over all its pairs with its own threshold; mean and standard error over the sets.
 *
 * Source: Schroff et al. (2015), section 4.1 (five splits of a hold-out set of about one million images).
 * Differs from the paper: the identities are dealt by `random`; a FAR that one of the splits cannot measure has no point.
 * Throws a RangeError when a split has no same or no different pairs.
 */
export function holdOut(
  x: Matrix,
  labels: ArrayLike<number>,
  random: Random,
  options: HoldOutOptions = {},
): HoldOutResult {
  const { splits = 5, fars = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6], ...blocks } = options;
  const results = dealIdentities(labels, splits, random).map((rows) => {
    const split = Int32Array.from(rows, (row) => labels[row]);
    const measurable = fars.filter((far) => far >= 1 / pairsOfLabels(split).different);
    const result = allPairsVal(takeRows(x, rows), split, { ...blocks, fars: measurable });
    return { identities: new Set(split).size, ...result };
  });
  return {
    splits: results.map(({ identities, samePairs, differentPairs }) => ({
      identities,
      samePairs,
      differentPairs,
    })),
    points: fars.flatMap((far) => {
      const perSplit = results.flatMap((result) => valAt(result, far));
      if (perSplit.length < splits) return [];
      const { mean, standardError } = meanAndStandardError(perSplit);
      return [{ far, val: mean, standardError, perSplit }];
    }),
  };
}

function valAt({ points }: AllPairsResult, far: number): number[] {
  return points.filter((point) => point.far === far).map((point) => point.val);
}

/** Whether there are enough identities for so many splits. */
export function canSplit(labels: ArrayLike<number>, splits: number): boolean {
  const groups = [...grouped(Array.from(labels).keys(), (row) => labels[row]).values()];
  return enoughFor(splits, groups.length, groups.filter((rows) => rows.length > 1).length);
}

/** Every set gets two identities, one of them with two images. */
function enoughFor(splits: number, identities: number, several: number): boolean {
  return several >= splits && identities >= 2 * splits;
}

/**
 * The rows of each of `splits` sets of identities: shuffled, then those with two or more images and the others dealt in turn, so that every set has its
 * share of both. Throws a RangeError unless every set gets two identities, one of them with two images.
 */
export function dealIdentities(labels: ArrayLike<number>, splits: number, random: Random): number[][] {
  if (!Number.isInteger(splits) || splits < 2) {
    throw new RangeError(`Cannot split identities: at least 2 splits are needed, current value is ${splits}`);
  }
  const identities = random.shuffle([...grouped(Array.from(labels).keys(), (row) => labels[row]).values()]);
  const several = identities.filter((rows) => rows.length > 1);
  if (!enoughFor(splits, identities.length, several.length)) {
    throw new RangeError(
      `Cannot split identities ${splits} times: ${2 * splits} identities, ${splits} of them with two images, are needed, current values are ${identities.length} and ${several.length}`,
    );
  }
  const sets: number[][] = Array.from({ length: splits }, () => []);
  const dealt = [...several, ...identities.filter((rows) => rows.length === 1)];
  dealt.forEach((rows, i) => {
    sets[i % splits].push(...rows);
  });
  return sets;
}
