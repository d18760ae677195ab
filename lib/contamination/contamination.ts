import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { DataItem, SkippedItem } from "../data/dataset";
import { fingerprintsOf } from "./fingerprints";
import { nearDuplicates } from "./nearDuplicates";
import { type SharedName, sharedNames } from "./sharedNames";

/** Items that are compared, and which side each is on: what is trained on, what is tested, what is neither. */
export interface Sides {
  readonly items: readonly DataItem[];
  readonly identities: readonly string[];
  /** Name of the side per item, for example `train` or `test`. */
  readonly side: readonly string[];
}

/** One picture of a reported pair. */
export interface PairMember {
  readonly name: string;
  readonly identity: string;
  readonly side: string;
}

export interface DuplicatePair {
  readonly first: PairMember;
  readonly second: PairMember;
  readonly sameBytes: boolean;
  readonly hamming: number;
  readonly distance: number | null;
  readonly sameIdentity: boolean;
  /** The two lie on different sides: a picture that is tested was trained on, or the sets overlap. */
  readonly crosses: boolean;
}

export interface ContaminationReport {
  readonly images: number;
  readonly skipped: readonly SkippedItem[];
  readonly sharedNames: readonly SharedName[];
  /** Those under two identities first; each half in the order of `nearDuplicates`. */
  readonly pairs: readonly DuplicatePair[];
  readonly counts: {
    readonly sameBytes: number;
    readonly crossing: number;
    /** One picture under two names: at least one label is wrong. */
    readonly differentIdentities: number;
  };
}

/** Options of {@link contamination}. */
export interface ContaminationOptions extends LongWork {
  /** Most differing bits of 128; default 12. */
  readonly hamming?: number;
  /** Embeds the readable items, a row each; left out: only bytes and hashes are compared. */
  readonly embed?: (items: readonly DataItem[]) => Promise<Matrix>;
  /** Squared L2 of embeddings below which two pictures are reported; default 0.015. */
  readonly distance?: number;
  /** Only pairs of two sides, for two sets of which the inner duplicates are of no interest; default false. */
  readonly onlyCrossing?: boolean;
}

/** Pictures that stand twice, and names that stand on both of two sides (`names`; left out: names are not compared). */
export async function contamination(
  { items, identities, side }: Sides,
  names: readonly [readonly string[], readonly string[]] | undefined,
  options: ContaminationOptions = {},
): Promise<ContaminationReport> {
  const { hamming, distance, embed, onlyCrossing = false, progress, signal } = options;
  const prints = await fingerprintsOf(items, { progress, signal });
  const at = new Map(items.map((item, i) => [item, i]));
  const sideOf = prints.items.map((item) => side[at.get(item) as number]);
  const found = await nearDuplicates(prints, {
    hamming,
    distance,
    embeddings: embed && (await embed(prints.items)),
    wanted: onlyCrossing ? (i, j) => sideOf[i] !== sideOf[j] : undefined,
    progress,
    signal,
  });
  const member = (row: number): PairMember => {
    const { name, label } = prints.items[row];
    return { name, identity: identities[label], side: sideOf[row] };
  };
  const all = found.map(({ first, second, ...likeness }): DuplicatePair => {
    const [a, b] = [member(first), member(second)];
    return {
      first: a,
      second: b,
      ...likeness,
      sameIdentity: a.identity === b.identity,
      crosses: a.side !== b.side,
    };
  });
  // One picture under two identities is a wrong label, two alike of one identity mostly a series of shots.
  const pairs = [...all.filter((pair) => !pair.sameIdentity), ...all.filter((pair) => pair.sameIdentity)];
  return {
    images: prints.items.length,
    skipped: prints.skipped,
    sharedNames: names ? sharedNames(...names) : [],
    pairs,
    counts: {
      sameBytes: pairs.filter((pair) => pair.sameBytes).length,
      crossing: pairs.filter((pair) => pair.crosses).length,
      differentIdentities: pairs.filter((pair) => !pair.sameIdentity).length,
    },
  };
}
