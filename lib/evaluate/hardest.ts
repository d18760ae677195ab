import type { Matrix } from "../core/matrix";
import { type BlockOptions, forEachPairDistance } from "./distances";

/** Two rows and their squared L2. */
export interface HardPair {
  readonly first: number;
  readonly second: number;
  readonly distance: number;
}

/** Options of {@link hardestPairs}. */
export interface HardestOptions extends BlockOptions {
  /** Pairs of each kind; default 24. */
  readonly count?: number;
  /** At most so many pairs that touch one identity, so that a single odd identity does not fill the list; default 2. */
  readonly perIdentity?: number;
}

export interface HardestResult {
  /** Same identity, farthest first. */
  readonly positives: readonly HardPair[];
  /** Different identities, nearest first. */
  readonly negatives: readonly HardPair[];
}

/** The hardest positives and negatives over all pairs. Ties: smaller row numbers first. */
export function hardestPairs(
  x: Matrix,
  labels: ArrayLike<number>,
  options: HardestOptions = {},
): HardestResult {
  const { count = 24, perIdentity = 2 } = options;
  // More than wanted are kept, because the limit per identity removes some.
  const room = count * 50;
  const positives = new Shortlist(room, -1);
  const negatives = new Shortlist(room, 1);
  forEachPairDistance(
    x,
    (first, second, distance) => {
      const list = labels[first] === labels[second] ? positives : negatives;
      list.offer(first, second, distance);
    },
    options,
  );
  return {
    positives: varied(positives.sorted(), labels, count, perIdentity),
    negatives: varied(negatives.sorted(), labels, count, perIdentity),
  };
}

/** Keeps the `room` pairs with the smallest keys: collects twice as many, then sorts and cuts. */
class Shortlist {
  /** The worst key that can still get in. */
  private limit = Number.POSITIVE_INFINITY;
  private pairs: HardPair[] = [];
  private readonly room: number;
  private readonly sign: 1 | -1;

  /** `sign` 1 prefers small distances, −1 large ones. */
  constructor(room: number, sign: 1 | -1) {
    this.room = room;
    this.sign = sign;
  }

  offer(first: number, second: number, distance: number): void {
    if (this.sign * distance > this.limit) return;
    this.pairs.push({ first, second, distance });
    if (this.pairs.length < 2 * this.room) return;
    this.pairs = this.sorted();
    this.limit = this.sign * this.pairs[this.pairs.length - 1].distance;
  }

  sorted(): HardPair[] {
    const order = (a: HardPair, b: HardPair): number =>
      this.sign * (a.distance - b.distance) || a.first - b.first || a.second - b.second;
    return this.pairs.sort(order).slice(0, this.room);
  }
}

function varied(
  pairs: readonly HardPair[],
  labels: ArrayLike<number>,
  count: number,
  perIdentity: number,
): HardPair[] {
  const used = new Map<number, number>();
  const chosen: HardPair[] = [];
  for (const pair of pairs) {
    const identities = new Set([labels[pair.first], labels[pair.second]]);
    if ([...identities].some((id) => (used.get(id) ?? 0) >= perIdentity)) continue;
    for (const id of identities) used.set(id, (used.get(id) ?? 0) + 1);
    chosen.push(pair);
    if (chosen.length === count) break;
  }
  return chosen;
}
